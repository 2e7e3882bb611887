"""The pages in a real Chromium: mouse, finger and pen, large and small, light and dark."""

from __future__ import annotations

import csv

import pytest
from selenium.webdriver.common.by import By

from tests.people import PASSWORD
from tests.web.browser import DESKTOP, PHONE, SMALLEST_PHONE, complaints, draw, show, wait
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


@pytest.mark.parametrize("kind", ["mouse", "touch", "pen"])
@pytest.mark.parametrize(("stroke", "label"), [(SEVEN, "7"), (ONE, "1")])
def test_a_drawn_digit_is_answered_after_its_stroke(draw_page, kind, stroke, label):
    show(draw_page, PHONE if kind == "touch" else DESKTOP, touch=kind == "touch")
    draw_page.execute_script("onpointerup = ({ pointerType }) => { window.usedPointer = pointerType; }")

    draw(draw_page, canvas(draw_page), stroke, kind)

    wait_for_headline(draw_page, label)
    assert draw_page.execute_script("return window.usedPointer") == kind
    assert find(draw_page, "lead").text == "This looks like"
    assert find(draw_page, "certainty").text.endswith("%")
    assert find(draw_page, "model-input").get_property("naturalWidth") == 28
    assert draw_page.find_element(By.CSS_SELECTOR, ".bar--best .bar__label").text == label
    assert complaints(draw_page) == []


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


def test_a_lost_connection_is_told_and_the_next_stroke_tries_again(draw_page):
    network = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    draw_page.execute_cdp_cmd("Network.enable", {})
    draw_page.execute_cdp_cmd("Network.emulateNetworkConditions", network)

    draw(draw_page, canvas(draw_page), SEVEN)
    wait(draw_page, lambda _: find(draw_page, "problem").is_displayed())
    told = find(draw_page, "problem").text
    draw_page.execute_cdp_cmd("Network.emulateNetworkConditions", network | {"offline": False})
    draw(draw_page, canvas(draw_page), BAR_OF_A_SEVEN)

    wait(draw_page, lambda _: headline(draw_page))
    assert told == "The server cannot be reached. Your picture is kept; try again."


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


def test_pictures_are_uploaded_and_their_table_is_downloaded(browser, live_server, tmp_path):
    (tmp_path / "one.png").write_bytes(picture(280))
    (tmp_path / "bad.png").write_text("no picture")
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path / "downloads")}
    )
    show(browser, DESKTOP)
    browser.get(f"{live_server.url}/upload/")

    names = f"{tmp_path / 'one.png'}\n{tmp_path / 'bad.png'}"
    browser.find_element(By.NAME, "images").send_keys(names)
    browser.find_element(By.CSS_SELECTOR, ".drop [type=submit]").click()
    wait(browser, lambda _: browser.find_elements(By.CSS_SELECTOR, "tbody tr"))
    find(browser, "download").click()

    wait(browser, lambda _: (tmp_path / "downloads" / "predictions.csv").exists())
    lines = csv.reader((tmp_path / "downloads" / "predictions.csv").read_text().splitlines())
    assert [line[:2] for line in list(lines)[1:]] == [["one.png", "1"], ["bad.png", ""]]
    assert complaints(browser) == []


@pytest.mark.parametrize(
    ("kind", "event", "carrier"),
    [("drop", "DragEvent", "dataTransfer"), ("paste", "ClipboardEvent", "clipboardData")],
)
def test_a_dropped_or_pasted_picture_is_answered(browser, live_server, kind, event, carrier):
    show(browser, DESKTOP)
    browser.get(f"{live_server.url}/upload/")

    browser.execute_async_script(
        """
        const [kind, event, carrier, done] = arguments;
        const canvas = Object.assign(document.createElement("canvas"), { width: 280, height: 280 });
        const context = canvas.getContext("2d");
        context.fillStyle = "white";
        context.fillRect(0, 0, 280, 280);
        context.fillStyle = "black";
        context.fillRect(125, 50, 30, 180);
        canvas.toBlob((blob) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([blob], "handed-over.png", { type: "image/png" }));
          const details = { bubbles: true, cancelable: true, [carrier]: transfer };
          document.body.dispatchEvent(new window[event](kind, details));
          done();
        });
        """,
        kind,
        event,
        carrier,
    )

    wait(browser, lambda _: browser.find_elements(By.CSS_SELECTOR, "tbody tr"))
    assert browser.find_element(By.CSS_SELECTOR, "tbody .file-name").text == "handed-over.png"
    assert browser.find_element(By.CSS_SELECTOR, "tbody .table__answer").text == "1"


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
