from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor.answers import prediction_answer
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction
from predictor.serving import ModelUnavailable, UnknownModel, served_models


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

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            recognizer = served_models().recognizer(options["model"])
        except (UnknownModel, ModelUnavailable) as error:
            raise CommandError(str(error)) from error
        write_line = _json_line if options["json"] else _text_line
        refused = 0
        for path in options["images"]:
            try:
                prediction = recognizer.recognize(path.read_bytes())
            except (ImageError, OSError) as error:
                refused += 1
                self.stderr.write(f"{path}: {error}")
            else:
                self.stdout.write(write_line(path, prediction))
        if refused:
            raise CommandError(f"Refused: {refused} of {len(options['images'])} pictures.")


def _text_line(path: Path, prediction: Prediction) -> str:
    doubt = "" if prediction.accepted else "  (not sure)"
    return f"{path}: {prediction.label}  {prediction.confidence:.1%}{doubt}"


def _json_line(path: Path, prediction: Prediction) -> str:
    return json.dumps({"file": str(path)} | prediction_answer(prediction, request_id=""))
