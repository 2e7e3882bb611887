"""A token's limits, its rotation and its use in the admin; and the audit log there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from predictor.access import usage
from predictor.access.rotation import rotate_token
from predictor.access.tokens import find_token, issue_token
from predictor.audit import AuditEntry
from predictor.models import APIToken, TokenUsage
from tests.web.clerks import clerk_with
from tests.web.test_admin_tokens import ADD, LIST

USAGE = "/admin/predictor/tokenusage/"
AUDIT = "/admin/predictor/auditentry/"


@pytest.fixture
def token(alice):
    _, token = issue_token(alice, name="laptop")
    return token


def test_a_new_token_can_be_limited(staff, alice):
    form = {"owner": alice.pk, "name": "lab", "scopes": ["predict"], "model_names": ["mnist-sgd"]}

    staff.post(ADD, form | {"rate_limit": "60"})

    token = APIToken.objects.get()
    assert (token.model_names, token.rate_limit) == (["mnist-sgd"], 60)


@pytest.mark.parametrize("change", [{"model_names": ["nobody"]}, {"rate_limit": "0"}, {"rate_limit": "-1"}])
def test_a_limit_that_cannot_be_makes_no_token(staff, alice, change):
    form = {"owner": alice.pk, "name": "lab", "scopes": ["predict"]}

    response = staff.post(ADD, form | change)

    assert "errorlist" in response.text
    assert not APIToken.objects.exists()


def test_limits_are_changed_and_the_audit_log_has_both(staff, token):
    address = f"{LIST}{token.pk}/limits/"

    question = staff.get(address)
    answer = staff.post(address, {"model_names": ["mnist-cnn"], "rate_limit": "7"}, follow=True)

    entry = AuditEntry.objects.filter(action="limits_changed").get()
    assert 'name="rate_limit"' in question.text
    assert "were changed" in answer.text
    assert "7, its own" in answer.text
    assert entry.details["before"] == {"models": [], "rate_limit": None}
    assert entry.details["after"] == {"models": ["mnist-cnn"], "rate_limit": 7}
    assert entry.actor_name == "operator"


def test_limits_that_cannot_be_change_nothing(staff, token):
    response = staff.post(f"{LIST}{token.pk}/limits/", {"rate_limit": "0"})

    assert "errorlist" in response.text
    assert APIToken.objects.get().rate_limit is None


def test_a_limit_holds_for_what_replaced_the_token(staff, token):
    _, new = rotate_token(token)

    staff.post(f"{LIST}{token.pk}/limits/", {"rate_limit": "7"})

    assert set(APIToken.objects.values_list("rate_limit", flat=True)) == {7}
    assert APIToken.objects.get(pk=new.pk).rate_limit == 7


def test_a_model_that_is_not_installed_any_more_stays_ticked(staff, alice):
    _, token = issue_token(alice, name="old", model_names=["long-gone"])

    page = staff.get(f"{LIST}{token.pk}/limits/").text

    assert re.search(r'value="long-gone"[^>]* checked', page)


def test_a_rotation_shows_the_new_key_once(staff, token):
    question = staff.get(f"{LIST}{token.pk}/rotate/")
    answer = staff.post(f"{LIST}{token.pk}/rotate/", {"overlap": "86400"})

    new = find_token(re.search(r"mns_[\w-]{43}", answer.text)[0])
    old = APIToken.objects.get(pk=token.pk)
    assert question.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert old.successor == new
    assert abs(old.expires_at - timezone.now() - timedelta(days=1)) < timedelta(minutes=1)
    assert AuditEntry.objects.filter(action="rotated", actor_name="operator").exists()


def test_a_token_is_not_rotated_twice(staff, token):
    rotate_token(token)

    answer = staff.post(f"{LIST}{token.pk}/rotate/", {"overlap": "0"}, follow=True)

    assert "was rotated or revoked already" in answer.text
    assert APIToken.objects.count() == 2


def test_who_may_only_view_tokens_changes_no_limit_and_rotates_nothing(client, django_user_model, token):
    clerk = clerk_with(client, django_user_model, "view_apitoken")

    page = clerk.get(f"{LIST}{token.pk}/change/").text
    statuses = [clerk.post(f"{LIST}{token.pk}/{name}/", {}).status_code for name in ("limits", "rotate")]

    assert "Change limits" not in page
    assert statuses == [403, 403]
    assert APIToken.objects.get().successor is None


def test_staff_rotate_no_token_of_a_superuser(client, django_user_model, operator):
    _, token = issue_token(operator, name="deploy", scopes=["admin:models"])
    clerk = clerk_with(client, django_user_model, "change_apitoken", "view_apitoken")

    assert clerk.post(f"{LIST}{token.pk}/rotate/", {"overlap": "0"}).status_code == 403
    assert APIToken.objects.get().successor is None


def test_a_tokens_page_draws_its_use_without_a_style_of_its_own(staff, token):
    usage.count(token, "accepted", 6)
    usage.count(token, "unsure", 2)
    usage.count(token, "limited", 4)

    page = staff.get(f"{LIST}{token.pk}/change/").text

    figure = re.search(r'<figure class="usage">.*</figure>', page, re.DOTALL)[0]
    assert "style=" not in figure
    assert 'class="usage__accepted" x="583" y="60.0" width="14" height="60.0"' in figure
    assert 'class="usage__doubt" x="583" y="40.0" width="14" height="20.0"' in figure
    assert "6 accepted, 2 not accepted, 4 over the limit</title>" in figure
    assert "over the limit <strong>4</strong>" in figure
    assert '<link rel="stylesheet" href="/static/predictor/admin.css">' in page


def test_use_is_listed_filtered_and_drawn(staff, token, alice):
    _, other = issue_token(alice, name="other")
    usage.count(token, "accepted", 6)
    usage.count(other, "bad_picture", 2)
    TokenUsage.objects.create(token=token, day="2026-01-02", outcome="accepted", count=1)

    everything = staff.get(USAGE)
    of_one = staff.get(f"{USAGE}?token__id__exact={token.pk}")
    of_one_day = staff.get(f"{USAGE}?day__year=2026&day__month=1&day__day=2")

    def rows(page):
        return sorted((row.outcome, row.count) for row in page.context["cl"].queryset)

    assert rows(everything) == [("accepted", 1), ("accepted", 6), ("bad_picture", 2)]
    assert rows(of_one) == [("accepted", 1), ("accepted", 6)]
    assert rows(of_one_day) == [("accepted", 1)]
    assert "bad picture <strong>2</strong>" in everything.text
    assert "bad picture <strong>0</strong>" in of_one.text


def test_the_use_and_the_log_are_read_and_never_written(staff, token):
    usage.count(token, "accepted")
    entry, row = AuditEntry.objects.get(), TokenUsage.objects.get()

    assert "laptop" in staff.get(AUDIT).text
    assert staff.get(f"{AUDIT}{entry.pk}/change/").status_code == 200
    for address in (f"{AUDIT}add/", f"{USAGE}add/"):
        assert staff.get(address).status_code == 403
    for address in (f"{AUDIT}{entry.pk}/", f"{USAGE}{row.pk}/"):
        assert staff.post(f"{address}change/", {"action": "x", "count": "9"}).status_code == 403
        assert staff.post(f"{address}delete/", {"post": "yes"}).status_code == 403


def test_a_deleted_token_takes_its_use_along_and_leaves_an_entry(staff, token):
    usage.count(token, "accepted")

    staff.post(f"{LIST}{token.pk}/delete/", {"post": "yes"})

    assert not APIToken.objects.exists()
    assert not TokenUsage.objects.exists()
    assert AuditEntry.objects.filter(action="deleted", object_id=token.public_id).exists()
