"""Several models: each page offers them, speaks of the chosen one, and keeps the choice in its address."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from predictor.pages.model_choice import describe_for_page
from tests.packages import JOBLIB_METADATA
from tests.web.conftest import uploaded
from tests.web.test_draw_page import CLOTHES, JSON

PAGES = ["/", "/upload/"]
FIELDS = {"/": "image", "/upload/": "images"}


@pytest.fixture(autouse=True)
def both(serve):
    """Serve a model of digits, the default one, and one of clothes."""
    return serve(JOBLIB_METADATA, CLOTHES)


@pytest.mark.parametrize("path", PAGES)
def test_without_a_choice_the_default_model_is_chosen(client, path):
    page = client.get(path).text

    assert '<option value="tiny-digits" selected>Tiny digits</option>' in page
    assert f'action="{path}"' in page


@pytest.mark.parametrize("path", PAGES)
def test_the_address_chooses(client, path):
    page = client.get(f"{path}?model=tiny-clothes").text

    assert '<option value="tiny-clothes" selected>Tiny clothes</option>' in page
    assert f'action="{path}?model=tiny-clothes"' in page


@pytest.mark.parametrize("path", PAGES)
def test_the_form_wins_over_the_address_and_is_kept(client, path):
    page = client.post(f"{path}?model=tiny-clothes", {FIELDS[path]: uploaded(), "model": "tiny-digits"}).text

    assert '<option value="tiny-digits" selected>Tiny digits</option>' in page
    assert f'action="{path}?model=tiny-digits"' in page


def test_a_form_that_names_no_model_is_answered_by_the_one_in_the_address(client):
    answer = client.post("/?model=tiny-clothes", {"image": uploaded()}, headers=JSON).json()
    csv = client.post("/upload/?model=tiny-clothes", {"images": uploaded(), "format": "csv"}).text

    assert answer["model"]["name"] == "tiny-clothes"
    assert '"tiny-clothes","1.2.3"' in csv


def test_the_draw_page_speaks_of_the_chosen_model(client):
    page = client.get("/?model=tiny-clothes").text

    assert "<title>Draw a picture · mnistsite</title>" in page
    assert "<h1>Draw a <span data-subject>picture</span></h1>" in page
    assert '<span class="bar__label">Sandal</span>' in page
    assert '<a data-model href="/models/tiny-clothes/">tiny-clothes 1.2.3</a>' in page


def test_an_answered_page_speaks_of_the_model_that_answered(client):
    page = client.post("/", {"image": uploaded(), "model": "tiny-clothes"}).text

    assert "<h1>Draw a <span data-subject>picture</span></h1>" in page
    assert '<a data-model href="/models/tiny-clothes/">tiny-clothes 1.2.3</a>' in page
    assert "Draw one <span data-subject>picture</span> with mouse" in page


def test_the_script_knows_what_to_say_of_every_model(client):
    page = client.get("/").text

    models = json.loads(re.search(r'<script id="models" type="application/json">(.+?)</script>', page)[1])
    assert list(models) == ["tiny-clothes", "tiny-digits"]
    assert models["tiny-digits"] == {"version": "1.2.3", "subject": "digit", "labels": list("0123456789")}
    assert models["tiny-clothes"]["subject"] == "picture"


def test_of_many_labels_a_page_lists_only_some():
    described = describe_for_page(replace(CLOTHES, labels=tuple(f"kind {number}" for number in range(100))))

    assert described["labels"] == [f"kind {number}" for number in range(20)]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["nobody", "tiny-clothes@1.2.3", "%00", "x" * 5000])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_names_no_installed_model_is_404(client, path, name, method):
    page = getattr(client, method)(f"{path}?model={name}")
    as_json = client.post(f"{path}?model={name}", headers=JSON)

    assert page.status_code == as_json.status_code == 404
    assert "There is no model" in page.text
    assert as_json.json()["error"]["code"] == "unknown_model"
    assert len(page.content) < 10_000


@pytest.mark.parametrize("path", PAGES)
def test_an_address_that_names_a_refused_model_is_503(client, both, path):
    (both[1] / "card" / "metrics.json").write_text("{}")

    assert client.get(f"{path}?model=tiny-clothes").status_code == 503
    assert client.get(path).status_code == 200


def test_the_draw_pages_fields_belong_to_its_form_wherever_they_stand(client):
    page = client.get("/").text

    assert '<select name="model" form="choose" id="id_model">' in page
    assert re.search(r'<input type="checkbox" name="explain" form="choose"[^>]* id="id_explain">', page)
