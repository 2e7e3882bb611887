from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from predictor.management.packaging import PackagingCommand, add_place, signing_key, start_of_today
from predictor.recognition.model_inputs import KNOWN
from predictor.recognition.package_metadata import MODEL_FILES, InputForm, PackageMetadata
from predictor.training.labelled_files import LabelledFiles, load_labelled_files
from predictor.training.own_model import OwnModel, read_own_model
from predictor.training.own_package import OwnData, Thresholds, build_own_package
from predictor.training.package_writer import next_version
from predictor.training.progress import silent
from predictor.training.text_report import text_report

_PICTURES = "a folder with one folder of picture files a label, a folder with IDX test files, or an .npz file"


class Command(PackagingCommand):
    help = (
        "Make a signed package of a model of your own: a fitted scikit-learn classifier or pipeline, "
        "or an ONNX file. Interrupted, it leaves nothing behind. "
        "Exits 0 when the package is written, 1 when not, 2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=".joblib, .pkl, .pkl.gz or .onnx")
        parser.add_argument(
            "--trust-pickle",
            action="store_true",
            help="read FILE although it is a pickle, which runs whatever code it holds: "
            "only for a file that you made yourself",
        )
        _add_description(parser)
        _add_form(parser)
        _add_pictures(parser)
        _add_place(parser)

    def make_package(self, **options: Any) -> None:
        report = self.stdout.write if options["verbosity"] else silent
        labels = _labels(options["labels"], options["labels_file"])
        model = read_own_model(
            options["file"], options["preprocessing"], labels, trust_pickle=options["trust_pickle"]
        )
        folder, evaluation = build_own_package(
            _metadata(model, options),
            model.content,
            models_dir=options["output"],
            private_key=signing_key(options["signing_key"], self.stdout, options["passphrase_file"]),
            data=OwnData(
                _pictures(options["calibration_data"], model), _pictures(options["evaluation_data"], model)
            ),
            thresholds=Thresholds(options["min_confidence"], options["max_outlier"]),
            report=report,
        )
        if evaluation:
            report(text_report(evaluation))
        report("A running server takes the package up when it is started again.")
        self.stdout.write(f"Package: {folder}")


def _add_description(parser: CommandParser) -> None:
    parser.add_argument("--name", required=True, help="of the model: small letters, digits and hyphens")
    parser.add_argument(
        "--version", metavar="VERSION", help="default: the patch number after the highest installed"
    )
    parser.add_argument("--title", help="for people; default: the name")
    parser.add_argument("--description", help="for people; default: what kind of model it is")
    parser.add_argument(
        "--limits", default="The maker has stated none.", help="what it is not for; default: %(default)s"
    )
    parser.add_argument("--licence", default="not stated", help="of the model; default: %(default)s")
    labels = parser.add_mutually_exclusive_group()
    labels.add_argument(
        "--labels",
        metavar="A,B,C",
        help="in the order of the model's outputs; default: the classes of a scikit-learn model",
    )
    labels.add_argument("--labels-file", type=Path, metavar="PATH", help="the same, one label a line")


def _add_form(parser: CommandParser) -> None:
    parser.add_argument(
        "--preprocessing",
        required=True,
        metavar="NAME",
        help=f"how a picture becomes the model's input: {KNOWN}",
    )
    parser.add_argument(
        "--range",
        nargs=2,
        type=float,
        default=(0.0, 1.0),
        metavar=("LOW", "HIGH"),
        help="what black (with mnist-ink: paper) and white (ink) were in training; default: 0 1",
    )


def _add_pictures(parser: CommandParser) -> None:
    parser.add_argument(
        "--evaluation-data",
        type=Path,
        metavar="PATH",
        help=f"labelled pictures that the model has not seen, to measure it with for its card: {_PICTURES}",
    )
    parser.add_argument(
        "--calibration-data",
        type=Path,
        metavar="PATH",
        help="others of the same forms, to choose temperature and thresholds with",
    )
    parser.add_argument(
        "--min-confidence",
        type=float,
        metavar="P",
        help="0..1, below it the model does not stand by its answer; default: by the calibration data, or 0",
    )
    parser.add_argument(
        "--max-outlier",
        type=float,
        metavar="P",
        help="0..1, the same above it, of an outlier output; default: by the calibration data, or 1",
    )


def _add_place(parser: CommandParser) -> None:
    add_place(parser)
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="PATH", help="holds the passphrase of an encrypted key"
    )


def _labels(listed: str | None, file: Path | None) -> list[str] | None:
    if file:
        try:
            return file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is no text in UTF-8: {error}") from error
    return listed.split(",") if listed else None


def _metadata(model: OwnModel, options: dict[str, Any]) -> PackageMetadata:
    return PackageMetadata(
        name=options["name"],
        version=options["version"] or next_version(options["output"], options["name"]),
        title=options["title"] or options["name"],
        description=options["description"] or f"{model.kind}, made elsewhere and packaged here.",
        limits=options["limits"],
        created=start_of_today(),
        expires=None,
        format=model.format,
        model_file=MODEL_FILES[model.format],
        labels=model.labels,
        input=InputForm(model.shape, *options["range"]),
        preprocessing=options["preprocessing"],
        frameworks=model.frameworks,
        data=(),
        metrics={},
        temperature=1.0,
        min_confidence=0.0,
        max_outlier=1.0,
        licence=options["licence"],
    )


def _pictures(path: Path | None, model: OwnModel) -> LabelledFiles | None:
    return load_labelled_files(path, model.labels) if path else None
