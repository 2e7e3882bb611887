"""`POST /api/v1/token`: user name and password in, a key out."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from predictor.access.tokens import find_token
from predictor.models import APIToken
from tests.api.uploads import as_file, post_json
from tests.people import PASSWORD

TOKEN = "/api/v1/token"
GOOD = {"username": "alice", "password": PASSWORD}


def basic(text):
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


def error(response):
    return response.status_code, response.json()["error"]["code"]


def test_json_credentials_give_a_key_that_works(client, alice, picture):
    response = post_json(client, TOKEN, GOOD)

    answer = response.json()
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    assert answer["scopes"] == ["predict"]
    assert answer["expires"] is None
    assert answer["url"] == f"http://testserver/api/v1/tokens/{answer['id']}"
    headers = {"Authorization": f"Token {answer['key']}"}
    assert client.post("/predict", {"file": as_file(picture)}, headers=headers).status_code == 200


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_do_as_well(client, alice, content_type):
    if content_type == "multipart/form-data":
        response = client.post(TOKEN, GOOD | {"scopes": ["predict", "feedback"]})
    else:
        body = f"username=alice&password={PASSWORD.replace(' ', '+')}&scopes=predict&scopes=feedback"
        response = client.post(TOKEN, body, content_type=content_type)

    assert response.status_code == 201
    assert response.json()["scopes"] == ["predict", "feedback"]


def test_http_basic_does_as_well_with_and_without_a_body(client, alice):
    bare = client.post(TOKEN, headers=basic(f"alice:{PASSWORD}"))
    described = client.post(
        TOKEN, '{"name": "lab"}', content_type="application/json", headers=basic(f"alice:{PASSWORD}")
    )

    assert [bare.status_code, described.status_code] == [201, 201]
    assert [bare.json()["name"], described.json()["name"]] == ["API client", "lab"]


def test_a_password_may_hold_colons_spaces_and_any_letters(client, django_user_model):
    password = " pässwörd: with :colons: and 🔑 "
    django_user_model.objects.create_user("dora", password=password)

    assert client.post(TOKEN, headers=basic(f"dora:{password}")).status_code == 201
    assert post_json(client, TOKEN, {"username": "dora", "password": password}).status_code == 201


def test_name_scopes_and_expiry_are_as_asked(client, alice):
    response = post_json(
        client, TOKEN, GOOD | {"name": "lab", "scopes": ["feedback", "feedback"], "expires_in_days": 30}
    )

    token = APIToken.objects.get()
    assert response.status_code == 201
    assert (token.name, token.scopes, token.owner) == ("lab", ["feedback"], alice)
    assert abs(token.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "change",
    [
        {"password": "wrong"},
        {"username": "nobody"},
        {"username": "ALICE"},
        {"password": f" {PASSWORD}"},
    ],
)
def test_wrong_credentials_are_401_and_store_nothing(client, alice, change):
    response = post_json(client, TOKEN, GOOD | change)

    assert error(response) == (401, "invalid_credentials")
    assert response["WWW-Authenticate"] == 'Basic realm="mnistsite"'
    assert not APIToken.objects.exists()


def test_a_page_is_not_answered_with_the_challenge_that_opens_a_browsers_window(client, alice):
    response = client.post(TOKEN, GOOD | {"password": "wrong"}, headers={"Accept": "text/html"})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Form realm="mnistsite"'


def test_an_inactive_user_is_as_unknown_as_a_wrong_password(client, alice):
    alice.is_active = False
    alice.save()

    assert error(post_json(client, TOKEN, GOOD)) == (401, "invalid_credentials")


@pytest.mark.parametrize(
    "change",
    [
        {"username": ""},
        {"username": None},
        {"username": ["alice"]},
        {"username": {"a": 1}},
        {"username": "al\x00ice"},
        {"username": "\ud800"},
        {"username": "x" * 151},
        {"password": ""},
        {"password": "\x00"},
        {"password": "x" * 5000},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "\x00"},
        {"scopes": []},
        {"scopes": "predict"},
        {"scopes": ["fly"]},
        {"scopes": [{}]},
        {"scopes": [["predict"]]},
        {"scopes": ["predict"] * 100},
        {"scopes": {"predict": True}},
        {"models": "tiny-digits"},
        {"models": ["nobody"]},
        {"models": [["tiny-digits"]]},
        {"models": ["tiny-digits@1.2.3"]},
        {"models": ["tiny-digits"] * 101},
        {"models": None},
        {"expires_in_days": 0},
        {"expires_in_days": -1},
        {"expires_in_days": 3651},
        {"expires_in_days": 1.5},
        {"expires_in_days": "soon"},
        {"expires_in_days": True},
        {"expires_in_days": 10**400},
    ],
)
def test_a_malformed_request_is_400_and_names_the_field(client, alice, change):
    response = post_json(client, TOKEN, GOOD | change)

    assert error(response) == (400, "invalid_request")
    assert response.json()["error"]["message"].startswith(f"{next(iter(change))}: ")
    assert not APIToken.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic /w==", "Basic YWxpY2U=", "Basic YWxpY2U6AA=="])
def test_a_malformed_basic_header_is_400(client, header):
    assert error(client.post(TOKEN, headers={"Authorization": header})) == (400, "invalid_request")


def test_a_token_or_a_session_makes_no_token(program, browser):
    assert error(program.post(TOKEN)) == (400, "invalid_request")
    assert browser.post(TOKEN, headers={"Accept": "application/json"}).status_code == 400


def test_only_a_superuser_gets_a_token_for_administering_models(client, alice, operator):
    wanted = {"password": PASSWORD, "scopes": ["predict", "admin:models"]}

    refused = post_json(client, TOKEN, wanted | {"username": "alice"})
    given = post_json(client, TOKEN, wanted | {"username": "operator"})

    assert error(refused) == (403, "scope_not_allowed")
    assert given.status_code == 201
    assert APIToken.objects.get().owner == operator


@pytest.fixture
def locked(client, alice, settings):
    """A client whose failures have locked alice's name for its address."""
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = post_json(client, TOKEN, GOOD | {"password": "wrong"})
    assert last.status_code == 429
    return client


def test_the_right_password_is_refused_while_locked(locked):
    response = post_json(locked, TOKEN, GOOD)

    assert error(response) == (429, "locked_out")
    assert response["Retry-After"] == "900"
    assert "WWW-Authenticate" not in response
    assert not APIToken.objects.exists()


def test_http_basic_meets_the_same_lock(locked):
    assert error(locked.post(TOKEN, headers=basic(f"alice:{PASSWORD}"))) == (429, "locked_out")


def test_the_lock_is_for_one_name_from_one_address(locked, bob):
    assert post_json(locked, TOKEN, {"username": "bob", "password": PASSWORD}).status_code == 201
    assert post_json(Client(REMOTE_ADDR="192.0.2.7"), TOKEN, GOOD).status_code == 201


def test_the_log_in_page_and_the_endpoint_share_the_count(locked):
    assert locked.post("/accounts/login/", GOOD).status_code == 429


def test_a_right_password_ends_the_count(client, alice, settings):
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            post_json(client, TOKEN, GOOD | {"password": "wrong"})
        assert post_json(client, TOKEN, GOOD).status_code == 201


def test_a_log_in_without_a_session_leaves_no_cookie(client, alice):
    response = post_json(client, TOKEN, GOOD)

    assert not response.cookies
    assert find_token(response.json()["key"]).owner == alice
