"""A prediction in words: what the pages say, with and without their scripts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from predictor.answers import prediction_answer
from predictor.local_numbers import local_percent
from predictor.pictures import explanation_data_url, picture_data_url
from predictor.recognition.package_metadata import are_digits
from predictor.recognition.recognizer import NONE_OF_THE_LABELS, NOT_A_DIGIT, UNSURE, Prediction
from predictor.request_id import current_request_id

# From this confidence on, these words; below the last, the model leans more than it knows.
_WORDS = (
    (0.99, gettext_lazy("Almost certain")),
    (0.9, gettext_lazy("Very sure")),
    (0.7, gettext_lazy("Fairly sure")),
    (0.0, gettext_lazy("My best guess")),
)


# Why a model does not stand by its answer, in a word or two for a table.
_DOUBTS = {
    UNSURE: gettext_lazy("Not sure"),
    NOT_A_DIGIT: gettext_lazy("Not a digit"),
    NONE_OF_THE_LABELS: gettext_lazy("Nothing it knows"),
}

MAX_BARS = 20  # Of a model with more labels only the likeliest are shown.
_NAMED_LABELS = 5  # As many one reads to learn what a model knows.


def page_answer(prediction: Prediction, weights: NDArray[np.float32] | None = None) -> dict[str, Any]:
    """The API's answer and what only a page shows beside it: words, bars and the model's view.

    Args:
        prediction: the answer.
        weights: what decided it, as `Recognizer.explain` tells; None where nobody asked.
    """
    answer = prediction_answer(prediction, current_request_id()) | {
        "verdict": verdict(prediction),
        "percent": percent(prediction.confidence),
        "doubt": doubt_words(prediction),
        "shows_no_label": shows_no_label(prediction),
        "bars": [
            {"label": label, "probability": round(probability, 4), "percent": percent(probability)}
            for label, probability in _bars(prediction)
        ],
        "model_input": picture_data_url(prediction.model_input),
        "model_input_alt": _view_words(prediction.model_input),
    }
    if weights is not None:
        answer["explanation_picture"] = explanation_data_url(prediction.model_input, weights)
    return answer


def _view_words(model_input: NDArray[np.float32]) -> str:
    channels, height, width = model_input.shape
    if channels == 1:
        words = _("The picture as %(height)s by %(width)s grey squares")
    else:
        words = _("The picture as %(height)s by %(width)s coloured squares")
    return words % {"height": height, "width": width}


def subject(labels: Iterable[str]) -> str:
    """What a person is asked for by a model of these labels."""
    return _("digit") if are_digits(labels) else _("picture")


def verdict(prediction: Prediction) -> dict[str, str]:
    """One sentence in three parts: how it begins, what is said large, and how sure that is.

    Where the picture shows none of the labels: what to do, in the third part's place, and a guess.
    """
    if shows_no_label(prediction):
        return _not_known(prediction)
    if not prediction.accepted:
        return _doubt(prediction)
    words = next(words for floor, words in _WORDS if prediction.confidence >= floor)
    return {
        "lead": _("This looks like"),
        "headline": prediction.label,
        "certainty": f"{words}: {percent(prediction.confidence)}",
    }


def shows_no_label(prediction: Prediction) -> bool:
    """Whether the model takes the picture for none of its labels; the answer is a mere guess then."""
    return prediction.reason in (NOT_A_DIGIT, NONE_OF_THE_LABELS)


def doubt_words(prediction: Prediction) -> str:
    """Why the model does not stand by its answer, in a word or two; empty where it does."""
    return str(_DOUBTS[prediction.reason]) if prediction.reason else ""


def _doubt(prediction: Prediction) -> dict[str, str]:
    (first, first_share), (second, second_share) = _ranked(prediction)[:2]
    names = {"first": first, "second": second}
    shares = {"first_share": percent(first_share), "second_share": percent(second_share)}
    return {
        "lead": _("I am not sure:"),
        "headline": _("%(first)s or %(second)s?") % names,
        "certainty": _("%(first_share)s for %(first)s, %(second_share)s for %(second)s") % (names | shares),
    }


def _not_known(prediction: Prediction) -> dict[str, str]:
    if prediction.reason == NOT_A_DIGIT:
        headline = _("This does not look like a digit.")
        way_out = _("Draw one digit from 0 to 9, large and alone.")
    else:
        headline = _("This does not look like anything I know.")
        way_out = _("I know %(labels)s.") % {"labels": _enumeration(list(prediction.labels))}
    return {
        "lead": _("No answer"),
        "headline": headline,
        "certainty": way_out,
        "guess": _("If I had to guess: %(label)s") % {"label": prediction.label},
    }


def _enumeration(labels: list[str]) -> str:
    named, others = labels[:_NAMED_LABELS], len(labels) - _NAMED_LABELS
    if others > 0:
        return _("%(labels)s and %(count)s more") % {"labels": ", ".join(named), "count": others}
    return _("%(labels)s and %(last)s") % {"labels": ", ".join(named[:-1]), "last": named[-1]}


def _ranked(prediction: Prediction) -> list[tuple[str, float]]:
    return sorted(prediction.probabilities.items(), key=lambda item: item[1], reverse=True)


def _bars(prediction: Prediction) -> list[tuple[str, float]]:
    if len(prediction.labels) > MAX_BARS:
        return _ranked(prediction)[:MAX_BARS]
    return list(prediction.probabilities.items())


def percent(share: float) -> str:
    """A share of one for people. It never rounds up to certainty, nor down to impossibility."""
    if share > 0.999:  # noqa: PLR2004 - which must not read as certainty
        return f"> {local_percent(0.999)}"
    if share < 0.001:  # noqa: PLR2004 - which must not read as impossible
        return f"< {local_percent(0.001)}"
    return local_percent(share)
