from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from numpy.typing import NDArray

from predictor.answers import explanation_answer, prediction_answer
from predictor.management.answer_file import FORMS, AnswerFile
from predictor.management.interruption import interruptible
from predictor.management.pictures_on_disk import files_in, read_picture
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction, Recognizer
from predictor.serving import ModelUnavailable, UnknownModel, served_models
from predictor.verdicts import doubt_words, shows_no_label

PROGRESS_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Recognise pictures and print one line for each, or write all answers to a file. A run that was "
        "interrupted is taken up again by the same command. "
        "Exits 0 when every picture was answered, 1 when one was refused or the run was interrupted, "
        "2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "images", nargs="+", type=Path, metavar="IMAGE", help="a file, or a folder of them"
        )
        parser.add_argument("--model", metavar="NAME[@VERSION]", help="default: the site's default model")
        parser.add_argument(
            "--json", action="store_true", help="print the API's answer, one JSON object a line"
        )
        parser.add_argument(
            "--explain", action="store_true", help="with --json: add what in the picture decided the answer"
        )
        parser.add_argument(
            "--output",
            type=Path,
            metavar="FILE",
            help="write a row for each picture, bad ones too, to FILE.csv or FILE.jsonl, which is there once "
            "all are written",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _check_usage(options)
        try:
            recognizer = served_models().recognizer(options["model"])
        except (UnknownModel, ModelUnavailable) as error:
            raise CommandError(str(error)) from error
        try:
            images = list(files_in(options["images"]))
        except OSError as error:
            raise CommandError(str(error)) from error
        if options["output"]:
            refused = self._write(recognizer, images, options["output"], quiet=not options["verbosity"])
        else:
            refused = self._print(recognizer, images, as_json=options["json"], explain=options["explain"])
        if refused:
            raise CommandError(f"Refused: {refused} of {len(images)} pictures.")

    def _print(self, recognizer: Recognizer, images: Sequence[Path], *, as_json: bool, explain: bool) -> int:
        refused = 0
        for path in images:
            prediction = _recognize(recognizer, path)
            if isinstance(prediction, ImageError):
                refused += 1
                self.stderr.write(f"{path}: {prediction}")
                continue
            weights = recognizer.explain(prediction) if explain else None
            self.stdout.write(
                _json_line(path, prediction, weights) if as_json else text_line(path, prediction)
            )
        return refused

    def _write(self, recognizer: Recognizer, images: Sequence[Path], output: Path, *, quiet: bool) -> int:
        metadata = recognizer.package.metadata
        answers = FORMS[output.suffix](output, (metadata.name, metadata.version))
        progress = _Progress(self, len(images), quiet=quiet)
        try:
            with interruptible():
                answers.open()
                progress.begin(len(answers.done))
                _answer(recognizer, images, answers, progress)
                answers.finish()
        except KeyboardInterrupt as error:
            answers.close()
            raise CommandError(
                f"Interrupted; what is answered is in {answers.part}. The same command goes on from there."
            ) from error
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror or error}.") from error
        progress.end(answers.refused)
        return answers.refused


class _Progress:
    """Tells how far a long run has come, now and then."""

    def __init__(self, command: BaseCommand, total: int, *, quiet: bool) -> None:
        self._command, self._total, self._quiet = command, total, quiet
        self._done = 0
        self._started_s = self._told_s = time.monotonic()

    def begin(self, done: int) -> None:
        if done:
            self._tell(f"{done} of {self._total} pictures were answered before.")

    def advance(self) -> None:
        self._done += 1
        if time.monotonic() - self._told_s >= PROGRESS_SECONDS:
            self._told_s = time.monotonic()
            self._tell(f"{self._done} of {self._total} pictures")

    def end(self, refused: int) -> None:
        seconds = time.monotonic() - self._started_s
        self._tell(f"{self._total} pictures, {refused} refused, {seconds:.1f} s")

    def _tell(self, line: str) -> None:
        if not self._quiet:
            self._command.stdout.write(line)
            self._command.stdout.flush()


def _check_usage(options: dict[str, Any]) -> None:
    if options["explain"] and not options["json"]:
        raise CommandError("--explain adds a map of numbers: it needs --json.", returncode=2)
    output = options["output"]
    if output and options["json"]:
        raise CommandError("--json is for the screen; name a file .jsonl instead.", returncode=2)
    if output and output.suffix not in FORMS:
        raise CommandError(f"{output}: the file's name must end with {' or '.join(FORMS)}.", returncode=2)


def _answer(recognizer: Recognizer, images: Sequence[Path], answers: AnswerFile, progress: _Progress) -> None:
    for path in images:
        if str(path) not in answers.done:
            answers.write(str(path), _recognize(recognizer, path))
        progress.advance()


def _recognize(recognizer: Recognizer, path: Path) -> Prediction | ImageError:
    try:
        return recognizer.recognize(read_picture(path, settings.MAX_IMAGE_BYTES))
    except ImageError as error:
        return error


def text_line(path: Path, prediction: Prediction) -> str:
    """One answer as a line for people."""
    answer = f"{prediction.label}  {prediction.confidence:.1%}"
    if shows_no_label(prediction):
        return f"{path}: {doubt_words(prediction).lower()}  (best guess: {answer})"
    doubt = "" if prediction.accepted else f"  ({doubt_words(prediction).lower()})"
    return f"{path}: {answer}{doubt}"


def _json_line(path: Path, prediction: Prediction, weights: NDArray[np.float32] | None) -> str:
    answer = prediction_answer(prediction, request_id="")
    if weights is not None:
        answer |= explanation_answer(prediction.label, weights)
    return json.dumps({"file": str(path)} | answer)
