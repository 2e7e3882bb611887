"""Writing a package: in a hidden folder beside its place, and moved there in one step when it is whole.

Whatever interrupts a run, no half-written package is ever found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package, sign_package
from predictor.recognition.package_metadata import METADATA_FILE, PackageMetadata, to_json, version_order
from predictor.recognition.recognizer import Recognizer
from predictor.training.card.figures import metrics
from predictor.training.card.files import card_files
from predictor.training.errors import TrainingError
from predictor.training.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class PackageDraft:
    """A package that is being made.

    Attributes:
        folder: NAME/VERSION inside a hidden folder.
        private_key: signs it.
    """

    folder: Path
    private_key: EllipticCurvePrivateKey

    def write(self, files: Mapping[str, bytes]) -> None:
        """Add files, or write them anew."""
        for name, content in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)

    def write_model(self, metadata: PackageMetadata, content: bytes) -> None:
        """Write package.json and the model's file."""
        self.write({METADATA_FILE: to_json(metadata), metadata.model_file: content})

    def write_card(
        self, metadata: PackageMetadata, evaluation: Evaluation, test_data: Mapping[str, str | int]
    ) -> None:
        """Write the card, and its figures into package.json.

        Args:
            metadata: of the package.
            evaluation: what was measured.
            test_data: with what, one of the metadata's `data`.
        """
        measured = to_json(replace(metadata, metrics=metrics(evaluation)))
        self.write({METADATA_FILE: measured, **card_files(evaluation, test_data)})

    def recognizer(self) -> Recognizer:
        """Sign, and prove that what was signed opens and answers.

        Raises:
            PackageRejected: it does not.
        """
        sign_package(self.folder, self.private_key)
        policy = TrustPolicy((TrustedKey("the signing key", self.private_key.public_key()),))
        return Recognizer.from_package(open_package(self.folder, policy))


@contextmanager
def new_package(target: Path, private_key: EllipticCurvePrivateKey) -> Iterator[PackageDraft]:
    """A draft that becomes the package `target` when the block ends without an error.

    Args:
        target: MODELS_DIR/NAME/VERSION.
        private_key: signs the package.

    Raises:
        TrainingError: there is a package already.
        PackageRejected: what was written does not open.
    """
    refuse_existing(target)
    models_dir = target.parent.parent
    models_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=models_dir, prefix=".building-") as workshop:
        draft = PackageDraft(Path(workshop) / target.parent.name / target.name, private_key)
        yield draft
        draft.recognizer()
        target.parent.mkdir(exist_ok=True)
        draft.folder.rename(target)


def refuse_existing(target: Path) -> None:
    """Keep a version from being made twice.

    Raises:
        TrainingError: there is a package already.
    """
    if target.exists():
        raise TrainingError(f"{target} exists; a version never changes, choose a new one with --version")


def refuse_without_plots() -> None:
    """Say before anything is measured that the card cannot be drawn.

    Raises:
        TrainingError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise TrainingError(
            "a model card needs matplotlib; install requirements-training.txt or leave out the evaluation"
        )


def next_version(models_dir: Path, name: str) -> str:
    """The patch number after the highest installed version; 1.0.0 where there is none."""
    versions = list(filter(None, (version_order(folder.name) for folder in (models_dir / name).glob("*"))))
    if not versions:
        return "1.0.0"
    major, minor, patch = max(versions)
    return f"{major}.{minor}.{patch + 1}"
