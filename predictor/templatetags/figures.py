"""Numbers as people read them."""

from datetime import datetime

from django import template

from predictor import verdicts

register = template.Library()

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
def percent(share: float, decimals: int = 1) -> str:
    """A measured share of one, rounded like any figure."""
    return f"{share:.{decimals}%}"
