"""Forms as programs send them, read in one pass over the body.

Why: Django's parser, made for uploads of any size, takes as long as decoding a small picture. This one
reads one picture as curl, browsers and the usual libraries write it, and nothing else: whatever is in the
least unusual is left to Django's, which reads the same bytes. A test holds the two together.
"""

from __future__ import annotations

import re

from django.conf import settings

_BOUNDARY = re.compile(r"multipart/form-data; ?boundary=([A-Za-z0-9'_+-]{1,70})")
_ENDS = (b"--\r\n", b"--")
# A part's head: its disposition, and behind it at most a content type.
_HEAD = re.compile(
    rb'\r\n(?i:content-disposition): form-data; name="([A-Za-z0-9_-]{1,40})"'
    rb'(; filename="[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")?(?:\r\n(?i:content-type): [\x20-\x7e]{1,100})?'
)
_FIELD = re.compile(rb"[\x20-\x7e]{0,200}")  # The name of a model, true or false.
_MAX_PARTS = 8

Form = tuple[dict[str, str], bytes]


def read_form(content_type: str, body: bytes) -> Form | None:
    """Read a form of one file called "file" and short plain fields.

    Returns:
        The fields, of each name the last, and the file, as from Django's parser; None for what is left to it.
    """
    kind = _BOUNDARY.fullmatch(content_type)
    if kind is None:
        return None
    before, *parts = body.split(b"--" + kind[1].encode(), _MAX_PARTS + 1)
    return _form(parts[:-1]) if parts and not before and parts[-1] in _ENDS else None


def _form(parts: list[bytes]) -> Form | None:
    fields: dict[str, str] = {}
    picture = None
    for part in parts:
        head, _, content = part.partition(b"\r\n\r\n")
        found = _HEAD.fullmatch(head)
        if found is None or not content.endswith(b"\r\n"):
            return None
        content = content[:-2]
        if found[2]:
            if picture is not None or found[1] != b"file":
                return None
            picture = content[: settings.MAX_IMAGE_BYTES + 1]  # One byte too many tells that it is too large.
        elif _FIELD.fullmatch(content):
            fields[found[1].decode()] = content.decode()
        else:
            return None
    return None if picture is None else (fields, picture)
