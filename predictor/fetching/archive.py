"""A tar archive of packages, unpacked without believing a word of what it says about itself."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from pathlib import Path
from typing import IO

from predictor.fetching.errors import FetchError
from predictor.recognition.package_files import MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES

MAX_PACKAGES = 64
_MIN_PARTS = 3  # NAME/VERSION/package.json
_MAX_PARTS = 3 + MAX_DEPTH
_GZIP = b"\x1f\x8b"
# As package_files reads them: no "..", nothing hidden, nothing that a shell would take for an option.
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def unpack(archive: IO[bytes], folder: Path, max_bytes: int) -> None:
    """Write the regular files NAME/VERSION/... of a tar, plain or by gzip, below an empty folder.

    Args:
        archive: open at its start.
        folder: exists and is empty.
        max_bytes: the most that the archive may have when it is decompressed.

    Raises:
        FetchError: it is no tar, is damaged or too large; or a member is a link or a device, comes twice, or
            has a path that no package's file has.
    """
    plain = _Bounded(_decompressed(archive), max_bytes)
    try:
        with tarfile.open(fileobj=io.BufferedReader(plain), mode="r|") as tar:
            for number, member in enumerate(tar, start=1):
                if number > MAX_PACKAGES * MAX_ENTRIES:
                    raise FetchError(f"The archive has more than {MAX_PACKAGES * MAX_ENTRIES} members.")
                _write(tar, member, folder)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        raise FetchError(f"The archive is no tar, or damaged: {error}.") from error


def _decompressed(archive: IO[bytes]) -> IO[bytes]:
    start = archive.read(len(_GZIP))
    archive.seek(0)
    return gzip.GzipFile(fileobj=archive) if start == _GZIP else archive  # type: ignore[return-value] # It reads.


class _Bounded(io.RawIOBase):
    """A stream that may have so many bytes and no more: a small gzip can hold a very large tar."""

    def __init__(self, stream: IO[bytes], max_bytes: int) -> None:
        self._stream, self._left, self._max = stream, max_bytes, max_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # What BufferedReader hands in.
        chunk = self._stream.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise FetchError(f"The archive has more than {self._max} bytes when it is decompressed.")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    parts = [part for part in member.name.split("/") if part != "."]
    if member.isdir() and all(map(_PART.fullmatch, parts)):
        return  # Folders come with their files.
    if not member.isreg():
        raise FetchError(f"The archive's member {member.name!a} is a link or a device, not a file.")
    if not _MIN_PARTS <= len(parts) <= _MAX_PARTS or not all(map(_PART.fullmatch, parts)):
        raise FetchError(f"The archive's member {member.name!a} is no file of a package NAME/VERSION.")
    if member.size > MAX_FILE_BYTES:
        raise FetchError(f"The archive's member {member.name!a} has more than {MAX_FILE_BYTES} bytes.")
    target = folder.joinpath(*parts)
    content = tar.extractfile(member)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while content and (chunk := content.read(1024 * 1024)):
                file.write(chunk)
    except (FileExistsError, NotADirectoryError) as error:
        raise FetchError(f"The archive has the member {member.name!a} twice.") from error
