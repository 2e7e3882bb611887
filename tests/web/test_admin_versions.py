"""Model versions in the admin: seen by who may look, changed by who may change, refused with the reason."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from predictor.activation import activate, set_canary, set_shadow
from predictor.audit import COMMAND_LINE
from predictor.models import AuditEntry, ModelActivation, ShadowCount
from predictor.versions.watcher import Watcher
from tests.three_versions import site
from tests.web.clerks import clerk_with

__all__ = ["site"]

PAGE = "/admin/predictor/modelactivation/"


def press(client, **form):
    response = client.post(PAGE, {"name": "tiny-digits"} | form)
    return response, [str(message) for message in get_messages(response.wsgi_request)]


def test_every_version_is_listed_with_its_state(staff):
    page = staff.get(PAGE).text

    assert "signed by tests" in page
    assert page.count("Not loaded") == 2
    assert page.index("3.0.0") < page.index("2.0.0") < page.index("1.2.3")
    assert "Nothing was changed yet." in page


def test_a_version_is_activated_and_rolled_back(staff):
    _, activated = press(staff, action="activate", version="2.0.0")
    Watcher().look()
    page = staff.get(PAGE).text
    press(staff, action="rollback")

    assert activated == ["tiny-digits: 2.0.0 is wanted as the active version. Workers follow within seconds."]
    assert "Roll back to 1.2.3" in page
    assert ModelActivation.objects.get().version == "1.2.3"
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "activate 2.0.0",
        "rollback",
    ]
    assert [(entry.action, entry.actor_name) for entry in AuditEntry.objects.order_by("pk")] == [
        ("activated", "operator"),
        ("rolled_back", "operator"),
    ]


def test_canary_and_shadow_are_set_and_ended(staff):
    press(staff, action="canary", version="2.0.0", percent="15")
    press(staff, action="shadow", version="2.0.0")
    row = ModelActivation.objects.get()
    Watcher().look()
    page = staff.get(PAGE).text
    press(staff, action="canary", version="")
    press(staff, action="shadow", version="")

    assert (row.canary_version, row.canary_percent, row.shadow_version) == ("2.0.0", 15, "2.0.0")
    assert "Canary 15 %, shadow" in page
    assert "End canary" in page
    row.refresh_from_db()
    assert (row.canary_version, row.canary_percent, row.shadow_version) == ("", 0, "")


def test_a_model_is_switched_off_and_on(staff, settings):
    settings.DEFAULT_MODEL = "another"
    _, off = press(staff, action="switch_off")
    Watcher().look()
    page = staff.get(PAGE).text
    _, on = press(staff, action="switch_on")
    Watcher().look()

    assert off == ["tiny-digits is switched off: no version of it answers. Workers follow within seconds."]
    assert "Switched off: no version answers." in page
    assert "Switched off, active" in page
    assert on == ["tiny-digits: 1.2.3 is wanted as the active version. Workers follow within seconds."]
    assert "Switched off" not in staff.get(PAGE).text


def test_the_default_model_has_no_button_to_switch_it_off(staff):
    assert "Switch off" not in staff.get(PAGE).text


REFUSED = [
    ({"action": "activate", "version": "3.0.0"}, "(digest_mismatch)"),
    ({"action": "activate", "version": "9.9.9"}, "There is no"),
    ({"action": "activate", "version": ""}, "Choose the version to activate."),
    ({"action": "canary", "version": "2.0.0"}, "A canary needs a share in percent."),
    ({"action": "canary", "version": "2.0.0", "percent": "101"}, "less than or equal to 100"),
    ({"action": "canary", "version": "1.2.3", "percent": "10"}, "is the active version"),
    ({"action": "switch_off"}, "is the default model"),
    ({"action": "rollback"}, "no previous version is known"),
    ({"action": "fly"}, "is not one of the available choices"),
]


@pytest.mark.parametrize(("form", "reason"), REFUSED)
def test_what_is_refused_changes_nothing_and_says_why(staff, form, reason):
    response, (message,) = press(staff, **form)

    assert response.status_code == 302
    assert reason in message
    assert not ModelActivation.objects.exists()
    assert not LogEntry.objects.exists()


def test_what_a_worker_could_not_load_is_shown_with_the_reason(staff, site):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)
    (site / "tiny-digits" / "2.0.0" / "model.sig").unlink()
    Watcher().look()

    page = staff.get(PAGE).text

    assert "Active tiny-digits 2.0.0" in page
    assert "there is no model.sig" in page
    assert "(signature_missing)" in page


def test_agreement_of_a_shadow_is_shown(staff):
    ShadowCount.objects.create(
        name="tiny-digits", version="2.0.0", compared_with="1.2.3", agreed=981, disagreed=19
    )

    page = staff.get(PAGE).text

    assert "<td>981</td><td>19</td>" in page


def test_who_may_look_sees_no_button_and_may_press_none(client, django_user_model):
    set_canary("tiny-digits", "2.0.0", 10, author=COMMAND_LINE)
    set_shadow("tiny-digits", "2.0.0", author=COMMAND_LINE)
    clerk = clerk_with(client, django_user_model, "view_modelactivation")

    page = clerk.get(PAGE)
    pressed, _ = press(clerk, action="activate", version="2.0.0")

    assert page.status_code == 200
    assert 'name="action"' not in page.text
    assert pressed.status_code == 403
    assert ModelActivation.objects.get().version == "1.2.3"


def test_the_permission_to_change_is_enough(client, django_user_model):
    clerk = clerk_with(client, django_user_model, "change_modelactivation", "view_modelactivation")

    press(clerk, action="activate", version="2.0.0")

    assert ModelActivation.objects.get().version == "2.0.0"


def test_others_on_the_staff_see_nothing(client, django_user_model):
    assert clerk_with(client, django_user_model).get(PAGE).status_code == 403


def test_a_row_has_no_page_to_edit_and_none_is_added_or_deleted(staff):
    row = activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    assert staff.get(f"{PAGE}{row.pk}/change/")["Location"] == PAGE
    assert staff.get(f"{PAGE}add/").status_code == 403
    assert staff.post(f"{PAGE}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_page_holds_no_style_and_no_script_of_its_own(staff):
    set_canary("tiny-digits", "2.0.0", 10, author=COMMAND_LINE)
    content = staff.get(PAGE).text.partition('id="content"')[2].partition("</main>")[0]

    assert " style=" not in content
    assert "<script" not in content
