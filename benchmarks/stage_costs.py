"""What each stage from a picture's bytes to an answer costs, by the kind of picture, in CPU time.

    python -m benchmarks.stage_costs                               # the newest mnist-sgd
    python -m benchmarks.stage_costs trained_models/NAME/VERSION   # another package of the same publisher

Prints a Markdown table in milliseconds: the best of several rounds, as other work on the machine only adds.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.drawn_digits import published_recognizer
from predictor.recognition.image import decode_image
from predictor.recognition.preprocessing import to_model_input
from predictor.recognition.recognizer import Recognizer
from tests.drawings import STYLES, make_drawing, paint, png_bytes

ROUNDS = 30
SEED = 3
SCAN_PX = 1000
PHOTO_SIZE = (4000, 3000)

Stage = Callable[[], object]


def main() -> None:
    """Measure every stage for every kind of picture."""
    parser = argparse.ArgumentParser(description="Measure the CPU time of each stage.")
    parser.add_argument("package", nargs="?", type=Path, help="its folder; default: the newest mnist-sgd")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    recognizer = published_recognizer(arguments.package)
    print("| Picture | bytes | decode | preprocess | both | forward pass |\n|---|---|---|---|---|---|")
    for name, data in pictures().items():
        costs = [f"{best_ms(stage, arguments.rounds):.2f}" for stage in stages(data, recognizer)]
        print(f"| {name} | {len(data):,} | {' | '.join(costs)} |", flush=True)


def pictures() -> dict[str, bytes]:
    """A file of each kind that people send."""
    canvas = {
        f"280 x 280 canvas, {style}, RGBA PNG": png_bytes(_drawn(style).convert("RGBA"))
        for style in ("black-on-white", "transparent", "thin", "thick")
    }
    return {
        "28 x 28, grey PNG": png_bytes(Image.open(_sample("3-mnist-a.png"))),
        **canvas,
        "1000 x 1000 scan, grey PNG": _scan(),
        "12-megapixel phone photo, JPEG": _phone_photo(),
    }


def stages(data: bytes, recognizer: Recognizer) -> tuple[Stage, ...]:
    """Decoding, preprocessing, both in one go, and the forward pass with calibration."""
    page = decode_image(data)
    batch = to_model_input(page)[np.newaxis]
    return (
        lambda: decode_image(data),
        lambda: to_model_input(page),
        lambda: to_model_input(decode_image(data)),
        lambda: recognizer.classify(batch),
    )


def best_ms(stage: Stage, rounds: int) -> float:
    """The least CPU time of so many rounds, of all threads of the process, in milliseconds."""
    stage()
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        stage()
        spent.append(time.process_time() - started)
    return min(spent) * 1000


def _sample(name: str) -> Path:
    return Path(__file__).parent.parent / "tests" / "data" / "digits" / name


def _drawn(style: str) -> Image.Image:
    return paint(make_drawing(3, STYLES[style], np.random.default_rng(SEED)))


def _scan() -> bytes:
    """A flatbed's: even light, a little grain and blur."""
    page = _drawn("black-on-white").convert("L").resize((SCAN_PX, SCAN_PX), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(SEED).normal(0, 1.5, (SCAN_PX, SCAN_PX))
    shades = np.asarray(page.filter(ImageFilter.GaussianBlur(1.5)), np.float64) * 0.8 + 45 + grain
    return png_bytes(Image.fromarray(shades.clip(0, 255).astype(np.uint8)))


def _phone_photo() -> bytes:
    """A drawing on paper in uneven light, in colour, with a sensor's noise."""
    width, height = PHOTO_SIZE
    page = Image.new("RGB", PHOTO_SIZE, (236, 232, 220))
    ink = _drawn("black-on-white").convert("L").resize((2400, 2400), Image.Resampling.BICUBIC)
    page.paste((38, 52, 130), (700, 300), Image.eval(ink, lambda shade: 255 - shade))
    light = np.linspace(0.95, 0.6, width, dtype=np.float32)[np.newaxis, :, np.newaxis]
    noise = np.random.default_rng(SEED).normal(0, 4, (height, width, 1)).astype(np.float32)
    shades = np.asarray(page.filter(ImageFilter.GaussianBlur(4)), np.float32) * light + noise
    file = io.BytesIO()
    Image.fromarray(shades.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return file.getvalue()


if __name__ == "__main__":
    main()
