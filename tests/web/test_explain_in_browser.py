"""The draw page in a real Chromium: what decided, and one model after another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.packages import JOBLIB_METADATA
from tests.web.hands import BAR, DESKTOP, ONE, SMALLEST_PHONE, draw, part, seen, tabs
from tests.web.test_draw_in_browser import ONE_PNG
from tests.web.test_draw_page import CLOTHES

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

LONG = "A label so long that somebody must have meant it"
NAMED_AT_LENGTH = replace(CLOTHES, labels=("Ankle boot", LONG, *CLOTHES.labels[2:]))


@pytest.fixture
def open_page(one_browser, live_server, serve):
    """The draw page with a model of digits and one of clothes."""
    serve(JOBLIB_METADATA, NAMED_AT_LENGTH)
    with tabs(one_browser, live_server.url, "[data-form]") as open_in:
        yield open_in


def switch(page):
    return page.locator("[name=explain]")


def labels(page):
    return page.locator(".bar__label")


def choose(page, title):
    page.locator("[name=model]").select_option(label=title)


def chosen(page):
    return page.locator("[name=model] option:checked")


def answering(page):
    return page.locator("a[data-model]")


def test_the_switch_colours_the_answer_it_finds_and_every_later_one(page):
    draw(page, ONE)
    expect(part(page, "model-input")).to_be_visible()
    expect(part(page, "decided")).to_be_hidden()

    switch(page).check()
    expect(part(page, "decided")).to_be_visible()
    first = part(page, "decided-picture").get_attribute("src")
    draw(page, BAR)
    expect(part(page, "decided-picture")).not_to_have_attribute("src", first)

    assert part(page, "decided-picture").evaluate("(picture) => picture.naturalWidth") == 28
    expect(part(page, "decided-label")).to_have_text(page.locator(".bar--best .bar__label").inner_text())
    switch(page).uncheck()
    expect(part(page, "decided")).to_be_hidden()


def test_an_empty_paper_shows_nothing_that_decided(page):
    switch(page).check()
    page.evaluate("scrollTo(0, 0)")
    draw(page, ONE)
    expect(part(page, "decided")).to_be_visible()

    part(page, "clear").click()

    expect(part(page, "decided")).to_be_hidden()


def test_another_model_answers_the_same_drawing_and_the_page_follows(page):
    draw(page, ONE)
    expect(part(page, "model-input")).to_be_visible()

    choose(page, "Tiny clothes")

    expect(labels(page).nth(1)).to_have_text(LONG)
    expect(page.locator("h1")).to_have_text("Draw a picture")
    expect(page).to_have_title("Draw a picture · mnistsite")
    assert page.url.endswith("/?model=tiny-clothes")
    expect(answering(page)).to_have_text("tiny-clothes 1.2.3")
    expect(answering(page)).to_have_attribute("href", "/models/tiny-clothes/")
    page.reload()
    expect(chosen(page)).to_have_text("Tiny clothes")


def test_another_model_shows_its_labels_before_anything_is_drawn(page):
    choose(page, "Tiny clothes")

    expect(labels(page).first).to_have_text("Ankle boot")
    expect(part(page, "headline")).to_have_text("?")
    expect(answering(page)).to_have_text("tiny-clothes 1.2.3")
    choose(page, "Tiny digits")
    expect(labels(page)).to_have_text(list("0123456789"))
    expect(page.locator("h1")).to_have_text("Draw a digit")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_long_labels_and_what_decided_fit_the_smallest_phone(open_page, scheme):
    page = open_page(SMALLEST_PHONE | {"color_scheme": scheme})
    choose(page, "Tiny clothes")
    switch(page).check()
    part(page, "paper").scroll_into_view_if_needed()

    draw(page, ONE, "touch")

    expect(part(page, "decided")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    widths = page.locator(".bar__meter").evaluate_all("(meters) => meters.map((one) => one.clientWidth)")
    assert min(widths) >= 40


def test_without_scripts_the_box_in_the_form_and_the_choice_of_models_work(open_page):
    page = open_page(DESKTOP | {"java_script_enabled": False})
    choose(page, "Tiny clothes")
    switch(page).check()
    page.locator("[name=image]").set_input_files(ONE_PNG)

    part(page, "submit").get_by_role("button").click()

    expect(part(page, "decided")).to_be_visible()
    assert seen(page).startswith("data:image/png")
    expect(answering(page)).to_have_text("tiny-clothes 1.2.3")
    expect(switch(page)).to_be_checked()
