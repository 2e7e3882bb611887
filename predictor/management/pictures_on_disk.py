"""Pictures that a command is given: files, and folders of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from predictor.recognition.errors import ImageError, ImageTooLarge

UNREADABLE = "unreadable_file"


class UnreadableFile(ImageError):
    """The file cannot be read from the disk. Code: `unreadable_file`."""


def files_in(places: Iterable[Path]) -> Iterator[Path]:
    """Files as they are named; of a folder every regular file below it, by name.

    What begins with a dot, as half-copied files often do, is passed over in a folder; so are links, which may
    lead out of it or in a circle.
    """
    for place in places:
        if place.is_dir():
            yield from _below(place)
        else:
            yield place


def read_picture(path: Path, max_bytes: int) -> bytes:
    """Read a picture, and no more of a file than a picture may have.

    Raises:
        ImageError: codes `unreadable_file` and `file_too_large`.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > max_bytes:
            raise ImageTooLarge(
                "file_too_large", f"The file has {size_bytes} bytes; the limit is {max_bytes}."
            )
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except OSError as error:
        raise UnreadableFile(UNREADABLE, f"The file cannot be read: {error.strerror or error}.") from error


def _below(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as found:
        entries = sorted(
            (entry for entry in found if not entry.name.startswith(".")), key=lambda one: one.name
        )
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
