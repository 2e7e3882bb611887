"""How many rows of digits are read without a mistake, and how long one takes.

python -m benchmarks.several_digits
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.drawn_digits import published_recognizer
from predictor.recognition.recognizer import Recognizer
from predictor.recognition.several.reading import read_digits
from tests.digit_rows import digit_row, photo_of
from tests.drawings import STYLES, make_drawings, paint, png_bytes

MODEL = Path(__file__).resolve().parent.parent / "trained_models" / "mnist-cnn" / "1.0.0"
ROWS = 200
SEED = 1
GAPS_PX = {"far apart": 30, "close": 6, "overlapping": -10}


def report_rows(recognizer: Recognizer, name: str, gap_px: int, *, photo: bool) -> None:
    """Read rows of two to five digits, and print how many came out right and how long one took."""
    random, right, seconds = np.random.default_rng(SEED), 0, 0.0
    for _ in range(ROWS):
        digits = random.integers(0, 10, int(random.integers(2, 6))).tolist()
        page = digit_row(digits, random, gap_px)
        picture = png_bytes(Image.fromarray(photo_of(page, random) if photo else page))
        start = time.perf_counter()
        read = read_digits(recognizer, picture)
        seconds += time.perf_counter() - start
        right += [one.prediction.label for one in read] == [str(digit) for digit in digits]
    print(f"| {name} | {right / ROWS:.1%} | {seconds / ROWS * 1000:.0f} ms |")


def report_single(recognizer: Recognizer) -> None:
    """Print how many pictures of one digit have the answer that `recognize` gives."""
    pictures = [png_bytes(paint(one)) for style in STYLES for one in make_drawings(style, 3, SEED)]
    same = sum(
        [one.prediction for one in read_digits(recognizer, picture)] == [recognizer.recognize(picture)]
        for picture in pictures
    )
    print(f"one digit alone, answered as without looking for several: {same} of {len(pictures)}")


if __name__ == "__main__":
    model = published_recognizer(MODEL)
    for name, gap_px in GAPS_PX.items():
        report_rows(model, name, gap_px, photo=False)
    report_rows(model, "far apart, photographed", 30, photo=True)
    report_single(model)
