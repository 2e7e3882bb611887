"""Everything in a package's `card/` folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from predictor.training.card.confusion_matrix import confusion_matrix_files
from predictor.training.card.figures import metrics_json, mistake_file
from predictor.training.card.reliability_diagram import reliability_files
from predictor.training.card.trade_off_curve import trade_off_files
from predictor.training.evaluation import Evaluation, png_bytes


def card_files(evaluation: Evaluation, data: Mapping[str, Any]) -> dict[str, bytes]:
    """The figures, the plots, and the pictures that the model was most confidently wrong about.

    Args:
        evaluation: what was measured.
        data: with what, as `LabelledImages.describe` has it.

    Returns:
        Content by path in the package; the same evaluation gives the same bytes.
    """
    pictures = {
        **confusion_matrix_files(evaluation),
        **reliability_files(evaluation),
        **trade_off_files(evaluation),
        **{
            mistake_file(number): png_bytes(mistake.image)
            for number, mistake in enumerate(evaluation.mistakes, start=1)
        },
    }
    return {
        "card/metrics.json": metrics_json(evaluation, data),
        **{f"card/{name}": content for name, content in pictures.items()},
    }
