"""An evaluation as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from predictor.training.evaluation import Evaluation
from predictor.training.reliability import CONFIDENCE_BINS


def text_report(evaluation: Evaluation) -> str:
    """Accuracy, calibration, rejection, size and speed; one line a class; the confusions; the non-digits."""
    parts = [_summary(evaluation), _class_table(evaluation), _confusion_table(evaluation)]
    if evaluation.non_digits:
        parts.append(_non_digit_table(evaluation))
    return "\n\n".join("\n".join(lines) for lines in parts)


def _summary(evaluation: Evaluation) -> Iterator[str]:
    yield f"pictures                    {evaluation.count:,}"
    yield f"accuracy                    {evaluation.accuracy:.4f}"
    yield f"expected calibration error  {evaluation.calibration_error:.4f}  ({CONFIDENCE_BINS} bins)"
    yield f"accepted                    {evaluation.accepted_share:.4f}"
    yield f"accuracy of the accepted    {evaluation.accepted_accuracy:.4f}"
    yield f"rejected                    {1 - evaluation.accepted_share:.4f}"
    for reason, count in evaluation.reasons.items():
        yield f"{f'  as {reason}':<28}{count / evaluation.count:.4f}  ({count:,} pictures)"
    if evaluation.latency_ms is not None:
        yield f"latency                     {evaluation.latency_ms:.2f} ms of CPU time a picture (median)"
    if evaluation.model_bytes is not None:
        yield f"model file                  {evaluation.model_bytes:,} bytes"


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


def _non_digit_table(evaluation: Evaluation) -> Iterator[str]:
    width = max(map(len, ("all kinds", *(each.kind for each in evaluation.non_digits))))
    yield f"{'no digit':<{width}}  rejected   count"
    for each in evaluation.non_digits:
        yield f"{each.kind:<{width}}  {each.rejected:>8.4f}  {each.count:>6,}"
    count = sum(each.count for each in evaluation.non_digits)
    yield f"{'all kinds':<{width}}  {evaluation.non_digits_rejected:>8.4f}  {count:>6,}"
