"""Chromium by Playwright, and what hands do with it: mouse, fingers and pen as Chromium reports them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.system import require_program

expect.set_options(timeout=20_000)  # Milliseconds; a busy machine's first answer takes seconds.

Point = tuple[float, float]

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
SMALLEST_PHONE: dict[str, Any] = {
    "viewport": {"width": 320, "height": 568},
    "has_touch": True,
    "is_mobile": True,
}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PROFILES = {"desktop": DESKTOP, "phone": PHONE}

SEVEN = [(0.25, 0.25), (0.5, 0.24), (0.74, 0.23), (0.66, 0.42), (0.55, 0.6), (0.47, 0.82)]
ONE = [(0.5, 0.15), (0.5, 0.4), (0.5, 0.6), (0.5, 0.85)]
BAR = [(0.42, 0.55), (0.55, 0.54), (0.68, 0.53)]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium of the system's, and end it."""
    # As root, in a container, its sandbox refuses to work.
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=require_program("chromium"), args=["--disable-dev-shm-usage", *sandbox]
        )
        yield browser
        browser.close()


@contextmanager
def tabs(browser: Browser, address: str, shown: str) -> Iterator[Callable[..., Page]]:
    """A way to open a page in a profile, which shows `shown`; no tab may have complained in the end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note_violation(said: ConsoleMessage) -> None:
        # Other errors are those of a network that a test takes away.
        if "Content Security Policy" in said.text:
            complaints.append(said.text)

    def open_in(profile: dict[str, Any] = DESKTOP) -> Page:
        contexts.append(browser.new_context(**profile))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note_violation)
        page.goto(address)
        expect(page.locator(shown)).to_be_visible()
        return page

    yield open_in
    for context in contexts:
        context.close()
    assert complaints == []


class Hand:
    """Draws on a canvas through the DevTools protocol, as Playwright has neither pens nor two fingers."""

    def __init__(self, page: Page, canvas: Locator) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._canvas = canvas

    def draw(self, kind: str, stroke: Sequence[Point], pressure: float = 0.5) -> None:
        """Draw one stroke through points, shares of the canvas, with a `mouse`, a `pen` or a `touch`."""
        if kind == "touch":
            self.touch(stroke)
        else:
            self._press("mousePressed", stroke[0], kind, pressure)
            for point in stroke[1:]:
                self._press("mouseMoved", point, kind, pressure)
            self._press("mouseReleased", stroke[-1], kind, 0)

    def touch(self, *strokes: Sequence[Point]) -> None:
        """Draw with so many fingers at once; the first comes down first."""
        places = [[self._place(point) for point in stroke] for stroke in strokes]
        for count in range(1, len(places) + 1):
            self._fingers("touchStart", [stroke[0] for stroke in places[:count]])
        for step in range(1, max(map(len, places))):
            self._fingers("touchMove", [stroke[min(step, len(stroke) - 1)] for stroke in places])
        self._fingers("touchEnd", [])

    def _press(self, what: str, point: Point, kind: str, force: float) -> None:
        x, y = self._place(point)
        event = {"type": what, "x": x, "y": y, "pointerType": kind, "force": force}
        self._devtools.send(
            "Input.dispatchMouseEvent", event | {"button": "left", "buttons": 1, "clickCount": 1}
        )

    def _fingers(self, what: str, places: Sequence[Point]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._devtools.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": points})

    def _place(self, point: Point) -> Point:
        box = self._canvas.bounding_box()
        assert box
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]


def part(page: Page, name: str) -> Locator:
    """A part of the draw page."""
    return page.locator(f"[data-{name}]")


def hand(page: Page) -> Hand:
    """A hand over its paper."""
    return Hand(page, part(page, "paper"))


def draw(page: Page, stroke: Sequence[Point], kind: str = "mouse") -> None:
    """Draw one stroke."""
    hand(page).draw(kind, stroke)


def expect_headline(page: Page, text: str) -> None:
    """Wait for an answer."""
    expect(part(page, "headline")).to_have_text(text)


def seen(page: Page) -> str | None:
    """What the model sees."""
    return part(page, "model-input").get_attribute("src")
