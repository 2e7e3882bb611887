"""Answers for many pictures, in a file that is there whole or not at all; an interrupted run goes on.

Rows go to NAME.part beside it, which becomes NAME when all are written. A row counts when its line is whole.
"""

from __future__ import annotations

import csv
import io
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from predictor.answers import prediction_answer
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction

# Those of the upload page's table, and the code of an error.
COLUMNS = ("file", "label", "confidence", "accepted", "reason", "model", "version", "error", "error_code")
_ROWS_PER_SYNC = 100
# File names need not be text; they come out as the bytes that they are.
_TEXT: Mapping[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape", "newline": ""}


class AnswerFile(ABC):
    """One file of answers that is being written.

    Args:
        path: of the finished file.
        model: name and version of the one that answers; rows of another one are not taken up again.
    """

    def __init__(self, path: Path, model: tuple[str, str]) -> None:
        self.path = path
        self.part = path.with_name(path.name + ".part")
        self.model = model
        self.refused = 0
        self.done: set[str] = set()
        self._unsynced = 0

    def open(self) -> None:
        """Begin, with the rows that an interrupted run left, as far as they are whole and still true.

        Raises:
            OSError: the folder cannot be written to.
        """
        kept = self._kept() if self.part.exists() else []
        fresh = self.part.with_name(self.part.name + ".new")
        self._file: TextIO = fresh.open("w", **_TEXT)
        self._file.write(self.head() + "".join(kept))
        self._sync()
        fresh.replace(self.part)

    def write(self, file: str, outcome: Prediction | ImageError) -> None:
        """Add one picture's row.

        Raises:
            OSError: the disk is full.
        """
        self._file.write(self.row(file, outcome))
        self.refused += isinstance(outcome, ImageError)
        self._unsynced += 1
        if self._unsynced == _ROWS_PER_SYNC:
            self._sync()

    def close(self) -> None:
        """Leave what there is, to be taken up again."""
        with suppress(OSError):  # A full disk has been told already.
            self._file.close()

    def finish(self) -> None:
        """Put the whole file in its place, over one that was there before.

        Raises:
            OSError: the disk is full.
        """
        self._sync()
        self._file.close()
        self.part.replace(self.path)

    @abstractmethod
    def head(self) -> str:
        """What stands before the rows."""

    @abstractmethod
    def row(self, file: str, outcome: Prediction | ImageError) -> str:
        """One picture's line, its end included."""

    @abstractmethod
    def read(self, text: str) -> Iterator[tuple[str, str, tuple[str, str] | None]]:
        """Of each whole row: its text, its file, and the model that answered, None for an error."""

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._unsynced = 0

    def _kept(self) -> list[str]:
        written_at = self.part.stat().st_mtime
        with self.part.open(**_TEXT) as file:
            text = file.read()
        whole = text[: text.rfind("\n") + 1]
        kept = []
        for row, name, model in self.read(whole):
            # An error is tried again: it may have been the disk's. So is a picture that was changed since.
            if model == self.model and name not in self.done and _older(Path(name), written_at):
                kept.append(row)
                self.done.add(name)
        return kept


class JSONLines(AnswerFile):
    """An object a line, as `predict --json` prints it; an `error` in the place of an answer."""

    def head(self) -> str:
        """Nothing."""
        return ""

    def row(self, file: str, outcome: Prediction | ImageError) -> str:
        """`{"file": "7.png", "digit": 7, ...}`."""
        if isinstance(outcome, ImageError):
            fields: dict[str, Any] = {"error": {"code": outcome.code, "message": outcome.message}}
        else:
            fields = prediction_answer(outcome, request_id="")
        return json.dumps({"file": file} | fields) + "\n"

    def read(self, text: str) -> Iterator[tuple[str, str, tuple[str, str] | None]]:
        """Parse each line; one that is no such object is passed over."""
        for line in text.splitlines(keepends=True):
            with suppress(ValueError, KeyError, TypeError):
                row = json.loads(line)
                model = row["model"] if "error" not in row else None
                yield line, row["file"], model and (model["name"], model["version"])


class CSVRows(AnswerFile):
    """For spreadsheets."""

    def head(self) -> str:
        """The names of the columns."""
        return _line(COLUMNS)

    def row(self, file: str, outcome: Prediction | ImageError) -> str:
        """Nine fields, all quoted."""
        if isinstance(outcome, ImageError):
            return _line((file, "", "", "", "", *self.model, outcome.message, outcome.code))
        answer = prediction_answer(outcome, request_id="")
        accepted, reason = "yes" if outcome.accepted else "no", outcome.reason or ""
        return _line((file, outcome.label, answer["confidence"], accepted, reason, *self.model, "", ""))

    def read(self, text: str) -> Iterator[tuple[str, str, tuple[str, str] | None]]:
        """Parse each row; one with another number of fields is passed over."""
        for fields in csv.reader(io.StringIO(text, newline="")):
            if len(fields) == len(COLUMNS) and tuple(fields) != COLUMNS:
                model = None if fields[-1] else (fields[5], fields[6])
                yield _line(tuple(fields)), fields[0], model


FORMS: Mapping[str, type[AnswerFile]] = {".csv": CSVRows, ".jsonl": JSONLines}


def _line(fields: tuple[Any, ...]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(fields)
    return line.getvalue()


def _older(path: Path, than: float) -> bool:
    try:
        return path.stat().st_mtime <= than
    except OSError:
        return False
