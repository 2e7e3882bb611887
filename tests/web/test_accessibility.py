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
SCREENS = [
    (DESKTOP, "light", None),
    (DESKTOP, "dark", COLOURS),
    (SMALL_PHONE, "light", None),
    (SMALL_PHONE, "dark", COLOURS),
]
# Where words are longer, or read from the right: one scene of each template.
TRANSLATED = (
    "draw-feedback",
    "draw-unsure",
    "upload-answers",
    "models",
    "card",
    "compare-answers",
    "token-made",
    "token-revoke",
    "token-rotate",
    "login-wrong",
    "error-404",
)
# Django's own style lets colours pass into each other, which no page that is opened dark has to do.
SETTLED = "Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => null)"
PARTS = 4  # Of the scenes, so that processes share them.


def found_by_axe(name, page):
    found = []
    for size, scheme, options in SCREENS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        found += [
            f"{name} {scheme} {rule['id']}: {node['target']} {[one['message'] for one in node['any']]}"
            for rule in Axe().run(page, options=options).response["violations"]
            for node in rule["nodes"]
        ]
    return found


def cut_off(name, page):
    """What is too wide for the smallest phone; 640 px enlarged to 200 % have as many CSS pixels."""
    page.set_viewport_size(SMALLEST_PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{name}: {width}"] if width > SMALLEST_PHONE["width"] else []


@pytest.mark.parametrize("share", range(PARTS))
def test_axe_finds_nothing_on_any_page_in_any_state_and_none_scrolls_sideways(operator, live_server, share):
    stage = set_stage(live_server.url, operator)
    found, too_wide = [], []

    with chromium() as browser:
        for name in list(SCENES)[share::PARTS]:
            with stage.show(browser, name, size=DESKTOP) as page:
                found += found_by_axe(name, page)
                too_wide += cut_off(name, page)

    assert found == []
    assert too_wide == []


@pytest.mark.parametrize("language", ["de", "ar"])
def test_no_page_scrolls_sideways_in_another_language(operator, live_server, language):
    stage = set_stage(live_server.url, operator)
    too_wide = []

    with chromium() as browser:
        for name in TRANSLATED:
            with stage.show(browser, name, size=SMALLEST_PHONE, locale=language) as page:
                too_wide += cut_off(name, page)

    assert too_wide == []


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
