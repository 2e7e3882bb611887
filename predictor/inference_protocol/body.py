"""The body of a request: unpacked, and parted into its JSON and the raw tensors behind it.

The Content-Type is not looked at: tritonclient sends none, and the mlserver command calls binary bodies JSON.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from rest_framework.exceptions import ParseError

from predictor.inference_protocol.errors import TooLarge, UnknownEncoding
from predictor.inference_protocol.quick_json import load_quickly

HEADER_LENGTH = "Inference-Header-Content-Length"

_LENGTH_IN_META = "HTTP_" + HEADER_LENGTH.upper().replace("-", "_")
_NUMBER = re.compile(r"[0-9]{1,12}")
_WBITS = {"gzip": 31, "deflate": 15}  # zlib's: a gzip or a zlib header, checksum verified.
# An empty list takes 3 bytes of text and 64 of memory. No sound request has nearly so many: 256 pictures of
# 3 x 512 rows have 400,000.
_MAX_LISTS = 500_000


def part_body(body: bytes, meta: Mapping[str, Any]) -> tuple[bytes, memoryview]:
    """Unpack a body and part it.

    Args:
        body: as it came; `RequestSizeMiddleware` has limited its length.
        meta: the request's headers, named as CGI names them.

    Returns:
        The text of its JSON, and the bytes behind it: none without the header `HEADER_LENGTH`.

    Raises:
        ParseError: it is not what its headers say.
        TooLarge: it unpacks to more than `MAX_INFERENCE_BYTES`.
        UnknownEncoding: its Content-Encoding is neither gzip nor deflate.
    """
    content = _unpacked(body, meta.get("HTTP_CONTENT_ENCODING", ""))
    length = _json_length(meta.get(_LENGTH_IN_META), len(content))
    return content[:length], memoryview(content)[length:]


def read_object(body: bytes, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Read a body that is one JSON object, or empty, which says the same as `{}`.

    Raises:
        ParseError, TooLarge, UnknownEncoding: see `part_body` and `parse_object`.
    """
    content = _unpacked(body, meta.get("HTTP_CONTENT_ENCODING", ""))
    return parse_object(content) if content else {}


def parse_object(text: bytes) -> dict[str, Any]:
    """Parse one JSON object.

    Raises:
        ParseError: it is none.
    """
    if text.count(b"[") > _MAX_LISTS:
        raise ParseError(f"The JSON has more than {_MAX_LISTS} lists; send the data flat.")
    try:
        return load_quickly(text)
    except ValueError as error:
        raise ParseError(
            "The request must begin with one JSON object in UTF-8, each key once. If raw tensors follow it, "
            f"{HEADER_LENGTH} must give its length in bytes."
        ) from error


def _unpacked(content: bytes, encoding: str) -> bytes:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return content
    if encoding not in _WBITS:
        raise UnknownEncoding("The Content-Encoding is unknown here; send gzip, deflate or none.")
    limit = settings.MAX_INFERENCE_BYTES
    stream = zlib.decompressobj(_WBITS[encoding])
    try:
        unpacked = stream.decompress(content, limit + 1)
    except zlib.error as error:
        raise ParseError(f"The body is not valid {encoding}.") from error
    if len(unpacked) > limit:
        raise TooLarge(f"The body unpacks to more than {filesizeformat(limit)}, which is the limit.")
    if not stream.eof or stream.unused_data:
        raise ParseError(f"The body is not one whole {encoding} stream.")
    return unpacked


def _json_length(header: str | None, available: int) -> int:
    if header is None:
        return available
    if not _NUMBER.fullmatch(header) or int(header) > available:
        raise ParseError(
            f"{HEADER_LENGTH} must be the number of bytes of the JSON, of {available} that were sent."
        )
    return int(header)
