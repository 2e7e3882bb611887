"""Tokens in the admin: made with the key shown once, listed, filtered, revoked, and never edited."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.utils import timezone

from predictor.access.tokens import find_token, issue_token, revoke_token
from predictor.models import APIToken
from tests.web.clerks import clerk_with

LIST = "/admin/predictor/apitoken/"
ADD = f"{LIST}add/"


def names(response):
    return sorted(token.name for token in response.context["cl"].queryset)


def test_a_new_tokens_key_is_in_the_answer_and_the_answer_is_not_stored(staff, alice):
    form = {"owner": alice.pk, "name": "lab laptop", "scopes": ["predict", "feedback"]}

    response = staff.post(ADD, form)

    key = re.search(r"mns_[\w-]{43}", response.text)[0]
    token = find_token(key)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert (token.owner, token.name, token.scopes) == (alice, "lab laptop", ["predict", "feedback"])
    assert list(get_messages(response.wsgi_request)) == []
    assert LogEntry.objects.get().object_repr == f"lab laptop ({token.public_id})"


def test_an_expiry_can_be_given(staff, alice):
    form = {"owner": alice.pk, "name": "x", "scopes": ["predict"], "expires_at_0": "2030-01-02"}

    staff.post(ADD, form | {"expires_at_1": "03:04"})

    assert APIToken.objects.get().expires_at.isoformat() == "2030-01-02T03:04:00+00:00"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 101}, "at most 100"),
        ({"name": "\x00"}, "Null characters"),
        ({"scopes": []}, "This field is required"),
        ({"scopes": ["fly"]}, "fly is not one of the available choices"),
        ({"scopes": ["admin:models"]}, "may not give the scope"),
        ({"owner": ""}, "This field is required"),
        ({"owner": "999"}, "not one of the available choices"),
    ],
)
def test_a_form_with_a_mistake_makes_no_token(staff, alice, change, problem):
    form = {"owner": alice.pk, "name": "lab laptop", "scopes": ["predict"]}

    response = staff.post(ADD, form | change)

    assert problem in response.text
    assert not APIToken.objects.exists()


def test_the_form_offers_scopes_to_tick_and_one_button(staff):
    page = staff.get(ADD).text

    assert 'type="checkbox" name="scopes" value="predict"' in page
    assert 'name="_save"' in page
    assert 'name="_addanother"' not in page
    assert 'name="_continue"' not in page


@pytest.fixture
def assorted(alice, bob):
    """A token of each state, with names to tell them apart."""
    hour = timedelta(hours=1)
    issue_token(alice, name="usable", expires_at=timezone.now() + hour)
    issue_token(alice, name="expired", expires_at=timezone.now() - hour)
    _, revoked = issue_token(bob, name="revoked", scopes=["predict", "feedback"])
    revoke_token(revoked)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["expired", "revoked", "usable"]),
        ("state=usable", ["usable"]),
        ("state=expired", ["expired"]),
        ("state=revoked", ["revoked"]),
        ("scope=feedback", ["revoked"]),
        ("scope=predict", ["expired", "revoked", "usable"]),
        ("scope=predict&state=usable", ["usable"]),
        ("scope=feedback&q=usable", []),
        ("q=usable", ["usable"]),
        ("q=bob", ["revoked"]),
    ],
)
def test_the_list_is_searched_and_filtered(staff, assorted, query, expected):
    assert names(staff.get(f"{LIST}?{query}")) == expected


def test_the_list_is_filtered_by_owner(staff, assorted, bob):
    assert names(staff.get(f"{LIST}?owner__id__exact={bob.pk}")) == ["revoked"]


def test_the_list_tells_state_scopes_and_last_use(staff, assorted):
    APIToken.objects.filter(name="usable").update(last_used_at="2026-01-02T03:04Z")

    page = staff.get(LIST).text

    assert '<td class="field-state">revoked</td>' in page
    assert "predict, feedback" in page
    assert "2 Jan 2026" in page


def test_selected_tokens_are_revoked_and_the_history_says_by_whom(staff, assorted, operator):
    tokens = APIToken.objects.in_bulk().keys()

    page = staff.post(LIST, {"action": "revoke", "_selected_action": list(tokens)}, follow=True)

    assert "2 API tokens were revoked." in page.text
    assert not APIToken.objects.filter(revoked_at=None).exists()
    assert {entry.user for entry in LogEntry.objects.all()} == {operator}
    assert {entry.get_change_message() for entry in LogEntry.objects.all()} == {"Revoked."}


def test_a_token_is_shown_but_never_edited(staff, alice):
    _, token = issue_token(alice, name="laptop")
    address = f"{LIST}{token.pk}/change/"

    page = staff.get(address)
    edited = staff.post(address, {"name": "changed", "owner": alice.pk, "scopes": ["predict"]})

    assert page.status_code == 200
    assert token.public_id in page.text
    assert token.digest not in page.text
    assert 'name="name"' not in page.text
    assert edited.status_code == 403
    assert APIToken.objects.get().name == "laptop"


def test_who_may_only_view_can_neither_make_nor_revoke(client, django_user_model, alice):
    _, token = issue_token(alice, name="laptop")
    clerk = clerk_with(client, django_user_model, "view_apitoken")

    listed = clerk.get(LIST)
    clerk.post(LIST, {"action": "revoke", "_selected_action": [token.pk]})

    assert listed.status_code == 200
    assert 'value="revoke"' not in listed.text
    assert clerk.get(ADD).status_code == 403
    assert APIToken.objects.get().revoked_at is None


def test_who_may_change_tokens_can_revoke_but_not_delete_them(client, django_user_model, alice):
    _, token = issue_token(alice, name="laptop")
    clerk = clerk_with(client, django_user_model, "change_apitoken", "delete_apitoken")

    clerk.post(LIST, {"action": "revoke", "_selected_action": [token.pk]})

    assert APIToken.objects.get().revoked_at is not None
    assert clerk.post(f"{LIST}{token.pk}/delete/", {"post": "yes"}).status_code == 403


def test_users_without_staff_rights_see_nothing_of_it(client, alice):
    client.force_login(alice)

    assert client.get(LIST)["Location"].startswith("/admin/login/")


def test_the_admin_carries_the_products_name(staff):
    assert "mnistsite" in staff.get("/admin/").text


def test_staff_make_no_token_for_a_superuser_whose_scopes_they_lack(
    client, django_user_model, alice, operator
):
    clerk = clerk_with(client, django_user_model, "add_apitoken", "view_apitoken")

    refused = clerk.post(ADD, {"owner": operator.pk, "name": "x", "scopes": ["admin:models"]})
    allowed = clerk.post(ADD, {"owner": alice.pk, "name": "y", "scopes": ["predict"]})

    assert "Only a superuser makes tokens for a superuser." in refused.text
    assert "mns_" in allowed.text
    assert [token.name for token in APIToken.objects.all()] == ["y"]
