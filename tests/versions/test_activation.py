"""Choosing versions: verified first, refused without a trace, and kept in a history."""

from __future__ import annotations

from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from predictor.activation import (
    ActivationRefused,
    activate,
    roll_back,
    set_canary,
    set_shadow,
    switch_off,
    switch_on,
)
from predictor.audit import COMMAND_LINE, Author
from predictor.models import ActivationHistory, AuditEntry, ModelActivation, WorkerReport
from predictor.serving import UnknownModel
from tests.three_versions import damage


def history():
    return [
        (one.action, one.from_version, one.to_version, one.changed_by)
        for one in ActivationHistory.objects.order_by("pk")
    ]


def test_an_activated_version_is_kept_with_its_digest_and_the_one_before(site):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    row = ModelActivation.objects.get()
    assert (row.name, row.version, row.previous_version) == ("tiny-digits", "2.0.0", "1.2.3")
    assert len(row.digests["2.0.0"]) == 64
    assert history() == [("activate", "1.2.3", "2.0.0", "command line")]


def test_rolling_back_activates_the_version_before(site):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    row = roll_back("tiny-digits", author=COMMAND_LINE)

    assert (row.version, row.previous_version) == ("1.2.3", "")
    assert history()[1] == ("roll back", "2.0.0", "1.2.3", "command line")


def test_a_second_rollback_is_refused_and_does_not_lead_forward_again(site):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)
    roll_back("tiny-digits", author=COMMAND_LINE)

    with pytest.raises(ActivationRefused) as caught:
        roll_back("tiny-digits", author=COMMAND_LINE)

    assert caught.value.code == "nothing_to_roll_back"
    assert ModelActivation.objects.get().version == "1.2.3"
    assert len(history()) == 2


def test_activating_the_active_version_again_keeps_the_way_back(site):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    row = activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    assert (row.version, row.previous_version) == ("2.0.0", "1.2.3")


def test_without_a_worker_the_version_before_is_the_highest_of_the_others(site):
    WorkerReport.objects.all().delete()

    row = activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    assert row.previous_version == "3.0.0"


def test_each_change_is_in_the_history_and_the_audit_log_with_who_made_it(site, operator):
    author = Author(operator, "0123456789abcdef")

    activate("tiny-digits", "2.0.0", author=author)
    roll_back("tiny-digits", author=COMMAND_LINE)
    set_canary("tiny-digits", "2.0.0", 10, author=author)
    set_shadow("tiny-digits", "2.0.0", author=author)

    with_token = "operator (token 0123456789abcdef)"
    assert [by for *_, by in history()] == [with_token, "command line", with_token, with_token]
    used = {"with_token": "0123456789abcdef"}
    assert [(one.action, one.actor_name, one.details) for one in AuditEntry.objects.order_by("pk")] == [
        ("activated", "operator", {"from": "1.2.3", "to": "2.0.0"} | used),
        ("rolled_back", "command line", {"from": "2.0.0", "to": "1.2.3"}),
        ("canary_changed", "operator", {"from": None, "to": "2.0.0", "percent": 10} | used),
        ("shadow_changed", "operator", {"from": None, "to": "2.0.0"} | used),
    ]
    assert {(one.object_type, one.object_id) for one in AuditEntry.objects.all()} == {
        ("model", "tiny-digits")
    }


