"""What a model of digits must learn to reject, in kinds by name.

Most pictures take the server's way, `to_model_input`. Some go into the frame directly, as what a client of
the inference protocol sends: strokes with the pen's own width, shades squeezed to 28 x 28.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from predictor.recognition.errors import NothingDrawn
from predictor.recognition.preprocessing import FRAME_PX, to_model_input
from predictor.training.drawing.drawn_digits import ANY_PEN, in_frame
from predictor.training.drawing.hand import Hand, written
from predictor.training.drawing.look_alikes import is_ring, is_upright_bar
from predictor.training.drawing.pen import painted
from predictor.training.drawing.pen_strokes import Strokes
from predictor.training.drawing.printed import printed_letter, printed_sign, printed_word
from predictor.training.drawing.scribbles import crossed_out, digit_over_digit, scribble, several_digits
from predictor.training.drawing.shapes import polygon
from predictor.training.drawing.sign_templates import (
    FOREIGN_TEMPLATES,
    LATIN_TEMPLATES,
    PUNCTUATION_TEMPLATES,
    SYMBOL_TEMPLATES,
)
from predictor.training.drawing.silhouettes import blob, clothes
from predictor.training.drawing.textures import (
    gradient,
    islands,
    noise,
    photo,
    salt_and_pepper,
    stripes,
)
from predictor.training.progress import Report, silent

Random = np.random.Generator
Page = NDArray[np.uint8]

# Turned further, an N would be a Z and a W a 3.
WRITER = Hand(turn=0.09, slant=0.12, stretch=0.18, bend=0.024, shake=0.016, drift=0.018, overshoot=0.035)

DIRECT_SHARE = 0.25  # Of pictures that do not take the server's way.

REPORT_EVERY = 10_000


# A pen over the longest side of all strokes: where these are many, a thick pen would leave a blot.
CROWDED = 0.09


def _one_of(templates: tuple[str, ...], random: Random) -> Strokes:
    return written(templates[random.integers(len(templates))], random, WRITER)


def _from_strokes(
    draw: Callable[[Random], Strokes], random: Random, thickest_pen: float = ANY_PEN[1]
) -> NDArray[np.float32]:
    strokes, longest_px = draw(random), random.uniform(48, 72)
    if random.random() < DIRECT_SHARE:
        return in_frame(painted(strokes, random.uniform(0.05, thickest_pen), longest_px))
    return to_model_input(255 - painted(strokes, random.uniform(ANY_PEN[0], thickest_pen), longest_px))


def sent_pictures(pictures: NDArray[np.uint8], count: int, seed: int) -> NDArray[np.float32]:
    """Some of given pictures, as a model gets to see them from clients of all kinds.

    Args:
        pictures: (n, height, width), light or dark on a plain ground.
        count: how many, up to n.
        seed: decides which, and how they are sent.

    Returns:
        (count, 1, 28, 28) in 0..1.
    """
    random = np.random.default_rng([seed, 4])
    chosen = random.permutation(len(pictures))[:count]
    return np.stack([_sent(pictures[i], random) for i in chosen])


def _sent(picture: Page, random: Random) -> NDArray[np.float32]:
    try:
        return _from_shades(lambda _random: picture, random)
    except NothingDrawn:
        return _squeezed(picture)


def _from_shades(draw: Callable[[Random], Page], random: Random) -> NDArray[np.float32]:
    page = draw(random)
    if random.random() >= DIRECT_SHARE:
        model_input = to_model_input(page)
        return _from_shades(draw, random) if is_ring(model_input) else model_input
    return _squeezed(page)


def _squeezed(page: Page) -> NDArray[np.float32]:
    frame = Image.fromarray(page).resize((FRAME_PX, FRAME_PX), Image.Resampling.BOX)
    return np.asarray(frame, np.float32)[np.newaxis] / np.float32(255)


NON_DIGIT_KINDS: Mapping[str, Callable[[Random], NDArray[np.float32]]] = {
    "Latin letters": partial(_from_strokes, partial(_one_of, LATIN_TEMPLATES)),
    "foreign letters": partial(_from_strokes, partial(_one_of, FOREIGN_TEMPLATES)),
    "punctuation": partial(_from_strokes, partial(_one_of, PUNCTUATION_TEMPLATES)),
    "symbols": partial(_from_strokes, partial(_one_of, SYMBOL_TEMPLATES)),
    "scribbles": partial(_from_strokes, scribble, thickest_pen=CROWDED),
    "several digits": partial(_from_strokes, several_digits, thickest_pen=CROWDED),
    "digit over digit": partial(_from_strokes, digit_over_digit, thickest_pen=CROWDED),
    "crossed out": partial(_from_strokes, crossed_out, thickest_pen=CROWDED),
    "noise": partial(_from_shades, noise),
    "salt and pepper": partial(_from_shades, salt_and_pepper),
    "islands": partial(_from_shades, islands),
    "gradients": partial(_from_shades, gradient),
    "stripes": partial(_from_shades, stripes),
    "blobs": partial(_from_shades, blob),
    "clothes": partial(_from_shades, clothes),
    "photos": partial(_from_shades, photo),
    "printed letters": partial(_from_shades, printed_letter),
    "printed signs": partial(_from_shades, printed_sign),
    "printed words": partial(_from_shades, printed_word),
    "polygons": partial(_from_shades, polygon),
}

# How often each kind comes in a round; what people draw by mistake or on purpose comes more often.
ROUND = (
    *("Latin letters",) * 5,
    *("several digits", "scribbles", "printed letters") * 3,
    *("foreign letters", "punctuation", "symbols", "photos", "printed signs", "clothes") * 2,
    *(kind for kind in NON_DIGIT_KINDS if kind not in {"Latin letters", "several digits"}),
)


def non_digits(count: int, seed: int, report: Report = silent) -> NDArray[np.float32]:
    """Draw what is no digit, the kinds as often as they stand in `ROUND`; the same seed gives the same.

    Returns:
        (count, 1, 28, 28) in 0..1; the n-th is of the kind `kind_of(n)`.
    """
    random = np.random.default_rng([seed, 1])
    inputs = np.empty((count, 1, FRAME_PX, FRAME_PX), np.float32)
    for index in range(count):
        inputs[index] = non_digit(kind_of(index), random)
        if (index + 1) % REPORT_EVERY == 0:
            report(f"{index + 1} of {count} non-digits drawn")
    return inputs


def kind_of(index: int) -> str:
    """The kind of the n-th picture that `non_digits` draws."""
    return ROUND[index % len(ROUND)]


def non_digit(kind: str, random: Random) -> NDArray[np.float32]:
    """Draw one of a kind, as a model gets to see it: (1, 28, 28) in 0..1; neither empty nor a 1 by chance."""
    while True:
        try:
            model_input = NON_DIGIT_KINDS[kind](random)
        except NothingDrawn:
            continue
        if not is_upright_bar(model_input):
            return model_input
