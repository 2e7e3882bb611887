"""`make docs-screenshots`: the README's pictures, from the running pages; pytest brings the server."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from predictor.access.tokens import issue_token, note_use
from tests.drawings import make_drawings, paint, png_bytes
from tests.people import PASSWORD
from tests.web.browser import DESKTOP, PHONE, draw, show, wait

pytestmark = pytest.mark.django_db(transaction=True)

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
SEVEN = [(0.25, 0.25), (0.5, 0.24), (0.74, 0.23), (0.66, 0.42), (0.55, 0.6), (0.47, 0.82)]
SCREENS = [("desktop", DESKTOP, "light"), ("phone", PHONE, "light"), ("phone-dark", PHONE, "dark")]


def take(browser, name):
    picture = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))


@pytest.fixture(params=SCREENS, ids=[name for name, _, _ in SCREENS])
def screen(request, browser):
    """The browser in front of one screen, and the screen's name."""
    name, size, scheme = request.param
    show(browser, size, scheme=scheme, touch=size == PHONE)
    return browser, name


def test_draw(screen, live_server):
    browser, name = screen
    browser.get(live_server.url)
    paper = browser.find_element(By.CSS_SELECTOR, "[data-paper]")
    wait(browser, lambda _: paper.is_displayed())
    draw(browser, paper, SEVEN, "touch" if name.startswith("phone") else "mouse")
    wait(browser, lambda _: browser.find_element(By.CSS_SELECTOR, "[data-headline]").text == "7")
    time.sleep(0.5)  # The bars move in Chromium's own part of the page, where no script can watch them.

    take(browser, f"draw-{name}")


def test_upload(screen, live_server, tmp_path):
    browser, name = screen
    drawings = make_drawings("thick", per_digit=1, seed=7)[3:8]
    paths = [tmp_path / f"scan-{number}.png" for number in range(1, 6)]
    for path, drawing in zip(paths, drawings, strict=True):
        path.write_bytes(png_bytes(paint(drawing)))
    browser.get(f"{live_server.url}/upload/")
    browser.find_element(By.NAME, "images").send_keys("\n".join(map(str, paths)))
    wait(browser, lambda _: len(browser.find_elements(By.CSS_SELECTOR, "[data-rows] .tag")) == len(paths))
    answers = browser.find_element(By.CSS_SELECTOR, "[data-answers]")
    if name.startswith("phone"):
        browser.execute_script("arguments[0].scrollIntoView()", answers)

    take(browser, f"upload-{name}")


def test_model(screen, live_server):
    browser, name = screen
    browser.get(f"{live_server.url}/models/mnist-sgd/")

    take(browser, f"model-{name}")


def test_tokens(screen, live_server, alice):
    browser, name = screen
    issue_token(alice, name="nightly batch")
    _key, used = issue_token(alice, name="lab laptop")
    note_use(used)
    browser.get(f"{live_server.url}/tokens/")
    browser.find_element(By.NAME, "username").send_keys("alice")
    browser.find_element(By.NAME, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, ".form [type=submit]").click()
    wait(browser, lambda _: browser.current_url.endswith("/tokens/"))

    take(browser, f"tokens-{name}")
