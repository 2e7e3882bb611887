"""What was taken for what: each row in shades by its share, with the counts written in."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from predictor.training.card.style import TEXT_PT, Style, label_text, plot_files
from predictor.training.evaluation import Evaluation

_LEAST_PX, _CLASS_PX, _MOST_PX = 460, 30, 960  # Of the plot's width: at least, for each class, at most.
_READABLE_CLASSES = 30  # With more of them, fields are too small for numbers, and only some are named.
_FIELDS_SHARE = 0.75  # Of the plot's width, the rest is labels.
_DIGIT_WIDTH_PX = 1.15  # At one point of size, with some room around the number.
_LEVEL_LABELS = 3  # Longer ones would run into each other side by side.
_DARK_SHADE = 0.3  # The share of a class from which on its field needs letters for a dark ground.


def confusion_matrix_files(evaluation: Evaluation) -> dict[str, bytes]:
    """The files `confusion-matrix.png` and `confusion-matrix-dark.png`."""
    side_px = min(max(_LEAST_PX, _CLASS_PX * (len(evaluation.labels) + 2)), _MOST_PX)
    return plot_files(
        "confusion-matrix",
        (side_px, side_px),
        lambda figure, style: _draw(figure, style, evaluation, side_px),
    )


def _draw(figure: Figure, style: Style, evaluation: Evaluation, side_px: int) -> None:
    axes: Any = figure.add_subplot()
    shares = evaluation.confusion / np.maximum(evaluation.confusion.sum(axis=1, keepdims=True), 1)
    shades = LinearSegmentedColormap.from_list("shades", [style.ground, style.accent])
    # The square root lifts rare confusions out of the ground without flattening the diagonal.
    axes.imshow(np.sqrt(shares), cmap=shades, vmin=0, vmax=1)
    _label(axes, style, evaluation.labels)
    if len(evaluation.labels) <= _READABLE_CLASSES:
        _draw_borders(axes, style, len(evaluation.labels))
        _write_counts(axes, style, evaluation.confusion, shares, side_px)


def _label(axes: Any, style: Style, labels: tuple[str, ...]) -> None:
    classes = range(0, len(labels), ceil(len(labels) / _READABLE_CLASSES))
    texts = [label_text(labels[number]) for number in classes]
    level = max(map(len, texts)) <= _LEVEL_LABELS
    slant = {} if level else {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(classes, texts, **slant)
    axes.set_yticks(classes, texts)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    axes.tick_params(length=0, labelcolor=style.ink)
    axes.spines[:].set_color(style.line)


def _draw_borders(axes: Any, style: Style, classes: int) -> None:
    borders = np.arange(-0.5, classes)
    axes.set_xticks(borders, minor=True)
    axes.set_yticks(borders, minor=True)
    axes.grid(which="minor", color=style.line, linewidth=0.8)
    axes.tick_params(which="minor", length=0)


def _write_counts(
    axes: Any, style: Style, confusion: NDArray[np.int64], shares: NDArray[np.float64], side_px: int
) -> None:
    field_px = side_px * _FIELDS_SHARE / len(confusion)
    size_pt = min(TEXT_PT, field_px / _DIGIT_WIDTH_PX / len(str(confusion.max())))
    for row, column in np.argwhere(confusion > 0):
        axes.text(
            column,
            row,
            str(confusion[row, column]),
            ha="center",
            va="center",
            fontsize=size_pt,
            fontweight="bold" if row == column else "normal",
            color=style.on_accent if shares[row, column] > _DARK_SHADE else style.ink,
        )
