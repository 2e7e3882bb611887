"""`/compare/`: two models, their figures, and their answers to one picture."""

from __future__ import annotations

import re

import pytest

from tests.packages import JOBLIB_METADATA
from tests.web.conftest import picture, uploaded
from tests.web.test_draw_page import CLOTHES


@pytest.fixture(autouse=True)
def both(serve, db):
    """Serve a model of digits, the default one, and one of clothes."""
    return serve(JOBLIB_METADATA, CLOTHES)


def kept_in(page):
    found = re.search(r'name="kept" value="([^"]*)"', page)
    return found[1] if found else ""


def test_the_figures_of_two_models_stand_side_by_side(client):
    page = client.get("/compare/").text

    assert '<a href="/models/tiny-digits/">tiny-digits</a>' in page
    assert '<a href="/models/tiny-clothes/">tiny-clothes</a>' in page
    assert page.count("<td>91.46%</td>") == 2


def test_the_address_names_the_models(client):
    page = client.get("/compare/?first=tiny-clothes&second=tiny-digits").text

    assert page.index('">tiny-clothes</a>') < page.index('">tiny-digits</a>')


def test_both_answer_to_the_same_picture(client):
    page = client.post(
        "/compare/", {"first": "tiny-digits", "second": "tiny-clothes", "image": uploaded()}
    ).text

    assert page.count('<ul class="bars"') == 2
    assert page.count('class="model-view__picture"') == 2


def test_the_picture_is_kept_for_the_next_pair_of_models(client):
    form = {"first": "tiny-digits", "second": "tiny-clothes"}
    first = client.post("/compare/", form | {"image": uploaded()}).text

    second = client.post(
        "/compare/", {"first": "tiny-clothes", "second": "tiny-digits", "kept": kept_in(first)}
    )

    assert second.status_code == 200
    assert second.text.count('<ul class="bars"') == 2
    assert kept_in(second.text) == kept_in(first)


def test_a_new_picture_takes_the_place_of_the_kept_one(client):
    form = {"first": "tiny-digits", "second": "tiny-clothes"}
    first = client.post("/compare/", form | {"image": uploaded()}).text

    page = client.post(
        "/compare/", form | {"kept": kept_in(first), "image": uploaded(content=picture(56))}
    ).text

    assert kept_in(page) != kept_in(first)


def test_the_draw_pages_form_is_understood(client):
    page = client.post("/compare/", {"model": "tiny-clothes", "image": uploaded()}).text

    assert page.index('">tiny-clothes</a>') < page.index('">tiny-digits</a>')
    assert page.count('<ul class="bars"') == 2


def test_a_picture_that_cannot_be_read_is_told_for_each(client):
    page = client.post("/compare/", {"image": uploaded(content=b"no picture")}).text

    assert page.count("The file is no picture in a known format.") == 2


@pytest.mark.parametrize("form", [{}, {"kept": "!!!"}, {"kept": ""}])
def test_without_a_picture_one_is_asked_for(client, form):
    response = client.post("/compare/", form)

    assert response.status_code == 400
    assert "Choose a picture first." in response.text


def test_models_that_are_not_installed_give_way_to_those_that_are(client):
    response = client.get("/compare/?first=nobody&second=<script>")

    assert response.status_code == 200
    assert "nobody" not in response.text.split("</head>")[1].split("<footer")[0]


def test_one_model_alone_is_compared_with_itself(client, serve):
    serve(JOBLIB_METADATA)

    assert client.get("/compare/").status_code == 200


def test_two_answers_count_as_two_against_the_limit(client, settings):
    settings.RATE_LIMIT_PER_ADDRESS = 3

    first = client.post("/compare/", {"image": uploaded()})
    second = client.post("/compare/", {"image": uploaded()})

    assert (first.status_code, second.status_code) == (200, 429)
