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
FIELD = b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nfirst\r\n'
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
    """The last field of each name, and the files as lists."""
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    fields, files = MultiPartParser(meta, io.BytesIO(body), [CappedMemoryUploadHandler()], "utf-8").parse()
    return fields.dict(), {name: [one.read() for one in several] for name, several in files.lists()}


def test_what_curl_sends_is_read():
    assert read_form(TYPE, CURL) == ({"model": "mnist-sgd"}, b"\x89PNG\r\n\x1a\n\x00")


def test_of_two_fields_of_a_name_the_last_counts():
    assert read_form(TYPE, FIELD + CURL) == ({"model": "mnist-sgd"}, b"\x89PNG\r\n\x1a\n\x00")


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
        (b'"file"', b'"image"'),
        (b'; filename="7.png"', b""),
        (CURL, CURL[:-5] + CURL[CURL.index(b"--x", 3) :]),
        (b"--x", FIELD * 8 + b"--x"),
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
        "a file of another name",
        "no file",
        "two files",
        "more parts than are usual",
    ],
)
def test_what_is_unusual_is_left_to_django(old, new):
    assert read_form(TYPE, CURL.replace(old, new, 1)) is None


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=x", 'multipart/form-data; boundary="x"', ""])
def test_another_type_is_left_to_django(kind):
    assert read_form(kind, CURL) is None


def test_of_a_file_that_is_too_large_one_byte_too_many_is_kept(settings):
    settings.MAX_IMAGE_BYTES = 3

    assert read_form(TYPE, CURL) == ({"model": "mnist-sgd"}, b"\x89PNG")


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
        fields, picture = read
        assert read_by_django(TYPE, body) == (fields, {"file": [picture]})
