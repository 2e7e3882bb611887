"""Numbers and times as people read them."""

from datetime import UTC, datetime

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from predictor import verdicts
from predictor.local_numbers import local_number, local_percent

register = template.Library()

_REASONS = {
    "unsure": gettext_lazy("it was not sure enough"),
    "not_a_digit": gettext_lazy("it took them for no digit"),
    "none_of_the_labels": gettext_lazy("it took them for none of its classes"),
}

register.filter("confidence", verdicts.percent)
register.filter("thousands", local_number)


@register.filter
def moment(iso_time: str) -> str:
    """A time as `answers` writes it, in UTC, for people."""
    return f"{date_format(datetime.fromisoformat(iso_time).astimezone(UTC), 'j F Y, H:i')} UTC"


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    """A measured share of one; nothing where it was not measured, which a template finds as None or ""."""
    return local_percent(share, decimals) if isinstance(share, float | int) else ""


@register.filter
def milliseconds(duration_ms: float | None) -> str:
    """A short time, to the hundredth; nothing where it was not measured."""
    if not isinstance(duration_ms, float | int):
        return ""
    return _("{number} ms").format(number=local_number(duration_ms, 2))


@register.filter
def reason(code: str) -> str:
    """Why a model does not stand by its answer, for people; see `Prediction.reason`."""
    return str(_REASONS.get(code, code.replace("_", " ")))
