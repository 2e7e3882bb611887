"""Many files, parted into requests that the site takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mnistsite_client.answers import Prediction, Refusal

MAX_FILES = 64
MAX_BATCH_BYTES = 60 * 1024 * 1024  # The site takes 64 MiB; the rest is for what stands around the files.


@dataclass(slots=True)
class Batch:
    """Some of the files, in order: those to send, and those that cannot be.

    Attributes:
        paths: of all of them.
        files: name and content of those to send.
        positions: where each of `files` stands in `paths`.
        unsent: why the others are not sent, by their position.
        size_bytes: of `files`.
    """

    paths: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    unsent: dict[int, Prediction | Refusal] = field(default_factory=dict)
    size_bytes: int = 0

    def takes(self, size_bytes: int) -> bool:
        """Whether one more file of that size fits."""
        return len(self.paths) < MAX_FILES and self.size_bytes + size_bytes <= MAX_BATCH_BYTES

    def add(self, path: Path, content: bytes | Refusal) -> None:
        """Take one more file, or why it cannot be sent."""
        position = len(self.paths)
        self.paths.append(str(path))
        if isinstance(content, Refusal):
            self.unsent[position] = content
            return
        self.files.append((path.name, content))
        self.positions.append(position)
        self.size_bytes += len(content)


def in_batches(paths: Iterable[str | Path]) -> Iterator[Batch]:
    """Read the files, no more at a time than go into one request."""
    batch = Batch()
    for path in map(Path, paths):
        content = _read(path)
        size_bytes = 0 if isinstance(content, Refusal) else len(content)
        if not batch.takes(size_bytes):
            yield batch
            batch = Batch()
        batch.add(path, content)
    if batch.paths:
        yield batch


def _read(path: Path) -> bytes | Refusal:
    try:
        if path.stat().st_size > MAX_BATCH_BYTES:
            return Refusal("file_too_large", "The file is larger than a request may be; it was not sent.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return Refusal("unreadable_file", f"The file cannot be read: {reason}.")