def test_a_choice_that_cannot_be_noted_is_not_made(site, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("no room")

    monkeypatch.setattr(AuditEntry.objects, "create", fail)

    with pytest.raises(RuntimeError), transaction.atomic():
        activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    assert not ModelActivation.objects.exists()
    assert history() == []


def test_a_model_is_switched_off_and_on_again(site, settings):
    settings.DEFAULT_MODEL = "another"

    off = switch_off("tiny-digits", author=COMMAND_LINE)
    on = switch_on("tiny-digits", author=COMMAND_LINE)

    assert (off.switched_off, on.switched_off, on.version) == (True, False, "1.2.3")
    assert [change[:3] for change in history()] == [
        ("switch off", "1.2.3", ""),
        ("switch on", "", "1.2.3"),
    ]
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["switched_off", "switched_on"]


def test_switching_to_what_is_already_so_changes_nothing(site, settings):
    settings.DEFAULT_MODEL = "another"
    for switch in (switch_off, switch_off, switch_on, switch_on):
        switch("tiny-digits", author=COMMAND_LINE)

    assert [action for action, *_ in history()] == ["switch off", "switch on"]


def test_a_model_that_is_switched_off_may_be_given_another_version_and_stays_off(site, settings):
    settings.DEFAULT_MODEL = "another"
    switch_off("tiny-digits", author=COMMAND_LINE)

    row = activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    assert (row.switched_off, row.version) == (True, "2.0.0")


def test_a_refused_package_is_not_switched_on(site, settings):
    settings.DEFAULT_MODEL = "another"
    switch_off("tiny-digits", author=COMMAND_LINE)
    damage(site / "tiny-digits" / "1.2.3")

    with pytest.raises(ActivationRefused, match="digest_mismatch") as caught:
        switch_on("tiny-digits", author=COMMAND_LINE)

    assert caught.value.code == "package_refused"
    assert ModelActivation.objects.get().switched_off
    assert [action for action, *_ in history()] == ["switch off"]


def test_the_default_model_is_not_switched_off(site):
    with pytest.raises(ActivationRefused, match="the default model") as caught:
        switch_off("tiny-digits", author=COMMAND_LINE)

    assert caught.value.code == "default_model"
    assert not ModelActivation.objects.exists()


@pytest.mark.parametrize("switch", [switch_off, switch_on])
def test_a_model_that_is_not_installed_is_not_switched(site, switch):
    with pytest.raises(UnknownModel):
        switch("nobody", author=COMMAND_LINE)

    assert not ModelActivation.objects.exists()


CHOICES = [
    partial(activate, "tiny-digits", "3.0.0"),
    partial(set_canary, "tiny-digits", "3.0.0", 10),
    partial(set_shadow, "tiny-digits", "3.0.0"),
]


@pytest.mark.parametrize("choose", CHOICES)
def test_a_refused_package_changes_nothing(site, choose):
    with pytest.raises(
        ActivationRefused, match=r"digest of card/metrics\.json .* \(digest_mismatch\)"
    ) as caught:
        choose(author=COMMAND_LINE)

    assert caught.value.code == "package_refused"
    assert not ModelActivation.objects.exists()
    assert not AuditEntry.objects.exists()
    assert history() == []


def test_a_rollback_to_a_package_that_went_bad_is_refused(site):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)
    damage(site / "tiny-digits" / "1.2.3")

    with pytest.raises(ActivationRefused, match="digest_mismatch"):
        roll_back("tiny-digits", author=COMMAND_LINE)

    assert ModelActivation.objects.get().version == "2.0.0"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("nobody", "1.0.0"),
        ("tiny-digits", "9.9.9"),
        ("..", "1.0.0"),
        ("tiny-digits", ".."),
        ("tiny-digits", "\0"),
    ],
)
def test_what_is_not_installed_is_unknown(site, name, version):
    with pytest.raises(UnknownModel):
        activate(name, version, author=COMMAND_LINE)

    assert not ModelActivation.objects.exists()


def test_a_canary_keeps_the_version_that_answers_now(site):
    row = set_canary("tiny-digits", "2.0.0", 10, author=COMMAND_LINE)

    assert (row.version, row.canary_version, row.canary_percent) == ("1.2.3", "2.0.0", 10)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_beyond_all_or_below_none_is_refused(site, percent):
    with pytest.raises(ActivationRefused) as caught:
        set_canary("tiny-digits", "2.0.0", percent, author=COMMAND_LINE)

    assert caught.value.code == "percent_invalid"


@pytest.mark.parametrize(
    "choose",
    [partial(set_canary, "tiny-digits", "2.0.0", 10), partial(set_shadow, "tiny-digits", "2.0.0")],
)
def test_the_active_version_is_no_second_one(site, choose):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    with pytest.raises(ActivationRefused) as caught:
        choose(author=COMMAND_LINE)

    assert caught.value.code == "already_active"


def test_a_version_that_becomes_active_ends_as_canary_and_shadow(site):
    set_canary("tiny-digits", "2.0.0", 10, author=COMMAND_LINE)
    set_shadow("tiny-digits", "2.0.0", author=COMMAND_LINE)

    row = activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    assert (row.canary_version, row.canary_percent, row.shadow_version) == ("", 0, "")


def test_canary_and_shadow_are_ended_by_naming_none(site):
    set_canary("tiny-digits", "2.0.0", 10, author=COMMAND_LINE)
    set_shadow("tiny-digits", "2.0.0", author=COMMAND_LINE)

    set_canary("tiny-digits", "", 0, author=COMMAND_LINE)
    row = set_shadow("tiny-digits", "", author=COMMAND_LINE)

    assert (row.version, row.canary_version, row.shadow_version) == ("1.2.3", "", "")


def test_the_command_activates_and_rolls_back(site, capsys):
    call_command("activate_model", "tiny-digits", "2.0.0")
    call_command("activate_model", "tiny-digits", "--rollback")

    assert capsys.readouterr().out == (
        "tiny-digits 2.0.0 is active; before: 1.2.3.\ntiny-digits 1.2.3 is active; before: 2.0.0.\n"
    )
    assert [by for *_, by in history()] == ["command line", "command line"]


@pytest.mark.parametrize("version", ["3.0.0", "9.9.9"])
def test_the_command_refuses_with_the_reason(site, version):
    with pytest.raises(CommandError, match=r"Nothing was changed\.") as caught:
        call_command("activate_model", "tiny-digits", version)

    assert caught.value.returncode == 1
    assert not ModelActivation.objects.exists()


@pytest.mark.parametrize("arguments", [(), ("2.0.0", "--rollback")])
def test_the_command_wants_a_version_or_a_rollback(site, arguments):
    with pytest.raises(CommandError):
        call_command("activate_model", "tiny-digits", *arguments)
