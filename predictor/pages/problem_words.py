"""Why a picture was not recognised, in the language of the page. The API's words are always English."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from predictor.recognition.errors import ImageError

# By code. In English the error's own message is shown, which knows the figures.
_WORDS = {
    "empty_file": _("The file is empty. Send a picture."),
    "file_too_large": _("The file is too large. Send a smaller one."),
    "unsupported_format": _(
        "The file is no picture in a known format. Send PNG, JPEG, WebP, GIF, BMP or TIFF."
    ),
    "too_many_pixels": _("The picture has too many pixels. Shrink it."),
    "damaged_image": _("The picture is cut off or damaged. Send it again."),
    "nothing_drawn": _("Nothing is drawn on the picture."),
    "not_looked_at": _("Not looked at: the pictures before took too long. Send fewer at a time."),
}


def problem_words(error: ImageError) -> str:
    """What to tell a person about a picture that cannot be recognised."""
    words = _WORDS.get(error.code)
    return error.message if words is None or get_language() == "en" else str(words)
