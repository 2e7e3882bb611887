"""A prediction in words: what the pages say, with and without their scripts."""

from __future__ import annotations

from typing import Any

from predictor.answers import prediction_answer
from predictor.pictures import picture_data_url
from predictor.recognition.recognizer import Prediction
from predictor.request_id import current_request_id

# From this confidence on, these words; below the last, the model leans more than it knows.
_WORDS = ((0.99, "Almost certain"), (0.9, "Very sure"), (0.7, "Fairly sure"), (0.0, "My best guess"))


def page_answer(prediction: Prediction) -> dict[str, Any]:
    """The API's answer and what only a page shows beside it: words, bars and the model's view."""
    return prediction_answer(prediction, current_request_id()) | {
        "verdict": verdict(prediction),
        "bars": [
            {"label": label, "probability": round(probability, 4), "percent": percent(probability)}
            for label, probability in prediction.probabilities.items()
        ],
        "model_input": picture_data_url(prediction.model_input),
    }


def verdict(prediction: Prediction) -> dict[str, str]:
    """One sentence in three parts: how it begins, what is said large, and how sure that is."""
    if not prediction.accepted:
        return _doubt(prediction)
    words = next(words for floor, words in _WORDS if prediction.confidence >= floor)
    return {
        "lead": "This looks like",
        "headline": prediction.label,
        "certainty": f"{words}: {percent(prediction.confidence)}",
    }


def _doubt(prediction: Prediction) -> dict[str, str]:
    ranked = sorted(prediction.probabilities.items(), key=lambda item: item[1], reverse=True)
    (first, first_share), (second, second_share) = ranked[:2]
    return {
        "lead": "I am not sure:",
        "headline": f"{first} or {second}?",
        "certainty": f"{percent(first_share)} for {first}, {percent(second_share)} for {second}",
    }


def percent(share: float) -> str:
    """A share of one for people. It never rounds up to certainty, nor down to impossibility."""
    if share > 0.999:  # noqa: PLR2004 - which must not read as certainty
        return "> 99.9%"
    if share < 0.001:  # noqa: PLR2004 - which must not read as impossible
        return "< 0.1%"
    return f"{share:.1%}"
