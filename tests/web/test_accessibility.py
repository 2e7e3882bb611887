"""Every page, light and dark, on desktop and small phones: axe-core finds nothing, nothing is cut off."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.hands import chromium
from tests.web.pages_in_chromium import (
    ANSWERS,
    DESKTOP,
    PAGES,
    SMALL_PHONE,
    SMALLEST_PHONE,
    answer_form,
    looking,
    prepare,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.system,
    pytest.mark.timeout(300),  # One browser looks at every page.
]

# Dark pages differ in nothing but their colours, so that one of axe-core's rules is enough for them.
COLOURS = {"runOnly": ["color-contrast"]}
SCREENS = [
    (DESKTOP, "light", None),
    (DESKTOP, "dark", COLOURS),
    (SMALL_PHONE, "light", None),
    (SMALL_PHONE, "dark", COLOURS),
]


def found_by_axe(page, options):
    return [
        f"{page.url} {rule['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}"
        for rule in Axe().run(page, options=options).response["violations"]
        for node in rule["nodes"]
    ]


def test_axe_finds_nothing_on_any_page(operator, live_server):
    names, session = prepare(operator)
    found = []

    with chromium() as browser:
        for size, scheme, options in SCREENS:
            with looking(browser, live_server.url, session, size=size, color_scheme=scheme) as page:
                for name, address in PAGES.items():
                    page.goto(address.format(**names))
                    found += found_by_axe(page, options)
                    if name in ANSWERS:
                        answer_form(page, name)
                        found += found_by_axe(page, options)
            with looking(browser, live_server.url, size=size, color_scheme=scheme) as page:
                for address in ("/", "/accounts/login/", "/admin/login/"):
                    page.goto(address)
                    found += found_by_axe(page, options)

    assert found == []


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_no_page_scrolls_sideways_on_the_smallest_phone_and_enlarged_twice(operator, live_server, language):
    names, session = prepare(operator)
    too_wide = []

    # A window of 640 px that is enlarged to 200 % has as many CSS pixels as the smallest phone.
    screen = {"size": SMALLEST_PHONE, "locale": language, "device_scale_factor": 2}
    with chromium() as browser, looking(browser, live_server.url, session, **screen) as page:
        for name, address in PAGES.items():
            page.goto(address.format(**names))
            if name in ANSWERS:
                answer_form(page, name)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > SMALLEST_PHONE["width"]:
                too_wide.append(f"{name}: {width}")

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
