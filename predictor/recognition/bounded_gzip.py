"""Unpacking gzip without trusting what it says of its size."""

from __future__ import annotations

import zlib

MAX_UNPACKED_BYTES = 256 * 1024 * 1024

_GZIP = 31  # zlib's wbits for "a gzip header and trailer, checksum verified".
_SLICE_BYTES = 16 * 1024  # Deflate packs at most 1032 : 1, so one slice unpacks to 17 MB at worst.


def unpack_gzip(packed: bytes, limit_bytes: int = MAX_UNPACKED_BYTES) -> bytes:
    """Unpack exactly one gzip member.

    It is unpacked twice, first only to count, in constant memory: a bomb costs no memory and little time.

    Raises:
        ValueError: damaged, cut short, followed by more, or larger than the limit.
    """
    size = 0
    stream = zlib.decompressobj(_GZIP)
    try:
        for start in range(0, len(packed), _SLICE_BYTES):
            size += len(stream.decompress(packed[start : start + _SLICE_BYTES]))
            if size > limit_bytes:
                raise ValueError(f"it unpacks to more than {limit_bytes} bytes")
            if stream.eof:
                break
    except zlib.error as error:
        raise ValueError(f"its gzip is damaged ({error})") from error
    if not stream.eof:
        raise ValueError("its gzip is cut short")
    if stream.unused_data or start + _SLICE_BYTES < len(packed):
        raise ValueError("more follows after its gzip")
    return zlib.decompress(packed, wbits=_GZIP, bufsize=size or 1)
