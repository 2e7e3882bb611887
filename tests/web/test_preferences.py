"""Colours and language: chosen at the foot of every page, and written into the markup by the server."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("tiny_digits", "db")


def test_the_system_chooses_the_colours_of_whoever_chose_none(client):
    page = client.get("/").content.decode()

    assert '<html lang="en" dir="ltr">' in page
    assert 'name="theme" value="" aria-pressed="true"' in page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chosen_colours_are_in_the_markup_of_the_next_page(client, theme):
    answer = client.post("/theme/", {"theme": theme, "next": "/upload/?model=tiny-digits"})

    assert answer["Location"] == "/upload/?model=tiny-digits"
    assert f'data-theme="{theme}">' in client.get("/").content.decode()


def test_the_choice_of_colours_can_be_given_back_to_the_system(client):
    client.post("/theme/", {"theme": "dark"})

    client.post("/theme/", {"theme": ""})

    assert "data-theme=" not in client.get("/").content.decode()


def test_colours_that_do_not_exist_are_not_remembered(client):
    client.post("/theme/", {"theme": '"><script>'})

    assert "theme" not in client.cookies or client.cookies["theme"].value == ""


def test_a_forged_cookie_of_colours_reaches_no_markup(client):
    client.cookies["theme"] = '"><script>'

    page = client.get("/").content.decode()

    assert '<html lang="en" dir="ltr">' in page


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_of_colours_leads_nowhere_else(client, address):
    answer = client.post("/theme/", {"theme": "dark", "next": address})

    assert answer["Location"] == "/"


def test_a_server_error_keeps_the_chosen_colours(client, monkeypatch):
    def broken(*_args):
        raise RuntimeError

    monkeypatch.setattr("predictor.pages.upload._page", broken)
    client.raise_request_exception = False
    client.cookies["theme"] = "dark"

    page = client.get("/upload/").content.decode()

    assert 'data-theme="dark">' in page
    assert 'action="/theme/"' not in page
