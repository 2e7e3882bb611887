"""The pages speak their reader's language; programs and the administration read English."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.conftest import uploaded
from tests.web.test_draw_page import JSON

ROOT = Path(__file__).parents[2]
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def test_every_word_is_translated_and_the_compiled_catalogues_are_up_to_date():
    run = subprocess.run(
        [sys.executable, ".ci/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stdout) == (0, ""), run.stderr


@pytest.mark.usefixtures("tiny_digits", "db")
class TestPages:
    def test_a_page_speaks_the_first_of_the_browsers_languages_that_it_has(self, client):
        response = client.get("/models/", headers=GERMAN)

        assert '<html lang="de" dir="ltr">' in response.text
        assert "<h1>Modelle</h1>" in response.text
        assert response["Content-Language"] == "de"
        assert "Accept-Language" in response["Vary"]

    def test_a_language_that_there_is_none_of_gives_way_to_english(self, client):
        assert "<h1>Models</h1>" in client.get("/models/", headers={"Accept-Language": "fr"}).text

    def test_a_chosen_language_wins_over_the_browsers_and_leads_back(self, client):
        answer = client.post("/language/", {"language": "ar", "next": "/models/"})
        page = client.get("/models/", headers=GERMAN).text

        assert answer["Location"] == "/models/"
        assert '<html lang="ar" dir="rtl">' in page
        assert "<h1>النماذج</h1>" in page

    def test_figures_are_written_as_the_language_writes_them(self, client):
        page = client.get("/models/tiny-digits/", headers=GERMAN).text

        assert "91,46 %" in page
        assert "10.000 neuen Bildern" in page

    def test_an_error_page_speaks_the_language_too(self, client):
        assert "<h1>Diese Seite gibt es nicht</h1>" in client.get("/no/such/page/", headers=GERMAN).text

    def test_the_next_request_does_not_inherit_a_language(self, client):
        client.get("/models/", headers=GERMAN)

        assert "<h1>Models</h1>" in client.get("/models/").text

    def test_programs_read_english_whatever_they_prefer(self, client, alice_key):
        headers = GERMAN | {"Authorization": f"Token {alice_key}"}
        refused = client.post("/api/v1/predict", {"file": uploaded(content=b"")}, headers=headers)
        unknown = client.get("/api/v1/nothing", headers=headers)

        assert refused.json()["error"]["message"] == "The file is empty. Send a picture."
        assert unknown.json()["error"]["message"] == "Nothing lives at this address. Check its spelling."

    def test_a_pages_script_is_answered_in_the_pages_language(self, client):
        answer = client.post("/", {"image": uploaded(content=b"no picture")}, headers=GERMAN | JSON).json()

        assert answer["error"]["message"].startswith("Die Datei ist kein Bild in einem bekannten Format.")

    def test_the_frame_around_the_english_api_pages_keeps_the_language(self, client):
        page = client.get("/api/docs/", headers=GERMAN).text

        assert '<main class="page" id="main" tabindex="-1" lang="en" dir="ltr">' in page
        assert ">Modelle</a>" in page

    def test_the_administration_is_english(self, client, operator):
        client.force_login(operator)

        assert "<h1>Administration</h1>" in client.get("/admin/", headers=GERMAN).text

    def test_a_caches_copy_of_a_cards_picture_serves_every_language(self, client):
        response = client.get("/models/tiny-digits/card/reliability.png")

        assert "Vary" not in response or "Accept-Language" not in response["Vary"]
