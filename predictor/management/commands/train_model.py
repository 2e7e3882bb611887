from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from predictor.management.packaging import PackagingCommand, add_place, signing_key, start_of_today
from predictor.training.datasets import UNRECOGNISED, DataSet, load_data_set
from predictor.training.package_builder import build_package
from predictor.training.package_writer import next_version
from predictor.training.progress import silent, stage
from predictor.training.recipe import Recipe, Run
from predictor.training.recipes import RECIPES
from predictor.training.text_report import text_report


class Command(PackagingCommand):
    help = (
        "Train a model, measure it with pictures it has not seen, and write a signed package. "
        "Interrupted, it leaves nothing behind. "
        "Exits 0 when the package is written, 1 when not, 2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", choices=sorted(RECIPES))
        parser.add_argument(
            "--data-dir",
            type=Path,
            metavar="DIR",
            help="holds the four official .gz files; default: download the model's data set from OpenML",
        )
        parser.add_argument(
            "--others-dir",
            type=Path,
            metavar="DIR",
            help="the same for the data set that the model learns to reject, where its recipe names one",
        )
        parser.add_argument(
            "--version", metavar="VERSION", help="default: the patch number after the highest installed"
        )
        add_place(parser)
        parser.add_argument(
            "--checkpoints",
            type=Path,
            default=settings.VAR_DIR / "training",
            metavar="DIR",
            help="where an interrupted run is taken up again from; default: %(default)s",
        )
        parser.add_argument(
            "--seed", type=int, default=0, help="the same seed gives the same model; default: 0"
        )

    def make_package(self, **options: Any) -> None:
        report = self.stdout.write if options["verbosity"] else silent
        key = signing_key(options["signing_key"], self.stdout)
        with stage(report, "Loading the data"):
            data = _load(RECIPES[options["model"]], options["data_dir"], options["others_dir"])
        self._say_what_the_data_are(data)
        folder, evaluation = build_package(
            RECIPES[options["model"]],
            data,
            models_dir=options["output"],
            version=options["version"] or next_version(options["output"], options["model"]),
            created=start_of_today(),
            private_key=key,
            run=Run(options["seed"], report, options["checkpoints"] / options["model"]),
        )
        report(text_report(evaluation))
        report("A running server takes the package up when it is started again.")
        self.stdout.write(f"Package: {folder}")

    def _say_what_the_data_are(self, data: DataSet) -> None:
        for what, split, images in (
            ("train", "train", data.train),
            ("test", "test", data.test),
            ("others", "train", data.others),
        ):
            if images and images.describe(split)["name"] == UNRECOGNISED:
                self.stderr.write(f"The {what} data are no known data set; the package will say so.")


def _load(recipe: Recipe, data_dir: Path | None, others_dir: Path | None) -> DataSet:
    data = load_data_set(data_dir, recipe.data_set)
    return replace(data, others=load_data_set(others_dir, recipe.others).train) if recipe.others else data
