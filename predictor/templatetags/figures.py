"""Numbers as people read them."""

from datetime import datetime

from django import template

from predictor import verdicts

register = template.Library()

_REASONS = {
    "unsure": "it was not sure enough",
    "not_a_digit": "it took them for no digit",
    "none_of_the_labels": "it took them for none of its classes",
}

register.filter("confidence", verdicts.percent)


@register.filter
def moment(iso_time: str) -> str:
    """A time as `answers` writes it, in UTC, for people."""
    time = datetime.fromisoformat(iso_time)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


@register.filter
def thousands(count: int) -> str:
    """A count with its thousands set apart."""
    return f"{count:,}"


@register.filter
def milliseconds(duration_ms: float) -> str:
    """A short time, to the hundredth."""
    return f"{duration_ms:.2f} ms"


@register.filter
def reason(code: str) -> str:
    """Why a model does not stand by its answer, for people; see `Prediction.reason`."""
    return _REASONS.get(code, code.replace("_", " "))


@register.filter
def percent(share: float, decimals: int = 1) -> str:
    """A measured share of one, rounded like any figure."""
    return f"{share:.{decimals}%}"
