"""`/tokens/`: a person's own tokens; a key is shown once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from predictor.access.tokens import find_token, issue_token
from predictor.models import APIToken


@pytest.fixture
def alices(client, alice):
    """A browser in which alice is logged in."""
    client.force_login(alice)
    return client


def test_a_stranger_is_sent_to_the_log_in(client, db):
    response = client.get("/tokens/")

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/tokens/"


def test_many_tokens_cost_no_more_questions_to_the_database(alices, alice, django_assert_max_num_queries):
    for number in range(10):
        issue_token(alice, name=f"token {number}")

    with django_assert_max_num_queries(4):
        alices.get("/tokens/")


def test_a_new_token_is_shown_once_with_a_ready_call(alices, alice):
    response = alices.post("/tokens/", {"name": "lab laptop", "expires_in_days": "30"})

    key = response.context["created"]["key"]
    page = response.content.decode()
    token = find_token(key)
    assert response.status_code == 201
    assert f'<pre class="command__text" id="key" tabindex="0">{key}</pre>' in page
    assert f'-H "Authorization: Token {key}" -F file=@7.png http://testserver/api/v1/predict</pre>' in page
    assert (token.owner, token.name, token.scopes) == (alice, "lab laptop", ["predict"])
    assert token.expires_at.date() == (timezone.now() + timedelta(days=30)).date()
    assert key not in alices.get("/tokens/").content.decode()


def test_a_page_that_shows_a_key_is_stored_nowhere(alices):
    response = alices.post("/tokens/", {"name": "lab laptop", "expires_in_days": ""})

    key = response.context["created"]["key"]
    assert "no-store" in response["Cache-Control"]
    assert key not in str(dict(alices.session))
    assert not response.cookies or key not in str(response.cookies)


def test_a_token_may_last_for_ever(alices, alice):
    alices.post("/tokens/", {"name": "lab laptop", "expires_in_days": ""})

    assert APIToken.objects.get(owner=alice).expires_at is None


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": " "}, {"name": "x" * 101}, {"expires_in_days": "7"}, {"expires_in_days": "x"}],
)
def test_a_form_that_does_not_fit_makes_no_token(alices, change):
    response = alices.post("/tokens/", {"name": "lab laptop", "expires_in_days": "30"} | change)

    assert response.status_code == 400
    assert APIToken.objects.count() == 0


def test_a_person_sees_only_their_own_tokens(alices, alice, bob):
    issue_token(alice, name="alices laptop")
    issue_token(bob, name="bobs laptop")

    page = alices.get("/tokens/").content.decode()

    assert "alices laptop" in page
    assert "bobs laptop" not in page


def test_a_token_is_revoked_after_one_more_question(alices, alice):
    key, token = issue_token(alice, name="laptop")
    address = f"/tokens/{token.public_id}/revoke/"

    question = alices.get(address)
    still_valid = find_token(key)
    answer = alices.post(address)

    assert "Revoke “laptop”?" in question.content.decode()
    assert still_valid == token
    assert answer["Location"] == "/tokens/"
    assert find_token(key) is None
    assert "Revoked" in alices.get("/tokens/").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_persons_token_does_not_exist(alices, bob, method):
    key, token = issue_token(bob, name="bobs laptop")

    response = getattr(alices, method)(f"/tokens/{token.public_id}/revoke/")

    assert response.status_code == 404
    assert find_token(key) == token


def test_a_stranger_revokes_nothing(client, alice):
    key, token = issue_token(alice, name="laptop")

    response = client.post(f"/tokens/{token.public_id}/revoke/")

    assert response.status_code == 302
    assert find_token(key) == token


def test_an_expired_token_is_shown_as_such(alices, alice):
    issue_token(alice, name="laptop", expires_at=timezone.now() - timedelta(days=1))

    assert '<span class="tag tag--bad">Expired</span>' in alices.get("/tokens/").content.decode()


def test_a_token_is_rotated_and_its_new_key_shown_once(alices, alice):
    key, token = issue_token(alice, name="laptop")
    address = f"/tokens/{token.public_id}/rotate/"

    question = alices.get(address)
    answer = alices.post(address, {"overlap": "3600"})

    new_key = answer.context["created"]["key"]
    page = answer.content.decode()
    assert "A new key for “laptop”?" in question.content.decode()
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    assert find_token(key).successor == find_token(new_key)
    assert new_key in page
    assert "The old key works until" in page
    assert '<span class="tag tag--doubt">Replaced</span>' in page
    assert new_key not in alices.get("/tokens/").content.decode()


@pytest.mark.parametrize("overlap", ["", "7", "soon", "-1"])
def test_an_overlap_that_is_not_on_offer_rotates_nothing(alices, alice, overlap):
    _, token = issue_token(alice, name="laptop")

    response = alices.post(f"/tokens/{token.public_id}/rotate/", {"overlap": overlap})

    assert response.status_code == 400
    assert APIToken.objects.count() == 1


def test_a_second_rotation_is_refused_in_words(alices, alice):
    _, token = issue_token(alice, name="laptop")
    alices.post(f"/tokens/{token.public_id}/rotate/", {"overlap": "3600"})

    again = alices.post(f"/tokens/{token.public_id}/rotate/", {"overlap": "3600"})

    assert again.status_code == 409
    assert "was rotated or revoked already" in again.content.decode()


def test_another_persons_token_is_not_rotated(alices, bob):
    _, token = issue_token(bob, name="bobs laptop")

    assert alices.post(f"/tokens/{token.public_id}/rotate/", {"overlap": "3600"}).status_code == 404
    assert APIToken.objects.get().successor is None


def test_a_token_can_be_limited_to_models(alices):
    form = {"name": "lab", "expires_in_days": "30", "models": ["mnist-sgd"]}

    made = alices.post("/tokens/", form)
    refused = alices.post("/tokens/", form | {"models": ["nobody"]})

    assert APIToken.objects.get().model_names == ["mnist-sgd"]
    assert "only mnist-sgd" in made.content.decode()
    assert refused.status_code == 400
