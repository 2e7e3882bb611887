"""`POST /api/v1/feedback`: programs pass on what people say of answers."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image

from predictor.access.tokens import issue_token
from predictor.models import Feedback
from tests.api.refusals import assert_refused
from tests.api.uploads import as_file, as_json, post_json

FEEDBACK = "/api/v1/feedback"


@pytest.fixture
def teacher(alice):
    """A client whose token may say what pictures show."""
    key, _token = issue_token(alice, name="labelling", scopes=["feedback"])
    return Client(headers={"Authorization": f"Token {key}"})


def test_a_word_is_kept_with_picture_answer_and_version(teacher, alice, picture):
    response = teacher.post(FEEDBACK, {"file": as_file(picture), "label": "7", "model": "tiny-digits@1.2.3"})

    answer = response.json()
    assert response.status_code == 201
    assert list(answer) == ["label", "answer", "right", "model", "request_id"]
    assert answer["model"] == {"name": "tiny-digits", "version": "1.2.3"}
    (kept,) = Feedback.objects.all()
    assert (kept.correct_label, kept.answer, kept.review) == ("7", answer["answer"], "open")
    assert (kept.model_name, kept.model_version) == ("tiny-digits", "1.2.3")
    assert 0 < kept.confidence <= 1
    assert kept.token.owner == alice
    assert Image.open(io.BytesIO(kept.picture)).size == (60, 60)


def test_json_says_the_same(teacher, picture):
    response = post_json(teacher, FEEDBACK, as_json(picture, label=""))

    assert response.status_code == 201
    assert response.json()["label"] == ""
    assert response.json()["right"] is False


def test_a_label_that_the_model_does_not_know_is_refused(teacher, picture):
    response = teacher.post(FEEDBACK, {"file": as_file(picture), "label": "Sandal"})

    assert_refused(response, 400, "unknown_label")
    assert not Feedback.objects.exists()


def test_without_a_label_nothing_is_kept(teacher, picture):
    assert_refused(teacher.post(FEEDBACK, {"file": as_file(picture)}), 400, "invalid_request")
    assert_refused(post_json(teacher, FEEDBACK, as_json(picture, label=7)), 400, "invalid_request")
    assert not Feedback.objects.exists()


def test_a_bad_picture_is_refused(teacher):
    response = teacher.post(FEEDBACK, {"file": as_file(b"text"), "label": "7"})

    assert_refused(response, 415, "unsupported_format")
    assert not Feedback.objects.exists()


def test_a_token_that_may_only_predict_is_refused(program, picture):
    response = program.post(FEEDBACK, {"file": as_file(picture), "label": "7"})

    assert_refused(response, 403, "insufficient_scope")


def test_a_token_that_is_limited_to_other_models_is_refused(alice, picture):
    key, _token = issue_token(alice, name="other", scopes=["feedback"], model_names=["other-model"])

    response = Client(headers={"Authorization": f"Token {key}"}).post(
        FEEDBACK, {"file": as_file(picture), "label": "7"}
    )

    assert_refused(response, 403, "model_not_allowed")


def test_a_site_that_keeps_no_feedback_says_so(teacher, picture, settings):
    settings.FEEDBACK = False

    response = teacher.post(FEEDBACK, {"file": as_file(picture), "label": "7"})

    assert_refused(response, 403, "feedback_off")
    assert not Feedback.objects.exists()


def test_beyond_the_room_there_is_nothing_is_kept(teacher, picture, settings):
    settings.MAX_FEEDBACK = 1
    teacher.post(FEEDBACK, {"file": as_file(picture), "label": "7"})

    response = teacher.post(FEEDBACK, {"file": as_file(picture), "label": "7"})

    assert_refused(response, 409, "feedback_full")
    assert Feedback.objects.count() == 1
