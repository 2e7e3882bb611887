"""What the contestants are asked: 64 different bodies of each kind, and the answers they must give.

The 28 x 28 digits are the first of MNIST's test pictures that `mnist-sgd` reads rightly both ways: as the
classic recipe reads them (pixels as they are) and as this service does (fitted into MNIST's frame first). So
one answer is right for all contestants. Yann LeCun, Corinna Cortes and Christopher Burges, CC BY-SA 3.0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.drawings import STYLES, make_drawing, paint, png_bytes

SHEET = Path(__file__).parent / "digits.png"  # 8 x 8 digits of 28 x 28 pixels.
LABELS = "7210414990690159734966540740131372711174235124463556041957897443"
COUNT = 64
SIDE_PX = 28
CANVAS_SEED = 3
BOUNDARY = "----bench-7MA4YWxkTrZu0gW"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True, slots=True)
class Bodies:
    """Requests of one kind, all alike but for their pictures.

    Attributes:
        headers: of each request.
        bodies: `COUNT` different ones.
        labels: what each must be answered with, a digit for each of its pictures.
    """

    headers: dict[str, str]
    bodies: list[bytes]
    labels: list[str]

    @property
    def pictures(self) -> int:
        """How many pictures one request carries."""
        return len(self.labels[0])


@cache
def digits() -> NDArray[np.uint8]:
    """(`COUNT`, 28, 28), 255 is ink."""
    sheet = np.asarray(Image.open(SHEET))
    return sheet.reshape(8, SIDE_PX, 8, SIDE_PX).swapaxes(1, 2).reshape(COUNT, SIDE_PX, SIDE_PX)


def png_uploads() -> Bodies:
    """28 x 28 grey PNG files, as `curl -F file=@7.png` sends them."""
    return _uploads([png_bytes(Image.fromarray(digit)) for digit in digits()], list(LABELS))


def canvas_uploads() -> Bodies:
    """280 x 280 RGBA PNG files as a browser's canvas makes them."""
    generator = np.random.default_rng(CANVAS_SEED)
    labels = [i % 10 for i in range(COUNT)]
    drawings = [make_drawing(label, STYLES["black-on-white"], generator) for label in labels]
    files = [png_bytes(paint(drawing).convert("RGBA")) for drawing in drawings]
    return _uploads(files, [str(label) for label in labels])


def resized_uploads(side_px: int) -> Bodies:
    """The digits enlarged to squares of so many pixels a side, as grey PNG files."""
    size = (side_px, side_px)
    files = [png_bytes(Image.fromarray(digit).resize(size, Image.Resampling.BICUBIC)) for digit in digits()]
    return _uploads(files, list(LABELS))


def json_tensors() -> Bodies:
    """One picture as FP32 [1, 784] of the Open Inference Protocol, in JSON as Python's clients write it."""
    tensor = {"name": "image", "datatype": "FP32", "shape": [1, 784]}
    bodies = [
        json.dumps(
            {"inputs": [tensor | {"data": pixels.tolist()}], "outputs": [{"name": "predict"}]}
        ).encode()
        for pixels in _pixels()
    ]
    return Bodies({"Content-Type": "application/json"}, bodies, list(LABELS))


def binary_tensors(batch: int = 1) -> Bodies:
    """So many pictures, up to `COUNT`, as FP32 [batch, 784] in the protocol's binary form, raw both ways."""
    head = json.dumps(
        {
            "inputs": [
                {
                    "name": "image",
                    "datatype": "FP32",
                    "shape": [batch, 784],
                    "parameters": {"binary_data_size": batch * 784 * 4},
                }
            ],
            "outputs": [{"name": "predict", "parameters": {"binary_data": True}}],
        }
    ).encode()
    orders = [np.arange(start, start + batch) % COUNT for start in range(COUNT)]
    return Bodies(
        {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(head))},
        [head + _pixels()[order].tobytes() for order in orders],
        ["".join(LABELS[i] for i in order) for order in orders],
    )


def _pixels() -> NDArray[np.float32]:
    """(`COUNT`, 784) in 0..1."""
    return (digits().reshape(COUNT, 784) / 255).astype("<f4")


def _uploads(files: list[bytes], labels: list[str]) -> Bodies:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="digit.png"\r\n'.encode()
    head += b"Content-Type: image/png\r\n\r\n"
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    return Bodies({"Content-Type": MULTIPART}, [head + file + tail for file in files], labels)
