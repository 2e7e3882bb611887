"""How well a model package knows digits that are drawn rather than taken from MNIST.

Draws every digit in every style of tests/drawings.py and prints the accuracy by style and by digit:

    python -m benchmarks.drawn_digits                   # painted with Pillow, the shipped mnist-sgd
    python -m benchmarks.drawn_digits --chromium        # painted on a canvas in headless Chromium
    python -m benchmarks.drawn_digits trained_models/NAME/VERSION    # another package of the same publisher
"""

from __future__ import annotations

import argparse
import base64
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Page

from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.recognizer import Recognizer
from predictor.recognition.signing_keys import load_public_key
from tests.drawings import CANVAS_PX, STYLES, Drawing, make_drawings, paint, png_bytes
from tests.web.hands import chromium

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "trained_models" / "mnist-sgd"
PUBLISHER_KEY = ROOT / "mnistsite" / "trusted_keys" / "publisher.pem"

# The draw page's way: round pen, a path through the points, the canvas as PNG.
PAINT_ON_CANVAS = """
([drawing, side]) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: side, height: side});
  const context = canvas.getContext("2d");
  if (drawing.paper) {
    context.fillStyle = drawing.paper;
    context.fillRect(0, 0, side, side);
  }
  const pen = {strokeStyle: drawing.ink, lineWidth: drawing.pen, lineCap: "round", lineJoin: "round"};
  Object.assign(context, pen);
  for (const [start, ...rest] of drawing.strokes) {
    context.beginPath();
    context.moveTo(...start);
    for (const point of rest) context.lineTo(...point);
    context.stroke();
  }
  return canvas.toDataURL("image/png").split(",")[1];
}
"""

Painter = Callable[[Drawing], bytes]


def main() -> None:
    """Parse, draw, recognise, report."""
    arguments = _parser().parse_args()
    recognizer = published_recognizer(arguments.package)
    with _painter(in_chromium=arguments.chromium) as painter:
        answers = [
            (style, drawing.digit, recognizer.recognize(painter(drawing)).label == str(drawing.digit))
            for style in STYLES
            for drawing in make_drawings(style, arguments.per_digit, arguments.seed)
        ]
    metadata = recognizer.package.metadata
    where = "in Chromium" if arguments.chromium else "with Pillow"
    print(f"{metadata.name} {metadata.version}, {len(answers)} digits drawn {where}, seed {arguments.seed}")
    _report("style", [(style, right) for style, _digit, right in answers])
    _report("digit", [(str(digit), right) for _style, digit, right in answers])
    print(f"{'all':18} {sum(right for *_, right in answers) / len(answers):7.1%}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure a model package on drawn digits.")
    parser.add_argument("package", nargs="?", type=Path, help="its folder; default: the newest mnist-sgd")
    parser.add_argument("--chromium", action="store_true", help="draw on a canvas in headless Chromium")
    parser.add_argument("--per-digit", type=int, default=12, help="drawings of each digit in each style")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def published_recognizer(package: Path | None = None) -> Recognizer:
    """The recogniser of a package that the project published; by default the newest mnist-sgd."""
    newest = max(MODELS.iterdir(), key=lambda folder: tuple(map(int, folder.name.split("."))))
    policy = TrustPolicy((TrustedKey("publisher", load_public_key(PUBLISHER_KEY.read_bytes())),))
    return Recognizer.from_package(open_package(package or newest, policy))


@contextmanager
def _painter(*, in_chromium: bool) -> Iterator[Painter]:
    if not in_chromium:
        yield lambda drawing: png_bytes(paint(drawing))
        return
    with chromium() as browser:
        yield partial(_paint_in_chromium, browser.new_page())


def _paint_in_chromium(page: Page, drawing: Drawing) -> bytes:
    description = {
        "ink": drawing.ink,
        "paper": drawing.paper,
        "pen": drawing.pen_px,
        "strokes": [stroke.tolist() for stroke in drawing.strokes],
    }
    return base64.b64decode(page.evaluate(PAINT_ON_CANVAS, [description, CANVAS_PX]))


def _report(title: str, answers: list[tuple[str, bool]]) -> None:
    drawn = Counter(name for name, _right in answers)
    recognised = Counter(name for name, right in answers if right)
    print(f"\n{title:18} {'right':>7}   drawn")
    for name, count in drawn.items():
        print(f"{name:18} {recognised[name] / count:7.1%}   {count:5}")


if __name__ == "__main__":
    main()
