"""How well a model package reads handwriting as people send it: eight canvas styles, two kinds of photo.

The digits are MNIST training pictures that no shipped model learns from while it is chosen (the last 5 000),
redrawn with other pens, see tests/written_digits.py and tests/photographs.py.

    python -m benchmarks.handwriting --data-dir DIR                              # the newest mnist-sgd
    python -m benchmarks.handwriting --data-dir DIR trained_models/NAME/VERSION  # another package
    python -m benchmarks.handwriting --data-dir DIR --count 200 --styles thin "hard photo"
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.drawn_digits import published_recognizer
from predictor.recognition.errors import NothingDrawn
from predictor.recognition.recognizer import Recognizer
from predictor.training.idx_files import read_idx
from tests.photographs import PHOTO_STYLES, photograph
from tests.written_digits import CANVAS_STYLES, draw_on_canvas

HELD_OUT = 5_000
SEED = 1
STYLES = (*CANVAS_STYLES, *PHOTO_STYLES)


def main() -> None:
    """Draw, photograph, recognise, and print one line for each style."""
    arguments = _parser().parse_args()
    recognizer = published_recognizer(arguments.package)
    digits = read_idx(arguments.data_dir / "train-images-idx3-ubyte.gz", dimensions=3)[-HELD_OUT:]
    labels = read_idx(arguments.data_dir / "train-labels-idx1-ubyte.gz", dimensions=1)[-HELD_OUT:]
    metadata = recognizer.package.metadata
    print(f"{metadata.name} {metadata.version}, {arguments.count} pictures a style, seed {arguments.seed}\n")
    print("| Style | right | accepted | right of those |\n|---|---|---|---|")
    for style in arguments.styles:
        chosen = some_of(style, arguments.count, arguments.seed)
        answers = [answer(recognizer, picture(digits[i], style, random), labels[i]) for i, random in chosen]
        print(f"| {style} | {_figures(np.array(answers))} |", flush=True)


def some_of(style: str, count: int, seed: int) -> list[tuple[int, np.random.Generator]]:
    """Which of the held-out digits a style shows, each with the chance that makes its picture."""
    random = np.random.default_rng([seed, list(STYLES).index(style)])
    return [(int(i), random) for i in random.permutation(HELD_OUT)[:count]]


def picture(digit: NDArray[np.uint8], style: str, random: np.random.Generator) -> bytes:
    """The file of a digit in one of the styles."""
    if style in PHOTO_STYLES:
        return photograph(digit, PHOTO_STYLES[style], random)
    return draw_on_canvas(digit, CANVAS_STYLES[style], random)


def answer(recognizer: Recognizer, data: bytes, label: int) -> tuple[bool, bool]:
    """Whether the model is right, and whether it is sure; a picture on which nothing is found is neither."""
    try:
        prediction = recognizer.recognize(data)
    except NothingDrawn:
        return False, False
    return prediction.label == str(label), prediction.accepted


def _figures(answers: NDArray[np.bool_]) -> str:
    right, accepted = answers.T
    of_those = right[accepted].mean() if accepted.any() else np.nan
    return f"{right.mean():.2%} | {accepted.mean():.1%} | {of_those:.2%}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure a model package on handwriting.")
    parser.add_argument("package", nargs="?", type=Path, help="its folder; default: the newest mnist-sgd")
    parser.add_argument("--data-dir", type=Path, required=True, help="the folder with MNIST's .gz files")
    parser.add_argument("--count", type=int, default=1000, help="pictures of each style")
    parser.add_argument("--styles", nargs="+", choices=STYLES, default=STYLES)
    parser.add_argument("--seed", type=int, default=SEED)
    return parser


if __name__ == "__main__":
    main()
