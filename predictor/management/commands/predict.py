from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from numpy.typing import NDArray

from predictor.answers import explanation_answer, prediction_answer
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction
from predictor.serving import ModelUnavailable, UnknownModel, served_models
from predictor.verdicts import doubt_words, shows_no_label


class Command(BaseCommand):
    help = (
        "Recognise pictures and print one line for each. "
        "Exits 0 when every picture was answered, 1 when one was refused, 2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
        parser.add_argument("--model", metavar="NAME[@VERSION]", help="default: the site's default model")
        parser.add_argument(
            "--json", action="store_true", help="print the API's answer, one JSON object a line"
        )
        parser.add_argument(
            "--explain", action="store_true", help="with --json: add what in the picture decided the answer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["explain"] and not options["json"]:
            raise CommandError("--explain adds a map of numbers: it needs --json.", returncode=2)
        try:
            recognizer = served_models().recognizer(options["model"])
        except (UnknownModel, ModelUnavailable) as error:
            raise CommandError(str(error)) from error
        refused = 0
        for path in options["images"]:
            try:
                prediction = recognizer.recognize(path.read_bytes())
            except (ImageError, OSError) as error:
                refused += 1
                self.stderr.write(f"{path}: {error}")
                continue
            weights = recognizer.explain(prediction) if options["explain"] else None
            line = _json_line(path, prediction, weights) if options["json"] else text_line(path, prediction)
            self.stdout.write(line)
        if refused:
            raise CommandError(f"Refused: {refused} of {len(options['images'])} pictures.")


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
