"""The draw page under real hands: pen, fingers, keys; and on a bad day: no network, a limit, an old page."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from predictor.models import Feedback
from tests.web.hands import ONE, PROFILES, SEVEN, expect_headline, hand, part

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]


def sent_picture(page):
    """The drawing as it lies in the form's own field, in grey."""
    content = page.evaluate(
        "async () => [...new Uint8Array(await document.querySelector('[name=image]').files[0].arrayBuffer())]"
    )
    return Image.open(io.BytesIO(bytes(content))).convert("L")


def inked(page):
    return int(np.count_nonzero(np.asarray(sent_picture(page)) < 128))


@pytest.mark.parametrize(("kind", "profile"), [("mouse", "desktop"), ("pen", "desktop"), ("touch", "phone")])
def test_a_digit_is_answered_after_its_stroke(open_page, kind, profile):
    page = open_page(PROFILES[profile])

    hand(page).draw(kind, SEVEN)

    expect_headline(page, "7")
    expect(page.locator(".bar--best .bar__label")).to_have_text("7")
    assert page.evaluate("[scrollY, document.documentElement.scrollWidth - innerWidth]") == [0, 0]


def test_a_pen_that_presses_harder_draws_a_broader_line(page):
    hand(page).draw("pen", ONE, pressure=0.1)
    expect_headline(page, "1")
    light = inked(page)
    part(page, "clear").click()
    expect_headline(page, "?")

    hand(page).draw("pen", ONE, pressure=1.0)

    expect_headline(page, "1")
    assert inked(page) > 1.5 * light


def test_a_second_finger_draws_no_line(open_page):
    page = open_page(PROFILES["phone"])

    hand(page).touch(ONE, [(0.2, 0.5), (0.25, 0.6), (0.3, 0.7), (0.2, 0.8)])

    expect_headline(page, "1")
    assert sent_picture(page).crop((0, 0, 110, 280)).getextrema() == (255, 255)


def test_a_palm_beside_the_pen_draws_nothing(open_page):
    page = open_page(PROFILES["phone"])
    hand(page).draw("pen", ONE)

    hand(page).touch([(0.9, 0.9), (0.92, 0.95)])

    expect_headline(page, "1")
    assert sent_picture(page).crop((200, 200, 280, 280)).getextrema() == (255, 255)


def test_keys_undo_redo_and_clear(page):
    hand(page).draw("mouse", ONE)
    expect_headline(page, "1")

    page.keyboard.press("Control+z")
    expect_headline(page, "?")
    page.keyboard.press("Control+Shift+z")
    expect_headline(page, "1")
    page.keyboard.press("Delete")
    expect_headline(page, "?")
    page.keyboard.press("Control+z")
    expect_headline(page, "1")
    expect(part(page, "redo")).to_be_enabled()


def test_one_tap_keeps_the_picture_another_changes_it_and_it_is_taken_back(page):
    hand(page).draw("mouse", SEVEN)
    expect_headline(page, "7")
    assert not Feedback.objects.exists()

    page.get_by_role("button", name="1", exact=True).click()
    expect(part(page, "feedback-said")).to_have_text("Thank you. Kept as 1.")
    page.get_by_role("button", name="7", exact=True).click()
    expect(part(page, "feedback-said")).to_have_text("Thank you. Kept as 7.")

    (kept,) = Feedback.objects.all()
    assert (kept.answer, kept.correct_label, kept.model_name) == ("7", "7", "mnist-cnn")
    part(page, "feedback-take-back").click()
    expect(part(page, "feedback-said")).to_have_text("Taken back: your picture is deleted.")
    assert not Feedback.objects.exists()


def test_recent_drawings_come_back_after_a_reload_and_are_forgotten(page):
    hand(page).draw("mouse", SEVEN)
    expect_headline(page, "7")
    page.reload()

    page.get_by_role("button", name="Open this drawing again").click()

    expect_headline(page, "7")
    part(page, "recent-forget").click()
    expect(part(page, "recent")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('mnistsite.recent-drawings')") == "[]"


def test_a_lost_network_is_told_and_the_answer_comes_with_it_again(page):
    page.context.set_offline(True)
    hand(page).draw("mouse", SEVEN)
    expect(part(page, "problem")).to_contain_text("cannot be reached")

    page.context.set_offline(False)

    expect_headline(page, "7")
    expect(part(page, "problem")).to_be_hidden()


def test_a_reached_limit_is_told_kindly_and_the_answer_comes_by_itself(page, settings):
    answers = iter([{"status": 429, "headers": {"Retry-After": "1"}, "json": {"error": {"message": "no"}}}])

    def once(route):
        answer = next(answers, None)
        return route.fulfill(**answer) if answer and route.request.method == "POST" else route.continue_()

    page.route("**/*", once)
    hand(page).draw("mouse", SEVEN)

    expect(part(page, "problem")).to_contain_text("by itself in 1 seconds")
    expect_headline(page, "7")


def test_an_expired_page_is_renewed_without_losing_the_drawing(page):
    page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")

    hand(page).draw("mouse", SEVEN)

    expect_headline(page, "7")


def test_without_cookies_a_person_is_told_to_reload(page):
    page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    page.route("**/", lambda route: route.abort() if route.request.method == "GET" else route.continue_())

    hand(page).draw("mouse", SEVEN)

    expect(part(page, "problem")).to_have_text(
        "This page is too old to be answered. Reload it, with cookies on."
    )


def test_a_late_answer_to_an_earlier_stroke_is_dropped(page):
    held = []
    page.route("**/*", lambda route: held.append(route) if not held else route.continue_())
    hand(page).draw("mouse", ONE)
    page.wait_for_timeout(100)

    hand(page).draw("mouse", [(0.3, 0.15), (0.3, 0.5), (0.3, 0.85)])
    expect(part(page, "model-input")).to_be_visible()
    shown = part(page, "model-input").get_attribute("src")

    assert len(held) == 1
    assert held[0].request.failure is not None
    assert part(page, "model-input").get_attribute("src") == shown
