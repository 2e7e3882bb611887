"""How the card's plots look: one drawing, in the colours of the light and of the dark page."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

# Sizes are those of the page: 100 dots an inch, and twice as many pixels for fine screens.
_DOTS_PER_INCH = 100
_PIXELS_PER_DOT = 2
_COLOURS = 128
TEXT_PT = 9.5  # 13 dots.
MAX_LABEL_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Style:
    """Colours, after static/predictor/site.css.

    Attributes:
        suffix: of the file's name.
        ground: of the card that the plot lies on.
        on_accent: of letters on the accent's ground.
    """

    suffix: str
    ground: str
    ink: str
    muted: str
    line: str
    accent: str
    on_accent: str
    doubt: str


STYLES = (
    Style("", "#ffffff", "#15181d", "#565e69", "#dcdfe5", "#2451c7", "#ffffff", "#b05f00"),
    Style("-dark", "#1a1f26", "#eceff3", "#a7b0bc", "#2d343e", "#8fb2ff", "#0c1424", "#f2c063"),
)

Draw = Callable[[Figure, Style], None]


def plot_files(name: str, size: tuple[float, float], draw: Draw) -> dict[str, bytes]:
    """Draw one plot for light pages and one for dark ones; the same drawing gives the same bytes.

    Args:
        name: of the file, without suffix.
        size: width and height on a page, in CSS pixels.
        draw: puts everything into an empty figure.
    """
    return {f"{name}{style.suffix}.png": _png(size, style, draw) for style in STYLES}


def label_text(label: str) -> str:
    """A label short enough for an axis."""
    return label if len(label) <= MAX_LABEL_CHARACTERS else f"{label[: MAX_LABEL_CHARACTERS - 1]}…"


def quiet_axes(axes: Any, style: Style) -> None:
    """A plain frame with a faint grid behind the data."""
    axes.grid(color=style.line, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _png(size: tuple[float, float], style: Style, draw: Draw) -> bytes:
    # Whatever a person has set in a matplotlibrc of their own must not reach the card.
    with rc_context():
        rcdefaults()
        rcParams.update(_settings(style))
        width, height = (length / _DOTS_PER_INCH for length in size)
        figure = Figure((width, height), _DOTS_PER_INCH * _PIXELS_PER_DOT, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        draw(figure, style)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())
    # Few colours make a plot: a palette takes a quarter of the bytes.
    picture = Image.fromarray(pixels).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _settings(style: Style) -> dict[str, Any]:
    colours = {
        "figure.facecolor": style.ground,
        "savefig.facecolor": style.ground,
        "axes.facecolor": style.ground,
        "axes.labelcolor": style.muted,
        "text.color": style.ink,
        "xtick.color": style.muted,
        "ytick.color": style.muted,
    }
    # A label with dollar signs is a label, not a formula.
    return colours | {"font.family": "DejaVu Sans", "font.size": TEXT_PT, "text.parse_math": False}
