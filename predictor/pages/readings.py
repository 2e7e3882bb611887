"""What the upload page shows of a picture with several digits: their boxes on it, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from predictor.answers import reading_text
from predictor.pictures import boxes_data_url
from predictor.recognition.several.reading import ReadDigit
from predictor.verdicts import doubt_words, page_answer, percent, shows_no_label, verdict


def page_reading(read: Sequence[ReadDigit], picture: NDArray[np.uint8]) -> dict[str, Any]:
    """One row's answer: of one digit the usual one, of several their text and the least sure one's doubt.

    Args:
        read: as `read_digits` tells.
        picture: (height, width), as the recogniser decoded it.
    """
    if len(read) == 1:
        return page_answer(read[0].prediction)
    answers = [one.prediction for one in read]
    weakest = min(answers, key=lambda one: (one.accepted, one.confidence))
    return {
        "label": reading_text(read),
        "confidence": round(min(one.confidence for one in answers), 6),
        "percent": percent(min(one.confidence for one in answers)),
        "accepted": all(one.accepted for one in answers),
        "reason": weakest.reason,
        "model": {"name": weakest.model_name, "version": weakest.model_version},
        "verdict": verdict(weakest),
        "doubt": doubt_words(weakest),
        "shows_no_label": all(map(shows_no_label, answers)),
        "digits": [{"label": one.label, "percent": percent(one.confidence)} for one in answers],
        "boxed": boxes_data_url(picture, [(one.box, one.prediction.accepted) for one in read]),
        "boxed_alt": _("The picture with a box around each digit that was found"),
    }
