"""Requests that carry no picture, too many, or one that cannot be found in them."""

from __future__ import annotations

import json

import pytest

from tests.api.uploads import as_file, as_json, post_json

PREDICT = "/api/v1/predict"


def refusal(response):
    error = response.json()["error"]
    return response.status_code, error["code"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "missing_file"),
        ({"model": "tiny-digits"}, "missing_file"),
        ({"file": "the text of a field, not a file"}, "missing_file"),
        ({"image": "aGVsbG8="}, "missing_file"),
        ({"picture": as_file(b"x")}, "missing_file"),
        ({"file": [as_file(b"x"), as_file(b"y")]}, "too_many_files"),
        ({"file": as_file(b"x"), "other": as_file(b"y")}, "too_many_files"),
        ({"file": as_file(b"")}, "empty_file"),
    ],
)
def test_a_form_must_hold_one_file_named_file(program, form, code):
    response = program.post(PREDICT, form)

    assert refusal(response) == (400, code)


def test_who_sends_nothing_is_told_what_to_send(program):
    message = program.post(PREDICT).json()["error"]["message"]

    assert "multipart" in message
    assert "image/*" in message
    assert '{"image": "<base64>"}' in message


def test_who_sends_several_pictures_is_told_of_the_batch_endpoint(program, picture):
    message = program.post(PREDICT, {"file": [as_file(picture), as_file(picture)]}).json()["error"]["message"]

    assert "one picture per request" in message
    assert "/api/v1/predict/batch" in message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "missing_file"),
        (b"{}", "missing_file"),
        (b'{"file": "aGVsbG8="}', "missing_file"),
        (b"[]", "invalid_json"),
        (b"null", "invalid_json"),
        (b'"aGVsbG8="', "invalid_json"),
        (b"{", "invalid_json"),
        (b'{"image": NaN}', "invalid_json"),
        (b'{"image": "aGVsbG8=", "image": "aGVsbG8="}', "invalid_json"),
        (b'{"image": "\xff"}', "invalid_json"),
        (b'{"image": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "invalid_json"),
        (b'{"image": ' + b"9" * 10_000 + b"}", "invalid_json"),
        (b'{"image": null}', "invalid_base64"),
        (b'{"image": 7}', "invalid_base64"),
        (b'{"image": ["aGVsbG8="]}', "invalid_base64"),
        (b'{"image": "not base64!"}', "invalid_base64"),
        (b'{"image": "aGVsbG8"}', "invalid_base64"),
        ('{"image": "ü"}'.encode(), "invalid_base64"),
        (b'{"image": "\\ud800"}', "invalid_base64"),
        (b'{"image": "\\u0000"}', "invalid_base64"),
        (b'{"image": ""}', "empty_file"),
        (b'{"image": "data:image/png"}', "empty_file"),
        (b'{"image": "aGVsbG8=", "model": ["tiny-digits"]}', "invalid_request"),
    ],
)
def test_json_must_be_an_object_with_one_picture_in_base64(program, body, code):
    response = post_json(program, PREDICT, body)

    assert refusal(response) == (400, code)


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "text/plain", "application/pickle", "nonsense", "", "x" * 300],
)
def test_another_content_type_is_415_and_told_which_are_read(program, picture, content_type):
    response = program.generic("POST", PREDICT, picture, content_type=content_type)

    assert refusal(response) == (415, "unsupported_media_type")
    assert "multipart/form-data, application/json, image/*" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 1000],
)
def test_multipart_without_a_usable_boundary_is_400(program, picture, content_type):
    response = program.generic("POST", PREDICT, picture, content_type=content_type[:250])

    assert response.status_code == 400


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json", "image/png"])
def test_a_body_over_the_limit_is_refused_by_its_length_alone(program, settings, content_type):
    too_long = str(settings.MAX_REQUEST_BYTES + 1)

    response = program.generic("POST", PREDICT, b"short", content_type=content_type, CONTENT_LENGTH=too_long)

    assert refusal(response) == (413, "request_too_large")


def test_a_body_in_chunks_is_told_that_its_length_is_missing(program):
    response = program.generic(
        "POST", PREDICT, b"", content_type="image/png", HTTP_TRANSFER_ENCODING="chunked"
    )

    assert refusal(response) == (411, "length_required")


@pytest.mark.parametrize("way", ["form", "body", "json"])
def test_a_picture_over_the_limit_is_refused(program, picture, settings, way):
    settings.MAX_IMAGE_BYTES = len(picture)
    larger = picture + b"\0"

    if way == "form":
        response = program.post(PREDICT, {"file": as_file(larger)})
    elif way == "body":
        response = program.post(PREDICT, larger, content_type="image/png")
    else:
        response = post_json(program, PREDICT, as_json(larger))

    assert refusal(response) == (413, "file_too_large")


@pytest.mark.parametrize("length", ["", "many", "0", "²"])
def test_a_body_without_a_length_is_no_picture(program, picture, length):
    response = program.generic("POST", PREDICT, picture, content_type="image/png", CONTENT_LENGTH=length)

    assert refusal(response) == (400, "missing_file")


def test_too_many_parts_are_refused(program, settings):
    files = {f"file{number}": as_file(b"x") for number in range(settings.MAX_UPLOAD_FILES + 1)}
    fields = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}

    assert refusal(program.post(PREDICT, files)) == (400, "too_many_files")
    assert refusal(program.post(PREDICT, fields)) == (400, "parse_error")


def test_a_refusal_repeats_nothing_that_was_sent(program):
    response = post_json(program, PREDICT, json.dumps({"image": "<script>secret</script>"}))

    assert b"secret" not in response.content
