"""The upload page with its script: every way in, hundreds of files, and what goes wrong on the way."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.digit_rows import digit_row
from tests.drawings import png_bytes
from tests.web.conftest import picture
from tests.web.hands import PROFILES, tabs

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

PNG = {"mimeType": "image/png", "buffer": picture(280)}
HAND_OVER = """
([kind, event, carrier]) => {
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
  });
}
"""


@pytest.fixture
def open_page(one_browser, live_server):
    with tabs(one_browser, f"{live_server.url}/upload/", "[data-drop-hint]") as open_in:
        yield open_in


@pytest.fixture
def page(open_page):
    return open_page()


def files(*names):
    return [PNG | {"name": name} for name in names]


def choose(page, *names):
    page.locator("[name=images]").set_input_files(files(*names))


def progress(page):
    return page.locator("[data-progress-text]")


def rows(page):
    return page.locator("[data-rows] tr")


def saved(page, button):
    with page.expect_download() as waiting:
        page.locator(f"[data-{button}]").click()
    return waiting.value.path().read_text()


@pytest.mark.parametrize("profile", list(PROFILES))
def test_chosen_pictures_are_answered_and_downloaded(open_page, profile):
    page = open_page(PROFILES[profile])
    bad = {"name": "bad.png", "mimeType": "image/png", "buffer": b"no picture"}

    page.locator("[name=images]").set_input_files([*files("one.png"), bad])

    expect(progress(page)).to_have_text("2 answered, 0 of them unsure, 1 with a problem")
    expect(rows(page).nth(0).locator("[data-answer]")).to_have_text("1")
    expect(rows(page).nth(1)).to_contain_text("The file is no picture in a known format.")
    lines = list(csv.reader(saved(page, "csv").splitlines()))
    assert lines[0] == ["file", "label", "confidence", "accepted", "reason", "model", "version", "error"]
    assert [line[:2] for line in lines[1:]] == [["one.png", "1"], ["bad.png", ""]]
    one, bad_one = json.loads(saved(page, "json"))["items"]
    assert (one["label"], one["model"]["name"]) == ("1", "mnist-cnn")
    assert list(bad_one) == ["file", "error"]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


@pytest.mark.parametrize(
    ("kind", "event", "carrier"),
    [("paste", "ClipboardEvent", "clipboardData"), ("drop", "DragEvent", "dataTransfer")],
)
def test_a_picture_is_pasted_or_dropped(page, kind, event, carrier):
    page.evaluate(HAND_OVER, [kind, event, carrier])

    expect(rows(page).locator("[data-file]")).to_have_text("handed-over.png")
    expect(rows(page).locator("[data-answer]")).to_have_text("1")


def test_a_phone_takes_a_photo_with_its_camera(open_page):
    page = open_page(PROFILES["phone"])
    expect(page.get_by_text("Take a photo")).to_be_visible()
    assert page.locator("[data-camera]").get_attribute("capture") == "environment"
    grain = np.random.default_rng(1).integers(0, 30, (1500, 2000))
    photo = np.clip(225 - grain, 0, 255).astype(np.uint8)
    photo[400:1100, 960:1050] = 40

    page.locator("[data-camera]").set_input_files(
        [{"name": "photo.png", "mimeType": "image/png", "buffer": png_bytes(Image.fromarray(photo))}]
    )

    expect(rows(page).locator("[data-answer]")).to_have_text("1")


def test_two_hundred_files_are_answered_in_batches(page):
    sizes = []
    page.on("request", lambda request: request.method == "POST" and sizes.append(1))

    choose(page, *(f"{number}.png" for number in range(200)))

    expect(progress(page)).to_have_text("200 answered, 0 of them unsure, 0 with a problem", timeout=60_000)
    assert rows(page).count() == 200
    assert len(sizes) == 25


def test_what_was_cancelled_is_left_out(page):
    page.route("**/upload/", lambda route: None)  # Never answered.
    choose(page, *(f"{number}.png" for number in range(20)))
    expect(rows(page).nth(0)).to_contain_text("Sending")

    page.locator("[data-cancel]").click()

    expect(progress(page)).to_have_text("20 answered, 0 of them unsure, 20 with a problem")
    expect(rows(page).nth(19)).to_contain_text("Cancelled")


def test_unsure_ones_are_sorted_to_the_front_and_shown_alone(page):
    blot = np.full((200, 200), 255, np.uint8)
    blot[60:140, 60:140] = np.random.default_rng(3).integers(0, 2, (80, 80)) * 255
    unsure = {"name": "blot.png", "mimeType": "image/png", "buffer": png_bytes(Image.fromarray(blot))}
    page.locator("[name=images]").set_input_files([*files("one.png"), unsure])
    expect(progress(page)).to_contain_text("2 answered, 1 of them unsure")

    page.locator("[data-sort]").select_option("unsure")
    page.locator("[data-only-unsure]").check()

    expect(rows(page).nth(0).locator("[data-file]")).to_have_text("blot.png")
    expect(rows(page).nth(1)).to_be_hidden()


def test_several_digits_are_read_with_boxes_on_the_picture(page):
    row = png_bytes(Image.fromarray(digit_row([4, 7, 1], np.random.default_rng(1))))
    page.get_by_label("Several digits in a picture").check()

    page.locator("[name=images]").set_input_files(
        [{"name": "row.png", "mimeType": "image/png", "buffer": row}]
    )

    expect(rows(page).locator("[data-answer]")).to_have_text("4 7 1")
    expect(page.get_by_alt_text("The picture with a box around each digit that was found")).to_be_visible()


def test_a_file_that_is_no_picture_or_too_large_is_told_what_to_do(page):
    large = {"name": "large.bmp", "mimeType": "image/bmp", "buffer": b"BM" + b"\0" * 6_000_000}
    text = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"text"}

    page.locator("[name=images]").set_input_files([large, text])

    expect(rows(page).nth(0)).to_contain_text("the limit is 5.0 MB. Take the photo in a lower resolution")
    expect(rows(page).nth(1)).to_contain_text("This is no picture. Send PNG")


def test_a_lost_network_pauses_and_goes_on(page):
    page.context.set_offline(True)
    choose(page, "one.png")
    expect(progress(page)).to_contain_text("cannot be reached")

    page.context.set_offline(False)

    expect(progress(page)).to_have_text("1 answered, 0 of them unsure, 0 with a problem", timeout=15_000)


def test_a_reached_limit_pauses_and_goes_on(page):
    answers = iter([{"status": 429, "headers": {"Retry-After": "1"}, "json": {"error": {"message": "no"}}}])

    def once(route):
        answer = next(answers, None) if route.request.method == "POST" else None
        return route.fulfill(**answer) if answer else route.continue_()

    page.route("**/upload/", once)
    choose(page, "one.png")

    expect(progress(page)).to_contain_text("by itself in 1 seconds")
    expect(progress(page)).to_have_text("1 answered, 0 of them unsure, 0 with a problem")


def test_an_expired_page_is_renewed_on_the_way(page):
    page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")

    choose(page, "one.png")

    expect(rows(page).locator("[data-answer]")).to_have_text("1")


@pytest.mark.parametrize("path", ["/", "/upload/"])
def test_without_scripts_the_form_uploads(one_browser, live_server, path):
    context = one_browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}{path}")

    page.locator("[type=file]").first.set_input_files(files("one.png"))
    page.get_by_role("button", name="Recognise").click()

    expect(page.locator("[data-headline]" if path == "/" else "tbody .table__answer")).to_have_text("1")
    context.close()
