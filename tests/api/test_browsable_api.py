"""The API in a browser: pages of this site, with forms that work, and nothing that the policy forbids."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from predictor.access.tokens import find_token
from predictor.models import APIToken
from tests.api.uploads import as_file
from tests.people import PASSWORD

PATHS = [
    "/api/v1/",
    "/api/v1/predict",
    "/predict",
    "/api/v1/predict/batch",
    "/api/v1/read",
    "/api/v1/feedback",
    "/api/v1/models",
    "/api/v1/models/tiny-digits",
    "/api/v1/models/tiny-digits/versions/1.2.3",
    "/api/v1/models/tiny-digits/versions/1.2.3/predict",
    "/api/v1/token",
    "/api/v1/tokens",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_address_is_a_page_of_this_site_without_inline_code(browser, path):
    response = browser.get(path)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert 'class="brand" href="/"' in response.text
    assert "Django REST framework" not in response.text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", response.text)
    for script in re.findall(r"<script[^>]*>", response.text):
        assert 'src="/static/' in script or 'type="application/json"' in script


def test_links_lead_from_the_root_to_a_model(browser):
    root = browser.get("/api/v1/").text

    (models,) = re.findall(r'<a href="http://testserver(/api/v1/models)"', root)
    assert '<a href="http://testserver/api/v1/models/tiny-digits/versions/1.2.3"' in browser.get(models).text


def test_opening_the_predict_address_invites_instead_of_failing(browser):
    page = browser.get("/api/v1/predict")

    assert page.status_code == 200
    assert "405" not in page.text
    assert "not allowed" not in page.text
    assert "One picture in, one prediction out." in page.text
    assert "curl -H" in page.text
    assert '<input id="id_file" name="file" type="file"' in page.text
    assert '<option value="tiny-digits">' in page.text
    assert 'enctype="multipart/form-data"' in page.text
    assert "_content_type" not in page.text


def test_a_stranger_is_invited_to_log_in(client, db):
    page = client.get("/api/v1/predict", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert "curl -H" in page.text
    assert 'href="/accounts/login/?next=/api/v1/predict"' in page.text
    assert 'type="file"' not in page.text


def test_the_upload_form_shows_the_answer(alice, picture):
    client = Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})
    client.force_login(alice)
    form = client.get("/api/v1/predict").text
    csrf_token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    fields = {"csrfmiddlewaretoken": csrf_token, "file": as_file(picture), "model": ""}

    page = client.post("/api/v1/predict", fields)
    answer = client.post(
        "/api/v1/predict", fields | {"file": as_file(picture)}, headers={"Accept": "*/*"}
    ).json()

    assert page.status_code == 200
    assert "200 OK" in page.text
    assert f"&quot;digit&quot;: {answer['digit']}," in page.text
    assert f"&quot;confidence&quot;: {answer['confidence']}," in page.text
    assert 'type="file"' in page.text


def test_a_form_sent_empty_says_what_is_missing(browser):
    page = browser.post("/api/v1/predict", {"model": ""})

    assert page.status_code == 400
    assert "missing_file" in page.text
    assert 'type="file"' in page.text


@pytest.mark.django_db
def test_a_failure_of_a_stranger_is_shown_as_a_page(client):
    page = client.get("/api/v1/tokens", headers={"Accept": "text/html"})

    assert page.status_code == 401
    assert "not_authenticated" in page.text
    assert 'href="/accounts/login/?next=/api/v1/tokens"' in page.text


def test_the_credentials_form_gives_a_key(client, alice):
    form = client.get("/api/v1/token", headers={"Accept": "text/html"}).text
    assert 'name="password" type="password" value=""' in form
    assert '<input type="checkbox" name="scopes" value="predict" checked>' in form
    fields = {
        "username": "alice",
        "password": PASSWORD,
        "name": "lab",
        "scopes": "predict",
        "expires_in_days": "",
    }

    page = client.post("/api/v1/token", fields, headers={"Accept": "text/html"})

    key = re.search(r"mns_[\w-]{43}", page.text)[0]
    assert page.status_code == 201
    assert page["Cache-Control"] == "no-store"
    assert find_token(key).name == "lab"
    assert PASSWORD not in page.text


def test_a_refused_password_is_not_repeated(client, alice):
    page = client.post(
        "/api/v1/token", {"username": "alice", "password": "my wrong one"}, headers={"Accept": "text/html"}
    )

    assert page.status_code == 401
    assert "my wrong one" not in page.text


def test_a_tokens_page_has_a_button_to_delete_it(browser, alice_key):
    address = f"/api/v1/tokens/{find_token(alice_key).public_id}"
    page = browser.get(address)

    assert f'action="{address}" data-method="DELETE"' in page.text
    assert "rest_framework/js/ajax-form.js" in page.text
    assert browser.delete(address).status_code == 200  # A page about the 204.
    assert APIToken.objects.get().revoked_at is not None


def test_no_page_offers_to_delete_what_cannot_be_deleted(browser):
    assert "data-method" not in browser.get("/api/v1/tokens").text
