from __future__ import annotations

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor import model_card
from predictor.serving import ModelUnavailable, UnknownModel, served_models
from predictor.training.card.agreement import differing_figures
from predictor.training.card.figures import card_figures
from predictor.training.datasets import data_set_name, load_data_set
from predictor.training.errors import TrainingError
from predictor.training.evaluation import evaluate
from predictor.training.non_digit_samples import non_digit_samples
from predictor.training.progress import silent
from predictor.training.text_report import text_report

_SAME = "The model's card gives the same figures."
_NOT_COMPARED = "Not compared with the model's card, which tells of other pictures."
_MOST_NAMED = 10  # Where a card is of another model altogether, all its figures differ.


class Command(BaseCommand):
    help = (
        "Measure an installed model with the test pictures of a data set, each from the bytes of a PNG file, "
        "and compare the figures with the model's card. "
        "Exits 0 when measured, 1 when that failed or the card says otherwise, 2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", metavar="NAME[@VERSION]")
        parser.add_argument(
            "--data-dir",
            type=Path,
            metavar="DIR",
            help="holds the four official .gz files; default: download what the model was measured with",
        )
        parser.add_argument(
            "--limit", type=_positive, metavar="N", help="measure with the first N pictures only"
        )
        parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            recognizer = served_models().recognizer(options["model"])
            metadata = recognizer.package.metadata
            data_set = load_data_set(options["data_dir"], data_set_name(metadata))
            pictures = data_set.test.first(options["limit"])
            report = silent if options["json"] or not options["verbosity"] else self.stdout.write
            evaluation = evaluate(recognizer, pictures, report, non_digit_samples(metadata))
        except (UnknownModel, ModelUnavailable, TrainingError) as error:
            raise CommandError(str(error)) from error
        data = pictures.describe("test")
        told = model_card.card_figures(recognizer.package)
        differing = differing_figures(metadata, told, evaluation, data)
        if options["json"]:
            agrees = None if differing is None else not differing
            self.stdout.write(
                json.dumps(card_figures(evaluation, data) | {"agrees_with_card": agrees}, indent=2)
            )
        else:
            self.stdout.write(text_report(evaluation))
            if not differing:
                self.stdout.write(f"\n{_NOT_COMPARED if differing is None else _SAME}")
        if differing:
            raise CommandError(_complaint(differing))


def _complaint(differing: list[str]) -> str:
    named = ", ".join(differing[:_MOST_NAMED])
    more = f" and {len(differing) - _MOST_NAMED} more" if len(differing) > _MOST_NAMED else ""
    return f"The model's card gives other figures for these pictures: {named}{more}."


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError(f"must be at least 1, not {number}")
    return number
