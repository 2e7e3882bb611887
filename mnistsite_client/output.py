"""What the command prints: answers in one of three forms, and how far it has come."""

from __future__ import annotations

import csv
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import TextIO

from mnistsite_client.answers import Prediction, Refusal

CSV_COLUMNS = ("file", "label", "confidence", "accepted", "reason", "model", "version", "error")
STEP_S = 1.0  # How often progress is told.


class Writer(ABC):
    """Prints one line for each picture."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @abstractmethod
    def write(self, path: str, outcome: Prediction | Refusal) -> bool:
        """Print one outcome; says whether it is a refusal."""


class TextWriter(Writer):
    """For people."""

    def write(self, path: str, outcome: Prediction | Refusal) -> bool:
        """Print `7.png: 7 (99.9 %)`."""
        self._stream.write(f"{path}: {_in_words(outcome)}\n")
        return isinstance(outcome, Refusal)


class JSONWriter(Writer):
    """For programs: an object a line."""

    def write(self, path: str, outcome: Prediction | Refusal) -> bool:
        """Print the outcome's fields, or its `error`."""
        refused = isinstance(outcome, Refusal)
        fields = {"error": asdict(outcome)} if refused else asdict(outcome)
        fields.pop("explanation", None)
        self._stream.write(json.dumps({"file": path} | fields) + "\n")
        return refused


class CSVWriter(Writer):
    """For spreadsheets, with the columns of the upload page."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._writer.writerow(CSV_COLUMNS)

    def write(self, path: str, outcome: Prediction | Refusal) -> bool:
        """Print one row."""
        if isinstance(outcome, Refusal):
            self._writer.writerow([path, "", "", "", "", "", "", outcome.message])
            return True
        accepted, reason = "yes" if outcome.accepted else "no", outcome.reason or ""
        model = [outcome.model, outcome.version]
        self._writer.writerow([path, outcome.label, outcome.confidence, accepted, reason, *model, ""])
        return False


WRITERS: Mapping[str, type[Writer]] = {"text": TextWriter, "json": JSONWriter, "csv": CSVWriter}


class Progress:
    """Tells on a terminal, in one line, and elsewhere now and then, how many pictures are done."""

    def __init__(self, total: int, stream: TextIO, *, quiet: bool) -> None:
        self._total = total
        self._stream = stream
        self._shown = not quiet and total > 1
        self._done = 0
        self._started_s = self._told_s = time.monotonic()

    def advance(self) -> None:
        """One more is done."""
        self._done += 1
        now_s = time.monotonic()
        if self._shown and self._done < self._total and now_s - self._told_s >= STEP_S:
            self._told_s = now_s
            end = "\r" if self._stream.isatty() else "\n"
            self._stream.write(f"{self._done} of {self._total} pictures{end}")
            self._stream.flush()

    def end(self, refused: int) -> None:
        """All are done."""
        if self._shown:
            seconds = time.monotonic() - self._started_s
            self._stream.write(
                f"{self._done} of {self._total} pictures, {refused} refused, {seconds:.1f} s\n"
            )


def _in_words(outcome: Prediction | Refusal) -> str:
    if isinstance(outcome, Refusal):
        return f"refused: {outcome.message} ({outcome.code})"
    share = f"{100 * outcome.confidence:.1f} %"
    return (
        f"{outcome.label} ({share})" if outcome.accepted else f"{outcome.label}? ({share}, {outcome.reason})"
    )
