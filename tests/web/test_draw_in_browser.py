"""The pages in a real Chromium: undo and clear, chosen pictures, no scripts, the smallest phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.people import PASSWORD
from tests.web.conftest import picture
from tests.web.hands import BAR, DESKTOP, ONE, SEVEN, SMALLEST_PHONE, draw, expect_headline, part, seen, tabs

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/upload/", "/models/", "/models/tiny-digits/", "/accounts/login/"]
ONE_PNG = {"name": "one.png", "mimeType": "image/png", "buffer": picture(280)}


def test_a_touch_draws_and_does_not_scroll(open_page):
    page = open_page(SMALLEST_PHONE)
    before = page.evaluate("scrollY")

    draw(page, ONE, "touch")

    expect_headline(page, "1")
    assert page.evaluate("scrollY") == before


def test_undo_steps_back_and_clear_starts_anew(page):
    draw(page, SEVEN)
    expect_headline(page, "7")
    before = seen(page)
    draw(page, BAR)
    expect(part(page, "model-input")).not_to_have_attribute("src", before)

    part(page, "undo").click()
    expect(part(page, "model-input")).to_have_attribute("src", before)
    part(page, "clear").click()

    expect_headline(page, "?")
    expect(part(page, "model-input")).to_be_hidden()
    expect(part(page, "clear")).to_be_disabled()
    assert page.locator("[name=image]").input_value() == ""
    part(page, "undo").click()
    expect_headline(page, "7")


def test_the_drawing_fills_the_forms_own_file_field(page):
    draw(page, SEVEN)
    expect_headline(page, "7")

    file = page.evaluate(
        """async () => {
          const [file] = document.querySelector("[name=image]").files;
          const { width, height } = await createImageBitmap(file);
          return [file.name, file.type, width, height];
        }"""
    )

    assert file == ["drawing.png", "image/png", 280, 280]


def test_a_chosen_picture_takes_the_drawings_place(page):
    draw(page, SEVEN)
    expect_headline(page, "7")

    page.locator("[name=image]").set_input_files(ONE_PNG)

    expect_headline(page, "1")
    expect(part(page, "undo")).to_be_disabled()


def test_a_bad_picture_is_told_kindly(page):
    page.locator("[name=image]").set_input_files(ONE_PNG | {"buffer": b"no picture"})

    expect(part(page, "problem")).to_contain_text("The file is no picture in a known format.")
    expect_headline(page, "")


def test_without_scripts_the_page_is_a_plain_form(one_browser, live_server):
    with tabs(one_browser, live_server.url, "[data-form]") as open_in:
        page = open_in(DESKTOP | {"java_script_enabled": False})
        for name in ("paper", "result"):
            expect(part(page, name)).to_be_hidden()

        page.locator("[name=image]").set_input_files(ONE_PNG)
        part(page, "submit").get_by_role("button").click()

        expect_headline(page, "1")
        expect(part(page, "paper")).to_be_hidden()
        for name in ("result", "form"):
            expect(part(page, name)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_smallest_phone_and_the_browser_has_no_complaint(
    one_browser, live_server, tiny_digits, path, scheme
):
    with tabs(one_browser, f"{live_server.url}{path}", "main") as open_in:
        page = open_in(SMALLEST_PHONE | {"color_scheme": scheme})

        assert page.evaluate("document.documentElement.scrollWidth") == 320
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(245, 246, 248)", "dark": "rgb(17, 20, 25)"}[scheme]


def test_a_token_is_made_on_a_small_phone_and_its_page_fits(one_browser, live_server, alice):
    with tabs(one_browser, f"{live_server.url}/tokens/", "[name=password]") as open_in:
        page = open_in(SMALLEST_PHONE)
        page.locator("[name=username]").fill("alice")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator(".form [type=submit]").click()

        page.locator("[name=name]").fill("lab laptop")
        page.locator(".form [type=submit]").click()

        expect(page.locator("#key")).to_contain_text("mns_")
        expect(page.locator("[data-copy=key]")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
