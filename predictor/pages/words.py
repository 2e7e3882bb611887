"""What the pages' scripts say by themselves; everything else they show comes with the server's answers.

Words in braces are put in by the script.
"""

from __future__ import annotations

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _


def asking_words() -> dict[str, str]:
    """Why no answer came, for every page that asks by script."""
    return {
        "offline": _("The server cannot be reached. Your picture is kept, and sent again by itself."),
        "throttled": _("That is a lot at once. The next answer comes by itself in {seconds} seconds."),
        "expired": _("This page is too old to be answered. Reload it, with cookies on."),
        "unusable": _("The server gave no usable answer ({status}). Please try again."),
    }


def draw_words() -> dict[str, str]:
    """Those of the draw page."""
    return asking_words() | {
        "title": _("Draw a {subject} · mnistsite"),
        "waiting": _("Waiting for your first stroke"),
        "no_answer": _("No answer"),
        "none_of_them": _("None of these"),
        "sending": _("Sending …"),
        "kept": _("Thank you. Kept as {label}."),
        "kept_none": _("Thank you. Kept as none of these."),
        "taken_back": _("Taken back: your picture is deleted."),
        "recent_drawing": _("Open this drawing again; it was answered {label}"),
    }


def upload_words() -> dict[str, str]:
    """Those of the upload page."""
    return asking_words() | {
        "throttled": _("The server asks for a pause. It goes on by itself in {seconds} seconds."),
        "offline": _("The server cannot be reached. It goes on by itself when it can."),
        "waiting": _("Waiting"),
        "sending": _("Sending …"),
        "sure": _("Sure"),
        "left_out": _("Cancelled"),
        "too_large": _(
            "This file has {size} MB, and the limit is {limit}. "
            "Take the photo in a lower resolution, or cut it."
        ),
        "no_picture": _("This is no picture. Send PNG, JPEG, WebP, GIF, BMP or TIFF."),
        "progress": _("{done} of {all} answered"),
        "finished": _("{all} answered, {unsure} of them unsure, {problems} with a problem"),
        "limit": filesizeformat(settings.MAX_IMAGE_BYTES),
    }
