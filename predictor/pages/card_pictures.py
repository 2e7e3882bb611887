"""The pictures of a model card: plots with words for those who do not see them, and sample mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
    begin = f"Confusion matrix: {figures['accuracy']:.2%} of the pictures lie on its diagonal."
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
    return (
        f"{begin} The most frequent mistake: {truth} taken for {answer}, {count} times." if count else begin
    )


def _reliability_alt(figures: Figures) -> str:
    error = figures["expected_calibration_error"] * 100
    begin = (
        f"Reliability diagram: confidence and accuracy are {error:.2f} percentage points apart on average."
    )
    bins = figures["reliability"]
    if not bins:
        return begin
    worst = max(bins, key=lambda each: each["count"] * abs(each["confidence"] - each["accuracy"]))
    return (
        f"{begin} Most of that comes from the {worst['count']:,} answers with a confidence of "
        f"{worst['low']:.0%} to {worst['high']:.0%}, {worst['accuracy']:.1%} of which are right."
    )


def _trade_off_alt(figures: Figures) -> str:
    accepted = figures["accepted"]
    return (
        f"Trade-off curve: answering every picture, {figures['accuracy']:.2%} are right; by its own rule the "
        f"model answers {accepted['share']:.2%}, and {accepted['accuracy']:.2%} of those are right."
    )


_ALTS: Mapping[str, Callable[[Figures], str]] = {
    "confusion-matrix": _confusion_alt,
    "reliability": _reliability_alt,
    "trade-off": _trade_off_alt,
}
