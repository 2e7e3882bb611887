"""Read a package's folder, each file once, into memory: what was read is what is checked and loaded."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from predictor.recognition.errors import PackageRejected

MAX_FILE_BYTES = 128 * 1024 * 1024  # A large forest on 28x28 pixels; a CNN of ours has 1 MB.
MAX_TOTAL_BYTES = 2 * MAX_FILE_BYTES
MAX_ENTRIES = 64  # In one folder, and files in all.
MAX_DEPTH = 3  # card/plots/curve.png

# Starting with a letter or digit rules out "..", hidden files and what a shell would take for an option.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# Neither follow a link nor wait at a FIFO.
_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def read_package_files(folder: Path) -> Mapping[str, bytes]:
    """Read every file below a folder.

    Every step starts from an open folder, never from a path, so nothing exchanged meanwhile leads outside.

    Returns:
        The bytes by path inside the folder, such as "card/metrics.json".

    Raises:
        PackageRejected: codes "file_missing", "file_is_link", "file_name_invalid", "file_too_large",
            "file_unlisted" (an empty folder, which no signature can list).
    """
    files: dict[str, bytes] = {}
    try:
        mode = folder.lstat().st_mode
        if not stat.S_ISDIR(mode):
            raise PackageRejected("file_is_link", f"the package is {_kind(mode)}; it must be a folder itself")
        for name, content in _walk(os.open(folder, _OPEN | os.O_DIRECTORY), ""):
            files[name] = content
            if len(files) > MAX_ENTRIES or sum(map(len, files.values())) > MAX_TOTAL_BYTES:
                raise PackageRejected(
                    "file_too_large", f"more than {MAX_ENTRIES} files or {MAX_TOTAL_BYTES} bytes in all"
                )
    except OSError as error:
        raise PackageRejected("file_missing", f"cannot be read: {error.strerror or error}") from error
    return files


def _walk(folder: int, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file below an open folder, and close it."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in islice(entries, MAX_ENTRIES + 1))
        if len(names) > MAX_ENTRIES or prefix.count("/") > MAX_DEPTH:
            raise PackageRejected(
                "file_too_large", f"more than {MAX_ENTRIES} entries in a folder, or {MAX_DEPTH} folders deep"
            )
        if not names and prefix:
            raise PackageRejected("file_unlisted", f"folder {prefix} is empty, which no signature can list")
        for name in names:
            yield from _read_entry(folder, name, prefix + name)
    finally:
        os.close(folder)


def _read_entry(folder: int, name: str, path: str) -> Iterator[tuple[str, bytes]]:
    if not _NAME.fullmatch(name):
        raise PackageRejected("file_name_invalid", f"{path!a} is no name for a package's file")
    # Looking before opening: opening alone can set off some devices.
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISDIR(mode):
        yield from _walk(os.open(name, _OPEN | os.O_DIRECTORY, dir_fd=folder), f"{path}/")
    elif stat.S_ISREG(mode):
        yield path, _read_file(os.open(name, _OPEN, dir_fd=folder), path)
    else:
        raise PackageRejected("file_is_link", f"{path} is {_kind(mode)}; a package has regular files only")


def _read_file(descriptor: int, path: str) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PackageRejected(
                "file_is_link", f"{path} was exchanged for something that is no regular file"
            )
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise PackageRejected("file_too_large", f"{path} has more than {MAX_FILE_BYTES} bytes")
    return content


def _kind(mode: int) -> str:
    return "a link" if stat.S_ISLNK(mode) else "a single file" if stat.S_ISREG(mode) else "a special file"
