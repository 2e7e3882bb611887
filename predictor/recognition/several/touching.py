"""Digits that touch: one part of the ink that is too wide for one digit, cut where it is thinnest."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.several.digit_boxes import FoundDigit

# Wider than this share of its height, a part may be several digits; an ample 0 or 2 is little more.
WIDE = 0.85
# What is narrower than that in pixels is not cut.
NARROWEST_PX = 16
# It is cut into so many pieces at most.
MOST_PIECES = 5
# A cut lies at most so far from where even pieces would end, in shares of a piece's width.
STRAY = 0.35


def may_be_several(found: FoundDigit) -> bool:
    """Whether it is wide enough for two digits."""
    height, width = found.ink.shape
    return bool(width > max(WIDE * height, NARROWEST_PX))


def cut_up(found: FoundDigit) -> list[list[FoundDigit]]:
    """Cut into two pieces and, as far as it is wide enough, into more; each way is a list of pieces."""
    height, width = found.ink.shape
    most = min(MOST_PIECES, max(2, round(width / (WIDE / 2 * height))))
    return [_pieces(found, count) for count in range(2, most + 1)]


def _pieces(found: FoundDigit, count: int) -> list[FoundDigit]:
    inked = np.count_nonzero(found.ink, axis=0)
    width = inked.size / count
    cuts = [_thinnest(inked, number * width, STRAY * width) for number in range(1, count)]
    edges = [0, *cuts, inked.size]
    return [_piece(found, start, stop) for start, stop in pairwise(edges)]


def _thinnest(inked: NDArray[np.intp], middle: float, stray: float) -> int:
    start, stop = max(int(middle - stray), 1), int(middle + stray) + 1
    window = inked[start:stop]
    # Of equally thin columns the one nearest to the middle.
    distance = np.abs(np.arange(start, start + window.size) - middle) / inked.size
    return start + int((window + distance).argmin())


def _piece(found: FoundDigit, start: int, stop: int) -> FoundDigit:
    top, left, bottom, _right = found.box
    return FoundDigit(found.ink[:, start:stop], (top, left + start, bottom, left + stop), found.line)
