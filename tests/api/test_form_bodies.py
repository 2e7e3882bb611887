"""Forms read in one pass say what Django's parser says of the same bytes, or are left to it."""

from __future__ import annotations

import io

import pytest
from django.http.multipartparser import MultiPartParser
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.api.form_bodies import read_form
from predictor.request_limits import CappedMemoryUploadHandler
from tests.fuzzing import FUZZ_EXAMPLES

TYPE = "multipart/form-data; boundary=x"
CURL = (
    b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nmnist-sgd\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="7.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\x00\r\n--x--\r\n"
)
PIECES = [
    b"--x",
    b"--x--",
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"Content-Disposition: ",
    b"content-disposition: ",
    b"Content-Type: image/png",
    b"Content-Transfer-Encoding: base64",
    b'form-data; name="file"; filename="7.png"',
    b'form-data; name="file"; filename="a b..png "',
    b'form-data; name="model"',
    b"mnist-sgd",
    b"\x89PNG\r\n\x1a\n",
    b"--",
    b" ",
    b"x",
    b"\xff",
]


def read_by_django(content_type, body):
    """Fields and files, as lists of plain values."""
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    fields, files = MultiPartParser(meta, io.BytesIO(body), [CappedMemoryUploadHandler()], "utf-8").parse()
    return plain(fields), plain_files(files)


def plain(fields):
    return dict(fields.lists())


def plain_files(files):
    return {name: [(one.name, one.read()) for one in several] for name, several in files.lists()}


def test_what_curl_sends_is_read():
    fields, files = read_form(TYPE, CURL)

    assert plain(fields) == {"model": ["mnist-sgd"]}
    assert plain_files(files) == {"file": [("7.png", b"\x89PNG\r\n\x1a\n\x00")]}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"--x--\r\n", b""),
        (b"--x--\r\n", b"--x--\r\nmore"),
        (b"--x\r\nContent", b"preamble\r\n--x\r\nContent"),
        (b"Content-Type: image/png", b"Content-Transfer-Encoding: base64"),
        (b'"7.png"', b'"..\\7.png"'),
        (b'"7.png"', b'""'),
        (b'"7.png"', b"\"7.png\"; filename*=utf-8''8.png"),
        (b"mnist-sgd", b"\xff"),
        (b"mnist-sgd", b"mnist\n-sgd"),
        (b"\r\nmnist-sgd", b"\r\n--xmnist-sgd"),
    ],
    ids=[
        "no end",
        "more after the end",
        "a preamble",
        "base64",
        "a path",
        "no file name",
        "two file names",
        "a field of other bytes",
        "a field of two lines",
        "the boundary inside",
    ],
)
def test_what_is_unusual_is_left_to_django(old, new):
    assert read_form(TYPE, CURL.replace(old, new, 1)) is None


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=x", 'multipart/form-data; boundary="x"', ""])
def test_another_type_is_left_to_django(kind):
    assert read_form(kind, CURL) is None


def test_more_files_than_are_taken_are_left_to_django(settings):
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="7.png"\r\n\r\n1\r\n'

    assert read_form(TYPE, part * settings.MAX_UPLOAD_FILES + b"--x--") is not None
    assert read_form(TYPE, part * (settings.MAX_UPLOAD_FILES + 1) + b"--x--") is None


def test_of_a_file_that_is_too_large_one_byte_too_many_is_kept(settings):
    settings.MAX_IMAGE_BYTES = 3

    _, files = read_form(TYPE, CURL)

    assert files["file"].read() == b"\x89PNG"


@st.composite
def bodies(draw):
    """The form of curl with pieces of such forms put in, taken out or swapped."""
    body = draw(st.sampled_from([CURL, CURL, b""]))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(body)))
        removed = draw(st.sampled_from([0, 0, 1, 2, 4, 9, 30]))
        body = body[:at] + draw(st.sampled_from(PIECES)) + body[at + removed :]
    return body


@settings(max_examples=3 * FUZZ_EXAMPLES, deadline=None)
@given(body=bodies())
def test_what_is_read_is_what_django_reads(body):
    read = read_form(TYPE, body)

    if read is not None:
        fields, files = read
        assert (plain(fields), plain_files(files)) == read_by_django(TYPE, body)
