"""From a recipe and data to a signed package: train, measure through the whole path, write the card, sign."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from numpy.typing import NDArray

from predictor.recognition.errors import ImageError
from predictor.recognition.model_inputs import Preprocessing, find_preprocessing
from predictor.recognition.package_metadata import MODEL_FILES, PackageMetadata, parse_metadata, to_json
from predictor.training.datasets import CREDITS, DataSet, LabelledImages
from predictor.training.errors import TrainingError
from predictor.training.evaluation import Evaluation, evaluate
from predictor.training.non_digit_samples import non_digit_samples
from predictor.training.package_writer import new_package, refuse_existing
from predictor.training.progress import stage
from predictor.training.recipe import Recipe, Run


def build_package(
    recipe: Recipe,
    data: DataSet,
    *,
    models_dir: Path,
    version: str,
    created: datetime,
    private_key: EllipticCurvePrivateKey,
    run: Run,
) -> tuple[Path, Evaluation]:
    """Make the package `models_dir/NAME/VERSION`.

    Args:
        recipe: which model.
        data: what it learns from and is measured with.
        models_dir: where packages lie.
        version: of the new package.
        created: stands in the package; with the same one, data and seed, all but the signature is the same.
        private_key: signs the package.
        run: seed, progress and checkpoints; these are removed when the package is in its place.

    Returns:
        The package's folder and how the model did on the test pictures.

    Raises:
        TrainingError: the version exists already, or the data do not fit the recipe.
        PackageRejected: the version or another field of the metadata is not valid.
    """
    target = models_dir / recipe.name / version
    metadata = _draft_metadata(recipe, data, version, created)
    parse_metadata(to_json(metadata))  # Minutes before signing would notice.
    refuse_existing(target)
    _check_classes(data, recipe)
    with stage(run.report, f"Bringing {len(data.train):,} pictures to the model's form"):
        inputs = _model_inputs(data.train.images, find_preprocessing(recipe.preprocessing))
    trained = recipe.fit(
        inputs, data.train.labels, replace(run, others=data.others.images if data.others else None)
    )
    metadata = replace(
        metadata,
        temperature=trained.temperature,
        min_confidence=trained.min_confidence,
        max_outlier=trained.max_outlier,
    )
    with new_package(target, private_key) as draft:
        draft.write_model(metadata, trained.content)
        with stage(run.report, f"Measuring with {len(data.test):,} test pictures, each from its PNG file"):
            recognizer = draft.recognizer()
            evaluation = evaluate(recognizer, data.test, run.report, non_digit_samples(metadata))
        draft.write_card(metadata, evaluation, data.test.describe("test"))
    shutil.rmtree(run.checkpoints, ignore_errors=True)
    return target, evaluation


def _draft_metadata(recipe: Recipe, data: DataSet, version: str, created: datetime) -> PackageMetadata:
    """All that is known before training."""
    sources = tuple(
        images.describe(split)
        for images, split in ((data.train, "train"), (data.others, "train"), (data.test, "test"))
        if images is not None
    )
    return PackageMetadata(
        name=recipe.name,
        version=version,
        title=recipe.title,
        description=_description(recipe, data),
        limits=recipe.limits,
        created=created,
        expires=None,
        format=recipe.format,
        model_file=MODEL_FILES[recipe.format],
        labels=recipe.labels,
        input=recipe.input,
        preprocessing=recipe.preprocessing,
        frameworks=recipe.frameworks,
        data=sources,
        metrics={},
        temperature=1.0,
        min_confidence=0.0,
        max_outlier=1.0,
        licence=recipe.licence,
    )


def _description(recipe: Recipe, data: DataSet) -> str:
    learnt = _learnt_from(data.train, "It learnt from")
    rejects = _learnt_from(data.others, "It learnt to reject from") if data.others else ()
    return " ".join([recipe.description, *learnt, *rejects])


def _learnt_from(images: LabelledImages, how: str) -> tuple[str, ...]:
    source = images.describe("train")
    sentence = f"{how} {source['count']:,} training pictures of {source['name']}."
    credit = CREDITS.get(str(source["name"]))
    return (sentence, credit) if credit else (sentence,)


def _check_classes(data: DataSet, recipe: Recipe) -> None:
    expected, found = set(range(len(recipe.labels))), set(data.train.labels.tolist())
    if found != expected:
        raise TrainingError(
            f"the training labels are {sorted(found)}, {recipe.name} needs {sorted(expected)}"
        )


def _model_inputs(images: NDArray[np.uint8], preprocessing: Preprocessing) -> NDArray[np.float32]:
    """(n, height, width) pictures as the service would hand them to the model, (n, channels, side, side)."""
    inputs = np.empty((len(images), *preprocessing.shape), np.float32)
    for i, image in enumerate(images):
        try:
            inputs[i] = preprocessing.to_model_input(image)
        except ImageError as error:
            raise TrainingError(f"training picture {i + 1} cannot be used: {error}") from error
    return inputs
