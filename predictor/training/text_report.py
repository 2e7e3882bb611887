"""An evaluation as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from predictor.training.evaluation import CONFIDENCE_BINS, Evaluation


def text_report(evaluation: Evaluation) -> str:
    """Accuracy, calibration, one line a class, and the confusion matrix."""
    return "\n".join(
        [*_summary(evaluation), "", *_class_table(evaluation), "", *_confusion_table(evaluation)]
    )


def _summary(evaluation: Evaluation) -> Iterator[str]:
    yield f"pictures                    {evaluation.count:,}"
    yield f"accuracy                    {evaluation.accuracy:.4f}"
    yield f"expected calibration error  {evaluation.calibration_error:.4f}  ({CONFIDENCE_BINS} bins)"
    yield f"accepted                    {evaluation.accepted_share:.4f}"
    yield f"accuracy of the accepted    {evaluation.accepted_accuracy:.4f}"


def _class_table(evaluation: Evaluation) -> Iterator[str]:
    width = max(map(len, ("class", *evaluation.labels)))
    yield f"{'class':<{width}}  precision  recall      f1   count"
    for score in evaluation.class_scores():
        yield (
            f"{score.label:<{width}}  {score.precision:>9.4f}  {score.recall:>6.4f}"
            f"  {score.f1:>6.4f}  {score.count:>6,}"
        )


def _confusion_table(evaluation: Evaluation) -> Iterator[str]:
    yield "confusion matrix: a row a true class, a column an answer"
    width = max(len(text) for text in (*evaluation.labels, *map(str, evaluation.confusion.flat))) + 2
    yield " " * width + "".join(f"{label:>{width}}" for label in evaluation.labels)
    for label, row in zip(evaluation.labels, evaluation.confusion, strict=True):
        yield f"{label:>{width}}" + "".join(f"{count:>{width}}" for count in row)
