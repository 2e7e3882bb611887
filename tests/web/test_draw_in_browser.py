"""The pages in a real Chromium: mouse, finger and pen, large and small, light and dark."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By

from tests.people import PASSWORD
from tests.web.browser import DESKTOP, SMALLEST_PHONE, complaints, draw, show, wait
from tests.web.conftest import picture

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

SEVEN = [(0.25, 0.25), (0.5, 0.24), (0.74, 0.23), (0.66, 0.42), (0.55, 0.6), (0.47, 0.82)]
ONE = [(0.5, 0.15), (0.5, 0.4), (0.5, 0.6), (0.5, 0.85)]
BAR_OF_A_SEVEN = [(0.42, 0.55), (0.55, 0.54), (0.68, 0.53)]
PAGES = ["/", "/upload/", "/models/", "/models/tiny-digits/", "/accounts/login/"]


@pytest.fixture
def draw_page(browser, live_server):
    """The draw page on a desktop, with the model that is shipped."""
    show(browser, DESKTOP)
    browser.get(live_server.url)
    wait(browser, lambda _: canvas(browser).is_displayed())
    return browser


def find(browser, name):
    return browser.find_element(By.CSS_SELECTOR, f"[data-{name}]")


def canvas(browser):
    return find(browser, "paper")


def headline(browser):
    return find(browser, "headline").text


def wait_for_headline(browser, text):
    wait(browser, lambda _: headline(browser) == text)


def test_a_touch_draws_and_does_not_scroll(draw_page):
    show(draw_page, SMALLEST_PHONE, touch=True)
    before = draw_page.execute_script("return scrollY")

    draw(draw_page, canvas(draw_page), ONE, "touch")

    wait_for_headline(draw_page, "1")
    assert draw_page.execute_script("return scrollY") == before


def test_undo_steps_back_and_clear_starts_anew(draw_page):
    draw(draw_page, canvas(draw_page), SEVEN)
    wait_for_headline(draw_page, "7")
    before = find(draw_page, "model-input").get_property("src")
    draw(draw_page, canvas(draw_page), BAR_OF_A_SEVEN)
    wait(draw_page, lambda _: find(draw_page, "model-input").get_property("src") != before)

    find(draw_page, "undo").click()
    wait(draw_page, lambda _: find(draw_page, "model-input").get_property("src") == before)
    find(draw_page, "clear").click()

    wait_for_headline(draw_page, "?")
    assert not find(draw_page, "model-input").is_displayed()
    assert not find(draw_page, "clear").is_enabled()
    assert draw_page.find_element(By.NAME, "image").get_property("value") == ""
    find(draw_page, "undo").click()
    wait_for_headline(draw_page, "7")


def test_the_drawing_fills_the_forms_own_file_field(draw_page):
    draw(draw_page, canvas(draw_page), SEVEN)
    wait_for_headline(draw_page, "7")

    files = draw_page.execute_script(
        """
        const [file] = document.querySelector("[name=image]").files;
        return createImageBitmap(file).then(({ width, height }) => [file.name, file.type, width, height]);
        """
    )

    assert files == ["drawing.png", "image/png", 280, 280]


def test_a_chosen_picture_takes_the_drawings_place(draw_page, tmp_path):
    (tmp_path / "one.png").write_bytes(picture(280))
    draw(draw_page, canvas(draw_page), SEVEN)
    wait_for_headline(draw_page, "7")

    draw_page.find_element(By.NAME, "image").send_keys(str(tmp_path / "one.png"))

    wait_for_headline(draw_page, "1")
    assert not find(draw_page, "undo").is_enabled()


def test_a_bad_picture_is_told_kindly(draw_page, tmp_path):
    (tmp_path / "bad.png").write_text("no picture")

    draw_page.find_element(By.NAME, "image").send_keys(str(tmp_path / "bad.png"))

    wait(draw_page, lambda _: find(draw_page, "problem").is_displayed())
    assert find(draw_page, "problem").text.startswith("The file is no picture in a known format.")
    assert headline(draw_page) == ""


def test_without_scripts_the_page_is_a_plain_form(browser, live_server, tmp_path):
    (tmp_path / "one.png").write_bytes(picture(280))
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, DESKTOP)
        browser.get(live_server.url)
        shown_at_first = [find(browser, name).is_displayed() for name in ("paper", "result", "form")]
        browser.find_element(By.NAME, "image").send_keys(str(tmp_path / "one.png"))
        find(browser, "submit").find_element(By.TAG_NAME, "button").click()
        wait_for_headline(browser, "1")
        shown_with_answer = [find(browser, name).is_displayed() for name in ("paper", "result", "form")]
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert shown_at_first == [False, False, True]
    assert shown_with_answer == [False, True, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_smallest_phone_and_the_browser_has_no_complaint(
    browser, live_server, tiny_digits, path, scheme
):
    show(browser, SMALLEST_PHONE, scheme=scheme, touch=True)

    browser.get(f"{live_server.url}{path}")

    assert browser.execute_script("return document.documentElement.scrollWidth") == 320
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(245, 246, 248)", "dark": "rgb(17, 20, 25)"}[scheme]
    assert complaints(browser) == []


def test_a_token_is_made_on_a_small_phone_and_its_page_fits(browser, live_server, alice):
    show(browser, SMALLEST_PHONE, touch=True)
    browser.get(f"{live_server.url}/tokens/")
    browser.find_element(By.NAME, "username").send_keys("alice")
    browser.find_element(By.NAME, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, ".form [type=submit]").click()
    wait(browser, lambda _: browser.current_url.endswith("/tokens/"))

    browser.find_element(By.NAME, "name").send_keys("lab laptop")
    browser.find_element(By.CSS_SELECTOR, ".form [type=submit]").click()

    key = wait(browser, lambda _: browser.find_elements(By.ID, "key"))[0]
    assert key.text.startswith("mns_")
    assert browser.find_element(By.CSS_SELECTOR, "[data-copy=key]").is_displayed()
    assert browser.execute_script("return document.documentElement.scrollWidth") == 320
    assert complaints(browser) == []
