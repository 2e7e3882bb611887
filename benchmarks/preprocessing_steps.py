"""What each step of the preprocessing is worth: takes one away at a time and recognises drawn digits.

    python -m benchmarks.preprocessing_steps

Prints the accuracy of the shipped mnist-sgd on evenly and on unevenly lit drawings, and the time each takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.drawn_digits import published_recognizer
from predictor.recognition import ink, parts, preprocessing, uneven_paper
from predictor.recognition.errors import NothingDrawn
from predictor.recognition.image import decode_image
from predictor.recognition.recognizer import Recognizer
from tests.drawings import STYLES, make_drawings, paint, png_bytes

PER_DIGIT = 6
SEED = 1

Pages = list[tuple[int, NDArray[np.uint8]]]


def squeezed(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole page in 28 x 28 pixels, as the classic recipe has it."""
    return np.asarray(Image.fromarray(grey).resize((28, 28), Image.Resampling.BOX))


def as_it_is(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The squeezed page as a model's input, light is ink."""
    return squeezed(grey)[np.newaxis].astype(np.float32) / 255


def whole_page(ink: NDArray[np.uint8]) -> tuple[slice, slice]:
    """The box of the page instead of the ink's."""
    return slice(0, ink.shape[0]), slice(0, ink.shape[1])


def middle_of(picture: NDArray[np.uint8]) -> tuple[float, float]:
    """The middle of the box instead of the centre of mass."""
    height, width = picture.shape
    return (height - 1) / 2, (width - 1) / 2


# What is put in a step's place: (module, function's name) to the replacement.
STEPS_AWAY: dict[str, Mapping[tuple[object, str], Callable[..., object]]] = {
    "everything done": {},
    "all away: squeezed to 28 x 28": {(preprocessing, "to_model_input"): as_it_is},
    "no polarity: ink is light": {
        (ink, "ink_on_flat_paper"): lambda grey, _paper: (grey, whole_page(grey)),
        (uneven_paper, "has_dark_ink"): lambda _grey: False,
    },
    "page scaled instead of the digit": {
        (ink, "box_of"): whole_page,
        (parts, "cut_to_ink"): lambda picture: picture,
        (uneven_paper, "box_of"): whole_page,
        (preprocessing, "with_usual_pen"): lambda picture: picture,
        (preprocessing, "framed"): squeezed,
    },
    "no usual pen": {(preprocessing, "with_usual_pen"): lambda picture: picture},
    "middle of the box for centre of mass": {(preprocessing, "centre_of_mass"): middle_of},
    "uneven light not looked for": {
        (ink, "flat_paper_shade"): lambda grey: int(np.median(ink.border_of(grey))),
    },
    "specks stay": {(ink, "without_specks"): lambda _ink, parts: parts.ink},
}


def main() -> None:
    """Measure every variant and print one line for each."""
    recognizer = published_recognizer()
    drawn = [
        (d.digit, decode_image(png_bytes(paint(d))))
        for s in STYLES
        for d in make_drawings(s, PER_DIGIT, SEED)
    ]
    random = np.random.default_rng(SEED)
    shaded = [(digit, in_uneven_light(page, random)) for digit, page in drawn]
    print(f"{len(drawn)} drawings {'evenly lit':>38} {'uneven light':>21}")
    for name, replacements in STEPS_AWAY.items():
        with ExitStack() as away:
            for (module, function), replacement in replacements.items():
                away.enter_context(patch.object(module, function, replacement))
            print(f"{name:36}", *(measured(pages, recognizer) for pages in (drawn, shaded)))


def in_uneven_light(page: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """As a camera sees it: light falls off, a shadow lies across, ink reflects a little, pixels are noisy."""
    height, width = page.shape
    across = np.linspace(-0.5, 0.5, width)[np.newaxis, :]
    down = np.linspace(-0.5, 0.5, height)[:, np.newaxis]
    angle, shadow_angle = random.uniform(0, 2 * np.pi, 2)
    light = 0.75 + 0.35 * (across * np.cos(angle) + down * np.sin(angle))
    edge = across * np.cos(shadow_angle) + down * np.sin(shadow_angle) - random.uniform(-0.2, 0.2)
    shadow = 1 - 0.4 / (1 + np.exp(-40 * edge))
    seen = 235 * light * shadow * (0.15 + 0.85 * page / 255) + random.normal(0, 3, page.shape)
    return seen.clip(0, 255).astype(np.uint8)


def measured(pages: Pages, recognizer: Recognizer) -> str:
    """Accuracy and mean time from page to model input; a page on which nothing is found counts as wrong."""
    started = time.perf_counter()
    inputs = [model_input_or_blank(page) for _digit, page in pages]
    milliseconds = (time.perf_counter() - started) / len(pages) * 1000
    best = recognizer.classify(np.stack(inputs)).probabilities.argmax(axis=1)
    right = np.mean([int(label) == digit for label, (digit, _page) in zip(best, pages, strict=True)])
    return f"{right:10.1%} {milliseconds:7.2f} ms"


def model_input_or_blank(page: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The model's input; all paper if nothing was found."""
    try:
        return preprocessing.to_model_input(page)
    except NothingDrawn:
        return np.full((1, 28, 28), np.float32(0))


if __name__ == "__main__":
    main()
