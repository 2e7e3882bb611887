"""Pages, API, browsable API and command line give the same answer for the same picture."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from predictor.verdicts import percent
from tests.people import PASSWORD
from tests.web.hands import draw

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

# A three that could be a two or a five, so that every probability has something to say.
DOUBTFUL = [(0.3, 0.25), (0.6, 0.2), (0.68, 0.35), (0.45, 0.48), (0.7, 0.6), (0.62, 0.8), (0.28, 0.78)]


@pytest.fixture
def drawn(page):
    """What the draw page answered to real pointer events, and the picture that it sent."""
    draw(page, DOUBTFUL)
    expect(page.locator(".bar--best")).to_be_visible()
    content = page.evaluate(
        "async () => [...new Uint8Array(await document.querySelector('[name=image]').files[0].arrayBuffer())]"
    )
    return bytes(content), page.locator(".bar__percent").all_inner_texts()


def answer_of_the_api(client, key, picture):
    answer = client.post(
        "/api/v1/predict", picture, content_type="image/png", headers={"Authorization": f"Token {key}"}
    )
    return answer.json()


def answer_of_the_classic_address(client, key, path):
    with path.open("rb") as file:
        answer = client.post("/predict", {"file": file}, headers={"Authorization": f"Bearer {key}"})
    return answer.json()


def answer_of_the_browsable_api(page, server, path):
    page.goto(f"{server}/accounts/login/?next=/api/v1/predict")
    page.locator("[name=username]").fill("alice")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator(".form [type=submit]").click()
    page.locator("[name=file]").set_input_files(path)
    page.locator(".form [type=submit]").click()
    text = page.locator("section:has(#answer-title) pre").first.inner_text()
    return json.loads(text[text.index("{") :])


def answer_of_the_upload_page(client, path):
    with path.open("rb") as file:
        page = html.unescape(client.post("/upload/", {"images": file}).content.decode())
    label = re.search(r'data-label="Answer">(.+?)<', page).group(1)
    confidence = re.search(r'data-label="Confidence">(.+?)<', page).group(1)
    return label, confidence


def answer_of_the_command(path, capsys):
    capsys.readouterr()
    call_command("predict", "--json", str(path))
    return json.loads(capsys.readouterr().out)


def test_every_way_in_gives_the_same_answer(drawn, page, client, live_server, alice_key, tmp_path, capsys):
    picture, bars = drawn
    path = tmp_path / "drawn.png"
    path.write_bytes(picture)

    expected = answer_of_the_api(client, alice_key, picture)

    own = {"request_id": "", "file": str(path)}
    assert expected.keys() - own == answer_of_the_command(path, capsys).keys() - own.keys()
    assert answer_of_the_classic_address(client, alice_key, path) | own == expected | own
    assert answer_of_the_browsable_api(page, live_server.url, path) | own == expected | own
    assert answer_of_the_command(path, capsys) | own == expected | own
    assert answer_of_the_upload_page(client, path) == (expected["label"], percent(expected["confidence"]))
    assert bars == [percent(probability) for probability in expected["probabilities"].values()]
