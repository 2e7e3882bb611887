"""A real Chromium without a window, and what a person's hand does with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.action_chains import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.system import require_program

Point = tuple[float, float]

DESKTOP = (1280, 900)
PHONE = (390, 844)
SMALLEST_PHONE = (320, 568)


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Start a headless Chromium, and end it."""
    options = ChromeOptions()
    options.binary_location = require_program("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's sandbox refuses root, as in a container.
    driver = Chrome(options=options, service=ChromeService(require_program("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def show(driver: Chrome, size: tuple[int, int], *, scheme: str = "light", touch: bool = False) -> None:
    """Look at the pages on a screen of that many CSS pixels, light or dark."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": touch}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch})
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def draw(driver: Chrome, canvas: WebElement, stroke: Sequence[Point], kind: str = "mouse") -> None:
    """Draw one stroke through points, given as shares of the canvas, with a `mouse`, a `touch` or a `pen`."""
    actions = ActionBuilder(driver, mouse=PointerInput(kind, f"a {kind}"), duration=20)
    pen = actions.pointer_action
    width, height = canvas.size["width"], canvas.size["height"]
    for index, (x, y) in enumerate(stroke):
        # Selenium counts from the element's centre.
        pen.move_to(canvas, round((x - 0.5) * width), round((y - 0.5) * height))
        if index == 0:
            pen.pointer_down()
    pen.pointer_up()
    actions.perform()


def wait(driver: Chrome, condition: Callable[[Chrome], Any]) -> Any:
    """Wait until something is so; that a page goes while it is looked at is part of waiting."""
    passing = (NoSuchElementException, StaleElementReferenceException)
    return WebDriverWait(driver, timeout=20, poll_frequency=0.05, ignored_exceptions=passing).until(condition)


def complaints(driver: Chrome) -> list[str]:
    """What the console has said since the last look: script errors, failed addresses, CSP violations."""
    return [entry["message"] for entry in driver.get_log("browser")]
