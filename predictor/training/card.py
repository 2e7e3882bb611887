"""A model card's measured part: the figures as JSON and the confusion matrix as a picture."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from predictor.recognition.package_metadata import PackageMetadata
from predictor.training.evaluation import Evaluation

_DECIMALS = 6
_SAME_FIGURE = 0.001  # Another processor may round a borderline picture to another answer.
_DARK_SHADE = 0.3  # The share of a class from which on its field needs light letters.
MAX_DRAWN_CLASSES = 40  # A matrix of more cannot be read as a picture.
_INK, _MUTED, _PAPER, _FRAME = "#1c2733", "#5b6b7b", "#ffffff", "#d5dde5"


def metrics(evaluation: Evaluation) -> dict[str, float]:
    """The figures that stand in the package's metadata."""
    return {
        "accuracy": round(evaluation.accuracy, _DECIMALS),
        "expected_calibration_error": round(evaluation.calibration_error, _DECIMALS),
        "accepted_share": round(evaluation.accepted_share, _DECIMALS),
        "accepted_accuracy": round(evaluation.accepted_accuracy, _DECIMALS),
    }


def card_figures(evaluation: Evaluation, data: Mapping[str, Any]) -> dict[str, Any]:
    """All figures of the card, ready for JSON.

    Args:
        evaluation: what was measured.
        data: with what; `name` and `split` are taken over.
    """
    figures = metrics(evaluation)
    return {
        "data": {"name": data["name"], "split": data["split"], "count": evaluation.count},
        "accuracy": figures["accuracy"],
        "expected_calibration_error": figures["expected_calibration_error"],
        "accepted": {"share": figures["accepted_share"], "accuracy": figures["accepted_accuracy"]},
        "classes": [_rounded(asdict(score)) for score in evaluation.class_scores()],
        "confusion_matrix": evaluation.confusion.tolist(),
    }


def metrics_json(evaluation: Evaluation, data: Mapping[str, Any]) -> bytes:
    """The file `card/metrics.json`."""
    return (json.dumps(card_figures(evaluation, data), indent=2) + "\n").encode()


def card_agrees(
    metadata: PackageMetadata, evaluation: Evaluation, data: Mapping[str, str | int]
) -> bool | None:
    """Whether an evaluation gives the figures that the package itself tells.

    Args:
        metadata: the package's.
        evaluation: what was measured now.
        data: with what, as `LabelledImages.describe` has it.

    Returns:
        None where the package tells of other data, so that there is nothing to compare.
    """
    if dict(data) not in [dict(source) for source in metadata.data]:
        return None
    return all(
        math.isclose(metadata.metrics.get(name, math.nan), value, abs_tol=_SAME_FIGURE)
        for name, value in metrics(evaluation).items()
    )


def confusion_matrix_png(evaluation: Evaluation, title: str) -> bytes:
    """The file `card/confusion-matrix.png`: each row in shades by its share, with the counts written in.

    The picture brings its own light background and frame, so that it reads on a dark page too.
    The same evaluation gives the same bytes.
    """
    # Only training needs matplotlib; the serving process never imports it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(9, 9), dpi=100, facecolor="none")
    FigureCanvasAgg(figure)
    _draw_frame(figure)
    axes = figure.add_axes((0.115, 0.09, 0.78, 0.78))
    _draw_matrix(axes, evaluation)
    figure.text(0.115, 0.935, title, fontsize=19, fontweight="bold", color=_INK)
    figure.text(0.115, 0.892, _caption(evaluation), fontsize=12.5, color=_MUTED)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _draw_frame(figure: Any) -> None:
    from matplotlib.patches import FancyBboxPatch  # noqa: PLC0415

    figure.add_artist(
        FancyBboxPatch(
            (0.03, 0.03),
            0.94,
            0.94,
            boxstyle="round,pad=0.02,rounding_size=0.03",
            facecolor=_PAPER,
            edgecolor=_FRAME,
            zorder=-1,
        )
    )


def _draw_matrix(axes: Any, evaluation: Evaluation) -> None:
    classes = range(len(evaluation.labels))
    shares = evaluation.confusion / np.maximum(evaluation.confusion.sum(axis=1, keepdims=True), 1)
    # The square root lifts rare confusions out of the white without flattening the diagonal.
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1.1)
    for row in classes:
        for column in classes:
            _write_count(axes, row, column, evaluation.confusion[row, column], shares[row, column])
    axes.set_xticks(classes, evaluation.labels)
    axes.set_yticks(classes, evaluation.labels)
    axes.set_xlabel("answer", fontsize=13, color=_MUTED, labelpad=8)
    axes.set_ylabel("truth", fontsize=13, color=_MUTED, labelpad=8)
    axes.tick_params(length=0, labelsize=13, labelcolor=_INK)
    axes.set_xticks(np.arange(0.5, len(classes) - 1), minor=True)
    axes.set_yticks(np.arange(0.5, len(classes) - 1), minor=True)
    axes.grid(which="minor", color=_PAPER, linewidth=2)
    axes.tick_params(which="minor", length=0)
    axes.spines[:].set_visible(False)


def _write_count(axes: Any, row: int, column: int, count: int, share: float) -> None:
    if count == 0:
        return
    on_diagonal = row == column
    axes.text(
        column,
        row,
        f"{count:,}",
        ha="center",
        va="center",
        fontsize=12.5,
        fontweight="bold" if on_diagonal else "normal",
        color=_PAPER if share > _DARK_SHADE else _INK,
    )


def _caption(evaluation: Evaluation) -> str:
    return (
        f"{evaluation.accuracy:.2%} of {evaluation.count:,} test pictures right. "
        "Each row is shaded by its share of the class."
    )


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(v, _DECIMALS) if isinstance(v, float) else v for name, v in values.items()}
