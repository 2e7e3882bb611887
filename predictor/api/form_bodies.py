"""Forms as programs send them, read in one pass over the body.

Why: Django's parser, made for uploads of any size, takes as long as decoding a small picture. This one
reads what curl, browsers and the usual libraries write and nothing else: whatever is in the least unusual it
leaves to Django's, which reads the same bytes. A test holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

_BOUNDARY = re.compile(r"multipart/form-data; ?boundary=([A-Za-z0-9'_+-]{1,70})")
# A part's head: its disposition, and behind it at most a content type.
_HEAD = re.compile(
    rb'(?i:content-disposition): form-data; name="([A-Za-z0-9_-]{1,40})"'
    rb'(?:; filename="([A-Za-z0-9][A-Za-z0-9 ._-]{0,99})")?(?:\r\n(?i:content-type): [\x20-\x7e]{1,100})?'
)
_FIELD = re.compile(rb"[\x20-\x7e]{0,200}")  # The name of a model, true or false.
_NO_FIELDS = QueryDict()  # Making one takes as long as finding a file; nobody can change this.


@dataclass(frozen=True, slots=True)
class UploadedPicture:
    """A file of a form: as much of Django's `UploadedFile` as is asked for."""

    name: str
    content: bytes

    def read(self) -> bytes:
        """All of it."""
        return self.content


Form = tuple[QueryDict, MultiValueDict[str, UploadedPicture]]


def read_form(content_type: str, body: bytes) -> Form | None:
    """Read a form of files and short plain fields.

    Returns:
        The fields and the files, as Django's parser would; None for what is left to it.
    """
    kind = _BOUNDARY.fullmatch(content_type)
    if kind is None:
        return None
    parts = _parts(body, b"--" + kind[1].encode())
    return None if parts is None else _sorted(parts)


def _parts(body: bytes, delimiter: bytes) -> list[bytes] | None:
    """What lies between the delimiters, each with the line break before and after it."""
    if not body.startswith(delimiter):
        return None
    _, *parts, after = body.split(delimiter, settings.MAX_UPLOAD_FILES + 3)
    if after not in (b"--\r\n", b"--"):
        return None
    whole = all(part.startswith(b"\r\n") and part.endswith(b"\r\n") for part in parts)
    return parts if whole else None


def _sorted(parts: list[bytes]) -> Form | None:
    fields: QueryDict | None = None
    files: MultiValueDict[str, UploadedPicture] = MultiValueDict()
    count = 0
    for part in parts:
        head, separator, content = part[2:-2].partition(b"\r\n\r\n")
        found = _HEAD.fullmatch(head)
        if not separator or found is None:
            return None
        name, file_name = found[1].decode(), found[2]
        if file_name is not None:
            count += 1
            picture = content[: settings.MAX_IMAGE_BYTES + 1]  # One byte too many tells that it is too large.
            files.appendlist(name, UploadedPicture(file_name.decode(), picture))
        elif _FIELD.fullmatch(content):
            fields = QueryDict(mutable=True) if fields is None else fields
            fields.appendlist(name, content.decode())
        else:
            return None
    return None if count > settings.MAX_UPLOAD_FILES else (_NO_FIELDS if fields is None else fields, files)
