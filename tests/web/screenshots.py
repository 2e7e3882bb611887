"""`make docs-screenshots`: pictures of every page for README and docs, from the running pages."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.web.hands import SEVEN, chromium
from tests.web.pages_in_chromium import ANSWERS, DESKTOP, PAGES, answer_form, looking, prepare

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
PHONE = {"width": 390, "height": 844}
SCREENS = {
    "desktop": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "phone": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
}


def test_every_page_on_every_screen(operator, live_server):
    names, session = prepare(operator)
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for screen, (size, scheme) in SCREENS.items():
            with looking(browser, live_server.url, session, size=size, color_scheme=scheme) as page:
                for name, address in PAGES.items():
                    page.goto(address.format(**names))
                    if name in ANSWERS:
                        answer_form(page, name)
                    if name == "draw":
                        draw_a_seven(page)
                    take(page, f"{name}-{screen}")
            with looking(browser, live_server.url, size=size, color_scheme=scheme) as page:
                page.goto("/accounts/login/")
                take(page, f"login-{screen}")


def test_a_page_in_every_language(live_server, db):
    with chromium() as browser:
        for language in ("de", "ar"):
            with looking(browser, live_server.url, size=DESKTOP, locale=language) as page:
                page.goto("/models/")
                take(page, f"models-desktop-{language}")


def draw_a_seven(page):
    box = page.locator("[data-paper]").bounding_box()
    for index, (x, y) in enumerate(SEVEN):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        if index == 0:
            page.mouse.down()
    page.mouse.up()
    expect(page.locator("[data-headline]")).to_have_text("7")
    page.wait_for_timeout(500)  # The bars move in Chromium's own part of the page, where no script can watch.


def take(page, name):
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(128).save(FOLDER / f"{name}.png", optimize=True)  # So that all of them stay small.
