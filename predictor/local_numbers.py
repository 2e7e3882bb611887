"""Numbers as people write them in the language of the page; in English they read as everywhere else."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def local_number(number: float, decimals: int = 0) -> str:
    """A number with its thousands set apart."""
    # Of a float Django would cut off what it does not show.
    return number_format(Decimal(f"{number:.{decimals}f}"), decimals, use_l10n=True, force_grouping=True)


def local_percent(share: float, decimals: int = 1) -> str:
    """A share of one in percent, rounded like any figure."""
    return _("{number}%").format(number=local_number(share * 100, decimals))
