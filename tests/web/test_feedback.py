"""`/feedback/`: what the draw page sends when a person says whether an answer was right."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image

from predictor.models import Feedback
from tests.web.conftest import picture, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiny_digits")]


def say(client, label="1", **more):
    return client.post(
        "/feedback/", {"image": uploaded(), "label": label, "model": "tiny-digits@1.2.3", **more}
    )


def test_a_word_is_kept_and_tells_nothing_of_who_said_it(client):
    response = say(client)

    assert response.status_code == 201
    (kept,) = Feedback.objects.all()
    assert (kept.model_name, kept.model_version, kept.correct_label) == ("tiny-digits", "1.2.3", "1")
    assert kept.token is None
    assert list(response.json()) == ["receipt"]


def test_a_picture_loses_its_metadata_and_what_is_too_much_of_its_size(client):
    photo = Image.new("RGB", (900, 600), "white")
    photo.paste("black", (400, 100, 440, 500))
    exif = Image.Exif()
    exif[0x010F] = "the maker of the camera"
    file = io.BytesIO()
    photo.save(file, "JPEG", exif=exif)

    say(client, image=uploaded("photo.jpg", file.getvalue()))

    kept = Image.open(io.BytesIO(Feedback.objects.get().picture))
    assert (kept.format, kept.mode, kept.size) == ("PNG", "L", (280, 187))
    assert dict(kept.getexif()) == {}


def test_another_label_takes_the_place_of_the_first(client):
    receipt = say(client, "1").json()["receipt"]

    say(client, "7", receipt=receipt)

    assert [kept.correct_label for kept in Feedback.objects.all()] == ["7"]


def test_a_word_is_taken_back(client):
    receipt = say(client).json()["receipt"]

    response = client.post("/feedback/take-back/", {"receipt": receipt})

    assert response.status_code == 204
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("receipt", ["", "1", "made-up:x:y"])
def test_nobody_takes_back_without_the_receipt(client, receipt):
    say(client)

    response = client.post("/feedback/take-back/", {"receipt": receipt})

    assert response.status_code == 404
    assert Feedback.objects.count() == 1


def test_what_was_reviewed_stays(client):
    receipt = say(client).json()["receipt"]
    Feedback.objects.update(review=Feedback.KEPT)

    assert client.post("/feedback/take-back/", {"receipt": receipt}).status_code == 404
    assert Feedback.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"label": "Sandal"}, 400),
        ({"model": "nobody"}, 404),
        ({"image": uploaded("x.png", b"text")}, 415),
        ({"image": "no file"}, 400),
    ],
    ids=["label", "model", "picture", "field"],
)
def test_what_cannot_be_kept_is_refused(client, change, status):
    response = say(client, **change)

    assert response.status_code == status
    assert not Feedback.objects.exists()


def test_a_word_without_a_label_is_refused(client):
    response = client.post("/feedback/", {"image": uploaded(content=picture())})

    assert response.status_code == 400


def test_a_word_from_elsewhere_is_refused():
    response = say(Client(enforce_csrf_checks=True))

    assert response.status_code == 403
    assert not Feedback.objects.exists()


def test_words_count_against_the_address(client, settings):
    settings.RATE_LIMIT_PER_ADDRESS = 1

    assert [say(client).status_code for _ in range(2)] == [201, 429]


def test_a_site_that_keeps_no_feedback_refuses_and_does_not_ask(client, settings):
    settings.FEEDBACK = False

    assert say(client).status_code == 403
    assert "data-feedback" not in client.get("/").text
