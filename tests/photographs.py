"""Handwriting on paper as a phone sees it: pen and page, desk, light and shadow, lens, sensor, JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tests.written_digits import pen_marks

INKS = {"black": (30, 30, 34), "blue": (38, 52, 130), "red": (176, 42, 44), "pencil": (120, 118, 120)}
PAPERS = ((244, 243, 240), (236, 232, 220), (228, 232, 240), (214, 208, 196))
RULINGS = ((150, 175, 215), (185, 185, 190), (215, 165, 165))
DESKS = ((62, 44, 34), (40, 42, 46), (96, 84, 72))


@dataclass(frozen=True, slots=True)
class PhotoStyle:
    """How hard a photo is to read; shares are of the picture's shorter side.

    Attributes:
        fill: range of the digit's longest side.
        rulings: what may be printed on the page: "none", "ruled", "checked".
        desk: share of photos in which the page's edge and the desk are seen.
        shadow: range of the light that a shadow's edge takes.
        noise: range of the sensor's deviation, in shades of 255.
    """

    fill: tuple[float, float] = (0.25, 0.9)
    rulings: tuple[str, ...] = ("none",)
    desk: float = 0.0
    shadow: tuple[float, float] = (0.0, 0.2)
    noise: tuple[float, float] = (1.0, 4.0)


PHOTO_STYLES = {
    "photo": PhotoStyle(),
    "hard photo": PhotoStyle(
        fill=(0.1, 0.8), rulings=("none", "ruled", "checked"), desk=0.3, shadow=(0.1, 0.5), noise=(3.0, 8.0)
    ),
}


def photograph(
    digit: NDArray[np.uint8],
    style: PhotoStyle,
    random: np.random.Generator,
    size: tuple[int, int] = (800, 600),
) -> bytes:
    """Write the digit on a page and photograph it.

    Args:
        digit: (28, 28), 255 is ink.
        style: how hard it is made.
        random: decides everything else.
        size: width and height of the photo, in pixels.

    Returns:
        A JPEG file.
    """
    seen = _seen_by_camera(_page(digit, style, random, size), style, random)
    light = _light(style, random, (size[1], size[0]))
    noise = random.normal(0, random.uniform(*style.noise), (size[1], size[0], 1))
    photo = np.asarray(seen, np.float32) * light[..., np.newaxis] + noise
    file = io.BytesIO()
    Image.fromarray(photo.clip(0, 255).astype(np.uint8)).save(
        file, "JPEG", quality=int(random.integers(60, 93))
    )
    return file.getvalue()


def _page(
    digit: NDArray[np.uint8], style: PhotoStyle, random: np.random.Generator, size: tuple[int, int]
) -> Image.Image:
    page = Image.new("RGB", size, PAPERS[random.integers(len(PAPERS))])
    _rule(page, str(random.choice(style.rulings)), random)
    side = random.uniform(*style.fill) * min(size)
    marks = pen_marks(digit, side, max(random.uniform(0.035, 0.12), 4 / side))
    pressure = random.uniform(0.8, 1.0) - np.abs(random.normal(0, 0.08, marks.shape))
    mask = Image.fromarray(np.rint(marks * pressure.clip(0, 1) * 255).astype(np.uint8))
    room = np.array(size) - mask.size
    where = room * (0.5 + random.uniform(-0.3, 0.3, 2) * (room > 0.25 * np.array(size)))
    page.paste(INKS[str(random.choice(list(INKS)))], tuple(int(place) for place in where), mask)
    return page


def _rule(page: Image.Image, ruling: str, random: np.random.Generator) -> None:
    draw, colour = ImageDraw.Draw(page), RULINGS[random.integers(len(RULINGS))]
    step = int(page.height * random.uniform(0.05, 0.12))
    width = max(1, round(page.height * random.uniform(0.001, 0.004)))
    if ruling != "none":
        for y in range(int(random.integers(step)), page.height, step):
            draw.line((0, y, page.width, y), colour, width)
    if ruling == "checked":
        for x in range(int(random.integers(step)), page.width, step):
            draw.line((x, 0, x, page.height), colour, width)


def _seen_by_camera(page: Image.Image, style: PhotoStyle, random: np.random.Generator) -> Image.Image:
    """Turned by a few degrees, in perspective, perhaps with the desk around it, a little out of focus."""
    width, height = page.size
    angle, desk = np.radians(random.normal(0, 4)), random.random() < style.desk
    margin = 0.1 if desk else -0.06  # Of the page's size; negative cuts its edges off.
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width, height]) / 2
    on_page = (corners - middle) @ turn.T * (1 + 2 * margin) + middle
    on_page += random.uniform(-0.03, 0.03, (4, 2)) * width
    # Pixels outside the page show the desk.
    ground = Image.new("RGB", page.size, DESKS[random.integers(len(DESKS))]) if desk else None
    warped = page.transform(
        page.size, Image.Transform.PERSPECTIVE, _perspective(corners, on_page), Image.Resampling.BICUBIC,
        fillcolor=page.getpixel((1, 1)) if ground is None else ground.getpixel((0, 0)),
    )  # fmt: skip
    return warped.filter(ImageFilter.GaussianBlur(random.uniform(0.0006, 0.0022) * height))


def _perspective(seen: NDArray[np.float64], on_page: NDArray[np.float64]) -> list[float]:
    """The eight numbers by which Pillow finds the place on the page for a place in the photo."""
    rows, right = [], []
    for (x, y), (u, v) in zip(seen, on_page, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    solved: list[float] = np.linalg.solve(np.array(rows), np.array(right)).tolist()
    return solved


def _light(style: PhotoStyle, random: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Falls off to one side; a shadow with a soft edge lies across."""
    down, across = np.mgrid[-0.5 : 0.5 : shape[0] * 1j, -0.5 : 0.5 : shape[1] * 1j]
    angle, edge_angle = random.uniform(0, 2 * np.pi, 2)
    fall = 1 + random.uniform(0.1, 0.4) * (across * np.cos(angle) + down * np.sin(angle))
    edge = across * np.cos(edge_angle) + down * np.sin(edge_angle) - random.uniform(-0.3, 0.3)
    shadow = 1 - random.uniform(*style.shadow) / (1 + np.exp(-edge * random.uniform(15, 60)))
    return (random.uniform(0.65, 0.95) * fall * shadow).astype(np.float32)
