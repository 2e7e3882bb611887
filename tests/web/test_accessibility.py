"""Every page in every state, light and dark, large and small: axe-core finds nothing, nothing is cut off."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.hands import chromium
from tests.web.scenes import (
    DESKTOP,
    SCENES,
    SMALL_PHONE,
    SMALLEST_PHONE,
    looking,
    set_stage,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.system,
    pytest.mark.timeout(600),  # One browser looks at every page.
]

# Dark pages differ in nothing but their colours, so that one of axe-core's rules is enough for them.
COLOURS = {"runOnly": ["color-contrast"]}
SCREENS = {
    "desktop": (DESKTOP, "light", None),
    "desktop-dark": (DESKTOP, "dark", COLOURS),
    "phone": (SMALL_PHONE, "light", None),
    "phone-dark": (SMALL_PHONE, "dark", COLOURS),
}


def found_by_axe(name, page, options):
    return [
        f"{name} {rule['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}"
        for rule in Axe().run(page, options=options).response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_on_any_page_in_any_state(operator, live_server, screen):
    stage = set_stage(live_server.url, operator)
    size, scheme, options = SCREENS[screen]
    found = []

    with chromium() as browser:
        for name in SCENES:
            with stage.show(browser, name, size=size, color_scheme=scheme) as page:
                found += found_by_axe(name, page, options)

    assert found == []


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_no_page_scrolls_sideways_on_the_smallest_phone_and_enlarged_twice(operator, live_server, language):
    stage = set_stage(live_server.url, operator)
    too_wide = []

    # A window of 640 px that is enlarged to 200 % has as many CSS pixels as the smallest phone.
    screen = {"size": SMALLEST_PHONE, "locale": language, "device_scale_factor": 2}
    with chromium() as browser:
        for name in spoken_in(language):
            with stage.show(browser, name, **screen) as page:
                width = page.evaluate("document.documentElement.scrollWidth")
                if width > SMALLEST_PHONE["width"]:
                    too_wide.append(f"{name}: {width}")

    assert too_wide == []


def spoken_in(language):
    """The scenes whose words differ in a language: the API's and the administration's are English in all."""
    english_only = ("admin", "api")
    return [name for name in SCENES if language == "en" or not name.startswith(english_only)]


def test_the_keyboard_reaches_the_upload_by_one_tab_after_the_drawing_and_every_control(live_server, db):
    with chromium() as browser, looking(browser, live_server.url, size=DESKTOP) as page:
        page.goto("/")
        reached = []
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    "(document.activeElement.id || document.activeElement.textContent || '').trim()"
                )
            )

    for control in (
        "Skip to the content",
        "Draw",
        "Upload",
        "Models",
        "API",
        "Log in",
        "id_model",
        "id_image",
    ):
        assert control in reached
    for control in ("Light", "Dark", "Deutsch", "العربية"):
        assert control in reached


REACHABLE = "a[href], button, select, summary, textarea, [tabindex='0'], input:not([type=hidden])"
UNREACHED = """
([reachable]) => [...document.querySelectorAll(reachable)]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.dataset.reached)
  .filter((one) => one.type !== "radio")  // Arrow keys move inside of a group that Tab reaches.
  .map((one) => one.outerHTML.slice(0, 90))
"""


def test_tab_alone_reaches_everything_that_can_be_used_and_shows_where_it_is(operator, live_server):
    stage = set_stage(live_server.url, operator)
    missed, unseen = [], []

    with chromium() as browser:
        for name in ("draw-answer", "upload-answers", "compare-answers", "token-made", "card", "login"):
            with stage.show(browser, name, size=DESKTOP) as page:
                page.evaluate("document.activeElement.blur()")
                for _ in range(120):
                    page.keyboard.press("Tab")
                    where = page.evaluate(
                        """() => {
                          const one = document.activeElement;
                          const again = one === document.body || one.dataset.reached;
                          one.dataset.reached = "yes";
                          const shown = getComputedStyle(one.closest(".pen, .camera") ?? one).outlineStyle;
                          return [again, shown === "none" ? one.outerHTML.slice(0, 90) : ""];
                        }"""
                    )
                    unseen += [f"{name}: {where[1]}"] if where[1] and not where[0] else []
                missed += [f"{name}: {one}" for one in page.evaluate(UNREACHED, [REACHABLE])]

    assert missed == []
    assert unseen == []


def test_without_the_mouse_a_token_is_made(operator, live_server):
    stage = set_stage(live_server.url, operator)

    with chromium() as browser, stage.show(browser, "tokens-none", size=DESKTOP) as page:
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.id") != "id_name":
            page.keyboard.press("Tab")
        page.keyboard.type("phone app")
        page.keyboard.press("Enter")

        page.wait_for_selector("#key")
