"""Keeping what a person says a picture shows, and forgetting it again."""

from __future__ import annotations

import io

import numpy as np
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from PIL import Image

from predictor.feedback.errors import FULL, OFF, UNKNOWN_LABEL, UNKNOWN_RECEIPT, FeedbackRefused
from predictor.feedback.rows import Feedback
from predictor.models import APIToken
from predictor.recognition.recognizer import Recognizer

# The draw page's pictures are kept as they are; of larger ones this is plenty for any model that we ship.
LONGEST_SIDE_PX = 280

_SALT = "predictor.feedback"


def keep_feedback(
    recognizer: Recognizer, picture: bytes, label: str, *, token: APIToken | None = None, receipt: str = ""
) -> Feedback:
    """Keep a picture as an example of a label.

    The model looks at it again, so that the answer is kept which this service gives, and not one that a
    client claims. The picture is kept upright, without metadata and at most `LONGEST_SIDE_PX` a side.

    Args:
        recognizer: the model that answered.
        picture: the file's bytes.
        label: one of the model's, or empty for none of them.
        token: what it came by; None for a page.
        receipt: of what was said of the same picture before; this takes its place.

    Raises:
        FeedbackRefused: it is switched off, as much is kept as may be, or the model has no such label.
        ImageError: the picture cannot be recognised.
    """
    check_switched_on()
    metadata = recognizer.package.metadata
    if label and label not in metadata.labels:
        raise FeedbackRefused(UNKNOWN_LABEL, _("label: The model does not know it; name one of its labels."))
    seen = recognizer.decode(picture)
    prediction = recognizer.recognize(picture)
    if receipt:
        forget(receipt)
    if Feedback.objects.count() >= settings.MAX_FEEDBACK:
        raise FeedbackRefused(
            FULL, _("As many pictures are kept as there is room for. Thank you all the same.")
        )
    return Feedback.objects.create(
        picture=_small_png(seen),
        model_name=metadata.name,
        model_version=metadata.version,
        answer=prediction.label,
        confidence=prediction.confidence,
        accepted=prediction.accepted,
        correct_label=label,
        token=token,
    )


def check_switched_on() -> None:
    """Refuse where the site takes no feedback.

    Raises:
        FeedbackRefused: code "feedback_off".
    """
    if not settings.FEEDBACK:
        raise FeedbackRefused(OFF, _("This site keeps no feedback."))


def receipt_of(feedback: Feedback) -> str:
    """What lets whoever said it take it back; nobody can guess another's."""
    return signing.dumps(feedback.pk, salt=_SALT)


def forget(receipt: str) -> None:
    """Delete what was said, picture and all. What has been reviewed stays: it may have been learnt from.

    Raises:
        FeedbackRefused: code "unknown_receipt", there is no such feedback any more.
    """
    try:
        key = signing.loads(receipt, salt=_SALT)
    except signing.BadSignature:
        key = None
    deleted, _by_model = Feedback.objects.filter(pk=key, review=Feedback.OPEN).delete()
    if not deleted:
        raise FeedbackRefused(UNKNOWN_RECEIPT, _("This was taken back already, or has been reviewed."))


def _small_png(picture: NDArray[np.uint8]) -> bytes:
    image = Image.fromarray(picture)
    image.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.BOX)
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()
