"""The draw page in a real Chromium: what decided, and one model after another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from tests.packages import JOBLIB_METADATA
from tests.web.browser import DESKTOP, SMALLEST_PHONE, complaints, draw, show, wait
from tests.web.conftest import picture
from tests.web.test_draw_in_browser import BAR_OF_A_SEVEN, ONE, canvas, find
from tests.web.test_draw_page import CLOTHES

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

LONG = "A label so long that somebody must have meant it"
NAMED_AT_LENGTH = replace(CLOTHES, labels=("Ankle boot", LONG, *CLOTHES.labels[2:]))


@pytest.fixture
def draw_page(browser, live_server, serve):
    """The draw page with a model of digits and one of clothes."""
    serve(JOBLIB_METADATA, NAMED_AT_LENGTH)
    show(browser, DESKTOP)
    browser.get(live_server.url)
    wait(browser, lambda _: canvas(browser).is_displayed())
    return browser


def switch(browser):
    return browser.find_element(By.NAME, "explain")


def labels(browser):
    return [bar.text for bar in browser.find_elements(By.CSS_SELECTOR, ".bar__label")]


def choose(browser, title):
    Select(browser.find_element(By.NAME, "model")).select_by_visible_text(title)


def wait_for_answer(browser):
    wait(browser, lambda _: find(browser, "model-input").is_displayed())


def test_the_switch_colours_the_answer_it_finds_and_every_later_one(draw_page):
    draw(draw_page, canvas(draw_page), ONE)
    wait_for_answer(draw_page)
    shown_at_first = find(draw_page, "decided").is_displayed()

    switch(draw_page).click()
    wait(draw_page, lambda _: find(draw_page, "decided").is_displayed())
    first = find(draw_page, "decided-picture").get_property("src")
    draw(draw_page, canvas(draw_page), BAR_OF_A_SEVEN)
    wait(draw_page, lambda _: find(draw_page, "decided-picture").get_property("src") != first)

    assert not shown_at_first
    assert find(draw_page, "decided-picture").get_property("naturalWidth") == 28
    best = draw_page.find_element(By.CSS_SELECTOR, ".bar--best .bar__label").text
    assert find(draw_page, "decided-label").text == best
    switch(draw_page).click()
    assert not find(draw_page, "decided").is_displayed()
    assert complaints(draw_page) == []


def test_an_empty_paper_shows_nothing_that_decided(draw_page):
    switch(draw_page).click()
    draw(draw_page, canvas(draw_page), ONE)
    wait(draw_page, lambda _: find(draw_page, "decided").is_displayed())

    find(draw_page, "clear").click()

    assert not find(draw_page, "decided").is_displayed()


def test_another_model_answers_the_same_drawing_and_the_page_follows(draw_page):
    draw(draw_page, canvas(draw_page), ONE)
    wait_for_answer(draw_page)

    choose(draw_page, "Tiny clothes")

    wait(draw_page, lambda _: labels(draw_page)[:2] == ["Ankle boot", LONG])
    assert draw_page.find_element(By.TAG_NAME, "h1").text == "Draw a picture"
    assert draw_page.title == "Draw a picture · mnistsite"
    assert draw_page.current_url.endswith("/?model=tiny-clothes")
    assert find(draw_page, "model").text == "tiny-clothes 1.2.3"
    assert find(draw_page, "model").get_property("href").endswith("/models/tiny-clothes/")
    draw_page.refresh()
    assert Select(draw_page.find_element(By.NAME, "model")).first_selected_option.text == "Tiny clothes"
    assert complaints(draw_page) == []


def test_another_model_shows_its_labels_before_anything_is_drawn(draw_page):
    choose(draw_page, "Tiny clothes")

    assert labels(draw_page)[0] == "Ankle boot"
    assert find(draw_page, "headline").text == "?"
    assert find(draw_page, "model").text == "tiny-clothes 1.2.3"
    choose(draw_page, "Tiny digits")
    assert labels(draw_page) == list("0123456789")
    assert draw_page.find_element(By.TAG_NAME, "h1").text == "Draw a digit"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_long_labels_and_what_decided_fit_the_smallest_phone(draw_page, scheme):
    show(draw_page, SMALLEST_PHONE, scheme=scheme, touch=True)
    choose(draw_page, "Tiny clothes")
    draw_page.execute_script("arguments[0].click()", switch(draw_page))

    draw(draw_page, canvas(draw_page), ONE, "touch")

    wait(draw_page, lambda _: find(draw_page, "decided").is_displayed())
    assert draw_page.execute_script("return document.documentElement.scrollWidth") == 320
    meters = draw_page.find_elements(By.CSS_SELECTOR, ".bar__meter")
    assert min(meter.size["width"] for meter in meters) >= 40


def test_without_scripts_the_box_in_the_form_and_the_choice_of_models_work(draw_page, live_server, tmp_path):
    (tmp_path / "one.png").write_bytes(picture(280))
    draw_page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        draw_page.get(live_server.url)
        choose(draw_page, "Tiny clothes")
        switch(draw_page).click()
        draw_page.find_element(By.NAME, "image").send_keys(str(tmp_path / "one.png"))
        find(draw_page, "submit").find_element(By.TAG_NAME, "button").click()
        wait(draw_page, lambda _: find(draw_page, "decided").is_displayed())
        assert find(draw_page, "model").text == "tiny-clothes 1.2.3"
        assert switch(draw_page).is_selected()
    finally:
        draw_page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
