"""Print: digits, letters and signs in the typefaces that come with matplotlib."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Random = np.random.Generator
Page = NDArray[np.uint8]

TYPEFACES = (
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf",
    "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf",
    "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf", "DejaVuSerif-Italic.ttf",
    "STIXGeneral.ttf", "STIXGeneralBol.ttf", "STIXGeneralItalic.ttf",
)  # fmt: skip

# Without what many hands write like a digit: B D G I O Q S U Z, b g i j l o q s u y z.
LETTERS = "ACEFHJKLMNPRTVWXYacdefhkmnprtvwx"
SIGNS = "?!&@#%*+=<>[]{~^$§¶€£ÄÑÆœßπΣΩΔЖФЩЮя"

PRINT_PX = (40, 90)
STRETCH = 0.2  # Standard deviation of width against height, as a logarithm.
TURN_DEG = 6.0
INK = 255


def printed(text: str, random: Random) -> Page:
    """Print a text in any typeface, stretched and turned a little: (height, width) uint8, white on black."""
    font = _typeface(TYPEFACES[random.integers(len(TYPEFACES))], int(random.integers(*PRINT_PX)))
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
    margin = int(random.integers(8, 30))
    page = Image.new("L", (right - left + 2 * margin, bottom - top + 2 * margin))
    bold = int(random.integers(0, 3))
    ImageDraw.Draw(page).text((margin - left, margin - top), text, fill=INK, font=font, stroke_width=bold)
    stretched = page.resize((max(8, round(page.width * np.exp(random.normal(0, STRETCH)))), page.height))
    turned = stretched.rotate(random.normal(0, TURN_DEG), Image.Resampling.BILINEAR, expand=True)
    return np.asarray(turned)


def printed_letter(random: Random) -> Page:
    """One letter that is no digit in anybody's hand."""
    return printed(LETTERS[random.integers(len(LETTERS))], random)


def printed_sign(random: Random) -> Page:
    """One sign, or a letter of another alphabet."""
    return printed(SIGNS[random.integers(len(SIGNS))], random)


def printed_word(random: Random) -> Page:
    """Two to five letters."""
    return printed("".join(random.choice(list(LETTERS), random.integers(2, 6))), random)


@cache
def _typeface(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    import matplotlib as mpl  # noqa: PLC0415 - a requirement of training that only this and the plots need.

    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name), size_px)
