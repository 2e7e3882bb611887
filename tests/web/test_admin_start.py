"""The administration's first page tells what needs attention, of what each member of staff may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from predictor.access.tokens import issue_token
from predictor.feedback.rows import Feedback
from predictor.models import TokenUsage
from tests.packages import JOBLIB_METADATA
from tests.web.clerks import clerk_with
from tests.web.conftest import picture

pytestmark = pytest.mark.usefixtures("tiny_digits")


@pytest.fixture
def feedback(db):
    """Two pictures that wait for review, one of which was answered wrongly."""
    common = {
        "picture": picture(),
        "model_name": "tiny-digits",
        "model_version": "1.2.3",
        "answer": "7",
        "confidence": 0.9,
        "accepted": True,
    }
    return [Feedback.objects.create(**common, correct_label=label) for label in ("7", "1")]


def test_where_all_is_well_it_says_so(staff):
    page = staff.get("/admin/").text

    assert "Nothing: every package was verified" in page
    assert "<dd>1 of 1</dd>" in page


def test_tokens_that_end_soon_are_told_and_listed(staff, operator):
    issue_token(operator, name="ending", expires_at=timezone.now() + timedelta(days=3))
    issue_token(operator, name="lasting", expires_at=timezone.now() + timedelta(days=300))

    page = staff.get("/admin/").text
    listed = staff.get("/admin/predictor/apitoken/?state=soon").text

    assert '<a href="/admin/predictor/apitoken/?state=soon">Tokens that end within 14 days: 1</a>' in page
    assert "ending" in listed
    assert "lasting" not in listed


def test_a_refused_package_is_urgent(staff, serve):
    (folder,) = serve(JOBLIB_METADATA)
    (folder / "card" / "metrics.json").write_bytes(b"{}")

    page = staff.get("/admin/").text

    assert "attention__item--urgent" in page
    assert "Package refused: tiny-digits 1.2.3 (digest_mismatch)" in page


def test_a_high_share_of_doubts_is_told(staff, operator):
    _, token = issue_token(operator, name="busy")
    today = datetime.now(UTC).date()
    for outcome, count in (("accepted", 60), ("unsure", 40)):
        TokenUsage.objects.create(token=token, day=today, outcome=outcome, count=count)

    assert "Models do not stand by 40% of their answers in the last 7 days" in staff.get("/admin/").text


def test_staff_see_of_it_what_they_may_see(client, django_user_model, feedback):
    clerk = clerk_with(client, django_user_model, "view_apitoken")

    page = clerk.get("/admin/").text

    assert "tokens work" in page
    assert "Feedback that waits" not in page


def test_feedback_is_shown_as_pictures_and_filtered(staff, feedback):
    every = staff.get("/admin/predictor/feedback/").text
    wrong = staff.get("/admin/predictor/feedback/?right=no").text

    assert every.count('class="feedback-picture"') == 2
    assert wrong.count('class="feedback-picture"') == 1
    assert "Feedback that waits for review: 2" in staff.get("/admin/").text


@pytest.mark.parametrize(
    ("action", "label", "review", "labels"),
    [
        ("keep", "", "kept", ["7", "1"]),
        ("label", "4", "kept", ["4", "4"]),
        ("discard", "", "discarded", ["", ""]),
        ("label", "", "open", ["", ""]),
    ],
)
def test_pictures_are_reviewed_together(staff, operator, feedback, action, label, review, labels):
    form = {"action": action, "label": label, "_selected_action": [one.pk for one in feedback]}

    staff.post("/admin/predictor/feedback/", form)

    rows = Feedback.objects.order_by("pk")
    assert [row.review for row in rows] == [review, review]
    assert [row.reviewed_label for row in rows] == labels
    assert {row.reviewed_by for row in rows} == {None if review == "open" else operator}


def test_one_picture_is_reviewed_on_its_own_page(staff, operator, feedback):
    address = f"/admin/predictor/feedback/{feedback[0].pk}/change/"

    staff.post(address, {"review": "kept", "reviewed_label": "7", "answer": "9"})

    row = Feedback.objects.get(pk=feedback[0].pk)
    assert (row.review, row.reviewed_label, row.reviewed_by, row.answer) == ("kept", "7", operator, "7")


def test_a_version_is_verified_and_nothing_changed(staff):
    form = {"action": "verify", "name": "tiny-digits", "version": "1.2.3"}

    response = staff.post("/admin/predictor/modelactivation/", form)
    told = [str(message) for message in get_messages(response.wsgi_request)]
    page = staff.get("/admin/predictor/modelactivation/").text

    assert "Sound: tiny-digits 1.2.3, sha256:" in told[0]
    assert "Nothing was changed yet." in page
