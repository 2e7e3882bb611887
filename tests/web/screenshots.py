"""`make docs-screenshots`: pictures of every page and its states for README and docs, from the running pages.

`SCENES=draw,admin` in the environment takes these alone.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from tests.web.hands import chromium
from tests.web.scenes import DESKTOP, SCENES, set_stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
PHONE = {"width": 390, "height": 844}
SCREENS = {
    "desktop": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "phone": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
}
# The pages that people read in other languages, of which one is written from right to left.
TRANSLATED = ("draw-answer", "upload-answers", "models", "card", "tokens")
# So that some two hundred pictures stay light: of a long page the beginning, of a wide one a smaller picture.
MAX_SCREENS = 1.4
MAX_WIDTH_PX = 896

wanted = os.environ.get("SCENES", ",".join(SCENES)).split(",")


@pytest.mark.parametrize("screen", SCREENS)
def test_every_scene_on_a_screen(operator, live_server, screen):
    stage = set_stage(live_server.url, operator)
    size, scheme = SCREENS[screen]
    with chromium() as browser:
        for name in wanted:
            with stage.show(browser, name, size=size, color_scheme=scheme) as page:
                take(page, f"{name}-{screen}")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_pages_in_another_language(operator, live_server, language):
    stage = set_stage(live_server.url, operator)
    with chromium() as browser:
        for screen in ("desktop", "phone"):
            for name in set(wanted).intersection(TRANSLATED):
                with stage.show(browser, name, size=SCREENS[screen][0], locale=language) as page:
                    take(page, f"{name}-{screen}-{language}")


def take(page, name):
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, width, min(picture.height, round(MAX_SCREENS * height))))
    picture.thumbnail((MAX_WIDTH_PX, picture.height), Image.Resampling.LANCZOS)
    picture.save(FOLDER / f"{name}.webp", quality=40, method=6)
