"""The pictures of a model card: plots with words for those who do not see them, and sample mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from predictor.local_numbers import local_number, local_percent
from predictor.recognition.model_package import VerifiedPackage

PICTURE_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.png")
_DARK = "-dark.png"
_PNG_SIZE = slice(16, 24)  # Of a PNG file: width and height, four bytes each.

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot of a card.

    Attributes:
        file: for light pages.
        dark_file: for dark ones; the same where there is no other.
        width_px: on a page, half of the file's, which is drawn for fine screens.
        height_px: the same.
        alt: the finding in words.
    """

    file: str
    dark_file: str
    width_px: int
    height_px: int
    alt: str


def plots(package: VerifiedPackage | None, figures: Figures | None) -> dict[str, Plot]:
    """The plots that we draw, by name with underscores, as far as the package has them."""
    if package is None or figures is None:
        return {}
    found = {name: _plot(package, name, alt, figures) for name, alt in _ALTS.items()}
    return {name.replace("-", "_"): plot for name, plot in found.items() if plot}


def sample_mistakes(package: VerifiedPackage | None, figures: Figures | None) -> list[dict[str, Any]]:
    """The card's mistakes whose pictures the package has."""
    if package is None or figures is None:
        return []
    return [
        mistake
        for mistake in figures["mistakes"]
        if PICTURE_NAME.fullmatch(mistake["picture"]) and f"card/{mistake['picture']}" in package.files
    ]


def other_pictures(package: VerifiedPackage | None) -> list[dict[str, str]]:
    """Pictures that a publisher has added to the card, with their file's name as words."""
    names = [name.removeprefix("card/") for name in sorted(package.files if package else ())]
    return [
        {"file": name, "caption": name.removesuffix(".png").replace("-", " ").capitalize()}
        for name in names
        if PICTURE_NAME.fullmatch(name) and not _is_ours(name)
    ]


def _is_ours(name: str) -> bool:
    plain = name.removesuffix(_DARK).removesuffix(".png")
    return plain in _ALTS or name.startswith("mistake-")


def _plot(
    package: VerifiedPackage, name: str, alt: Callable[[Figures], str], figures: Figures
) -> Plot | None:
    file, dark_file = f"{name}.png", f"{name}{_DARK}"
    content = package.files.get(f"card/{file}")
    if content is None:
        return None
    size = content[_PNG_SIZE]
    return Plot(
        file=file,
        dark_file=dark_file if f"card/{dark_file}" in package.files else file,
        width_px=int.from_bytes(size[:4]) // 2,
        height_px=int.from_bytes(size[4:]) // 2,
        alt=alt(figures),
    )


def _confusion_alt(figures: Figures) -> str:
    begin = _("Confusion matrix: %(share)s of the pictures lie on its diagonal.") % {
        "share": local_percent(figures["accuracy"], 2)
    }
    labels = [each["label"] for each in figures["classes"]]
    count, truth, answer = max(
        (
            (count, truth, answer)
            for truth, row in zip(labels, figures["confusion_matrix"], strict=False)
            for answer, count in zip(labels, row, strict=False)
            if truth != answer
        ),
        key=lambda confusion: confusion[0],
        default=(0, "", ""),
    )
    if not count:
        return begin
    worst = _("The most frequent mistake: %(truth)s taken for %(answer)s, %(count)s times.")
    return f"{begin} {worst % {'truth': truth, 'answer': answer, 'count': local_number(count)}}"


def _reliability_alt(figures: Figures) -> str:
    begin = _(
        "Reliability diagram: confidence and accuracy are %(points)s percentage points apart on average."
    ) % {"points": local_number(figures["expected_calibration_error"] * 100, 2)}
    bins = figures["reliability"]
    if not bins:
        return begin
    worst = max(bins, key=lambda each: each["count"] * abs(each["confidence"] - each["accuracy"]))
    most = _(
        "Most of that comes from the %(count)s answers with a confidence of %(low)s to %(high)s, "
        "%(right)s of which are right."
    )
    return (
        begin
        + " "
        + most
        % {
            "count": local_number(worst["count"]),
            "low": local_percent(worst["low"], 0),
            "high": local_percent(worst["high"], 0),
            "right": local_percent(worst["accuracy"]),
        }
    )


def _trade_off_alt(figures: Figures) -> str:
    accepted = figures["accepted"]
    return _(
        "Trade-off curve: answering every picture, %(all)s are right; by its own rule the model answers "
        "%(share)s, and %(right)s of those are right."
    ) % {
        "all": local_percent(figures["accuracy"], 2),
        "share": local_percent(accepted["share"], 2),
        "right": local_percent(accepted["accuracy"], 2),
    }


_ALTS: Mapping[str, Callable[[Figures], str]] = {
    "confusion-matrix": _confusion_alt,
    "reliability": _reliability_alt,
    "trade-off": _trade_off_alt,
}
