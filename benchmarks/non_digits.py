"""How surely a model package rejects what is no digit.

Draws pictures by other means than the training does, sends them as files through the recogniser, and prints
for each kind the share that was rejected: not accepted, or refused as a picture. Digits stand below, of which
little may be rejected: a model that rejects everything would shine above.

    python -m benchmarks.non_digits                              # the shipped mnist-sgd
    python -m benchmarks.non_digits trained_models/NAME/VERSION  # another package of the same publisher
    python -m benchmarks.non_digits --data-dir DIR               # with Fashion-MNIST from DIR too
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from sklearn.datasets import load_sample_image

from benchmarks.drawn_digits import published_recognizer
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Recognizer
from predictor.training.idx_files import read_idx
from tests.drawings import STYLES, make_drawings, paint, png_bytes

Random = np.random.Generator
Draw = Callable[[Random], Image.Image]

CANVAS_PX = 280  # As on the draw page.

# Without those that have a digit's shape in many hands: B D G I O Q S U Z, b g i j l o q s u y z.
CAPITALS = "ACEFHJKLMNPRTVWXY"
SMALL_LETTERS = "acdefhkmnprtvwx"
SIGNS = "?!&@#%*+=<>[]{~^"

FASHION_VALIDATION = 10_000  # The last training pictures; the test pictures decide nothing.


def main() -> None:
    """Parse, draw, recognise, report."""
    arguments = _parser().parse_args()
    recognizer = published_recognizer(arguments.package)
    metadata = recognizer.package.metadata
    print(f"{metadata.name} {metadata.version}, {arguments.count} pictures a kind, seed {arguments.seed}\n")
    print(f"{'no digit':22} {'rejected':>8}")
    shares = [
        _report(name, recognizer, _files(draw, arguments.count, [arguments.seed, index]))
        for index, (name, draw) in enumerate(_kinds(arguments.data_dir).items())
    ]
    print(f"{'all kinds':22} {np.mean(shares):8.1%}\n\n{'digits':22} {'rejected':>8}")
    for style in STYLES:
        drawings = make_drawings(style, -(-arguments.count // 10), arguments.seed)
        _report(style, recognizer, [png_bytes(paint(drawing)) for drawing in drawings])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure how surely a model package rejects non-digits.")
    parser.add_argument("package", nargs="?", type=Path, help="its folder; default: the newest mnist-sgd")
    parser.add_argument("--data-dir", type=Path, help="a folder with Fashion-MNIST's four files")
    parser.add_argument("--count", type=int, default=300, help="pictures of each kind")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def _report(name: str, recognizer: Recognizer, files: list[bytes]) -> float:
    """Print the share of files that were rejected, and return it."""
    share = sum(is_rejected(recognizer, file) for file in files) / len(files)
    print(f"{name:22} {share:8.1%}")
    return share


def is_rejected(recognizer: Recognizer, file: bytes) -> bool:
    """Whether the answer to a picture is that it is no digit, or none at all."""
    try:
        return not recognizer.recognize(file).accepted
    except ImageError:
        return True


def _files(draw: Draw, count: int, seed: list[int]) -> list[bytes]:
    random = np.random.default_rng(seed)
    return [png_bytes(draw(random)) for _ in range(count)]


def _kinds(data_dir: Path | None) -> Mapping[str, Draw]:
    kinds: dict[str, Draw] = {
        "capital letters": partial(written, CAPITALS),
        "small letters": partial(written, SMALL_LETTERS),
        "signs": partial(written, SIGNS),
        "words": word,
        "two or more digits": number,
        "scribbles": scribble,
        "polygons": polygon,
        "noise": noise,
        "blurred noise": partial(noise, blurred=True),
        "pieces of photos": photo,
        "pieces of JPEG photos": photo_in_jpeg,
    }
    return kinds if data_dir is None else {**kinds, "Fashion-MNIST": partial(_garment, data_dir)}


def written(signs: str, random: Random) -> Image.Image:
    """One of the signs, printed, then turned, slanted and bent a little as if by hand."""
    return _print(signs[random.integers(len(signs))], random)


def word(random: Random) -> Image.Image:
    """Three to five letters."""
    return _print("".join(random.choice(list(CAPITALS + SMALL_LETTERS), random.integers(3, 6))), random)


def number(random: Random) -> Image.Image:
    """Two to four digits."""
    return _print("".join(map(str, random.integers(0, 10, random.integers(2, 5)))), random)


def _print(text: str, random: Random) -> Image.Image:
    font = ImageFont.load_default(size=float(random.uniform(60, 200) / len(text) ** 0.8))
    page = Image.new("L", (CANVAS_PX, CANVAS_PX), 255)
    bold = int(random.integers(0, 6))
    middle = (CANVAS_PX / 2, CANVAS_PX / 2)
    ImageDraw.Draw(page).text(middle, text, fill=0, font=font, anchor="mm", stroke_width=bold, stroke_fill=0)
    return _bent(page, random)


def _bent(page: Image.Image, random: Random) -> Image.Image:
    """Map every corner of the page to another place nearby."""
    corners = np.array([[0, 0], [0, 1], [1, 1], [1, 0]]) + random.normal(0, 0.06, (4, 2))
    data = (corners * CANVAS_PX).ravel().tolist()
    return page.transform(page.size, Image.Transform.QUAD, data, Image.Resampling.BILINEAR, fillcolor=255)


def scribble(random: Random) -> Image.Image:
    """A pen that keeps changing its direction at random."""
    bends = random.normal(0, random.uniform(0.3, 0.9), int(random.integers(80, 400)))
    angles = np.cumsum(np.convolve(bends, np.ones(4) / 2, mode="same"))
    points = np.cumsum(np.stack([np.cos(angles), np.sin(angles)], axis=1), axis=0)
    size = np.ptp(points, axis=0).max()
    line = (points - points.min(axis=0)) / size * random.uniform(120, 240) + 20
    return _painted(line, random)


def polygon(random: Random) -> Image.Image:
    """A closed outline with many corners, or a filled one."""
    points = random.uniform(20, 260, (int(random.integers(6, 12)), 2))
    if random.random() < 1 / 2:
        return _painted(np.concatenate([points, points[:1]]), random)
    page = Image.new("L", (CANVAS_PX, CANVAS_PX), 255)
    ImageDraw.Draw(page).polygon(points.ravel().tolist(), fill=int(random.integers(0, 120)))
    return page


def _painted(line: NDArray[np.float64], random: Random) -> Image.Image:
    page = Image.new("L", (CANVAS_PX, CANVAS_PX), 255)
    ImageDraw.Draw(page).line(line.ravel().tolist(), fill=0, width=int(random.integers(2, 16)), joint="curve")
    return page


def noise(random: Random, *, blurred: bool = False) -> Image.Image:
    """Independent pixels of any shade; of any size."""
    side = int(random.choice([28, 64, 128, CANVAS_PX]))
    page = Image.fromarray(random.integers(0, 256, (side, side), np.uint8))
    if not blurred:
        return page
    soft = np.asarray(page.filter(ImageFilter.GaussianBlur(side / random.uniform(10, 60))), np.float64)
    return Image.fromarray((255 * (soft - soft.min()) / np.ptp(soft)).astype(np.uint8))


def photo(random: Random) -> Image.Image:
    """A square piece of one of scikit-learn's two photos."""
    picture = _sample_photo(("china.jpg", "flower.jpg")[random.integers(2)])
    side = int(random.integers(60, 400))
    left, top = random.integers(0, picture.width - side), random.integers(0, picture.height - side)
    return picture.crop((int(left), int(top), int(left) + side, int(top) + side))


def photo_in_jpeg(random: Random) -> Image.Image:
    """The same, compressed strongly once."""
    file = io.BytesIO()
    photo(random).save(file, "JPEG", quality=int(random.integers(15, 60)))
    return Image.open(file)


@cache
def _sample_photo(name: str) -> Image.Image:
    return Image.fromarray(load_sample_image(name))


def _garment(data_dir: Path, random: Random) -> Image.Image:
    garments = _garments(data_dir)
    return Image.fromarray(garments[random.integers(len(garments))])


@cache
def _garments(data_dir: Path) -> NDArray[np.uint8]:
    return read_idx(data_dir / "train-images-idx3-ubyte.gz", dimensions=3)[-FASHION_VALIDATION:]


if __name__ == "__main__":
    main()
