"""Whatever form is sent to predict or its batch: an answer or one clear refusal, never a fault of ours.

`FUZZ_EXAMPLES` sets how many forms are made up; CI has time for the default.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.fuzzing import FUZZ_EXAMPLES, post

NAMES = ["file", "file", "file", "image", "model", "explain", "", "\0", "x" * 300]
FILE_NAMES = ['; filename="7.png"'] * 4 + [
    "",
    '; filename=""',
    "; filename",
    "; filename*=nope''%41",
    '; filename="',
]
PART_HEADERS = [
    "",
    "Content-Type: image/png\r\n",
    "Content-Type: text/plain; charset=hex\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "Content-Length: 99999999\r\n",
    "X: " + "y" * 2000 + "\r\n",
    ": \r\n",
    "no colon\r\n",
]
MODELS = [b"tiny-digits", b"nobody", b"tiny-digits@1.2.3", b"@", b"\xff\xfe", b"\0"]
BOUNDARIES = ["x"] * 6 + ["", "y", "x" * 200, '"x"', "x x", "\u00e9"]
KINDS = [
    "multipart/form-data; boundary={}",
    "multipart/form-data; boundary={}; charset=hex",
    "multipart/form-data; BOUNDARY={}; x*=nope''%41",
    "multipart/form-data",
    "multipart/mixed; boundary={}",
]


@st.composite
def contents(draw, picture):
    """The content of a part: the picture, whole or mutilated, the name of a model, or noise."""
    kind = draw(st.sampled_from(["whole", "whole", "cut", "flipped", "model", "noise"]))
    position = draw(st.integers(0, len(picture) - 1))
    if kind == "cut":
        return picture[:position]
    if kind == "flipped":
        return picture[:position] + bytes([picture[position] ^ 255]) + picture[position + 1 :]
    if kind == "model":
        return draw(st.sampled_from(MODELS))
    return picture if kind == "whole" else draw(st.binary(max_size=60))


@st.composite
def forms(draw, picture):
    """A multipart body and its type: sound, or nearly so, or far from it."""
    newline = draw(st.sampled_from([b"\r\n"] * 8 + [b"\n", b""]))
    body = draw(st.sampled_from([b""] * 5 + [b"preamble\r\n"]))
    for _ in range(draw(st.sampled_from([1] * 5 + [0, 2, 3]))):
        disposition = f'form-data; name="{draw(st.sampled_from(NAMES))}"{draw(st.sampled_from(FILE_NAMES))}'
        headers = f"Content-Disposition: {disposition}\r\n{draw(st.sampled_from(PART_HEADERS))}\r\n"
        body += b"--x" + newline + headers.encode() + draw(contents(picture)) + newline
    body += draw(st.sampled_from([b"--x--\r\n"] * 8 + [b"--x--", b"--x", b""]))
    if draw(st.integers(0, 5)) == 0:
        position = draw(st.integers(0, len(body)))
        body = body[:position] + draw(st.binary(max_size=4)) + body[position + draw(st.integers(0, 9)) :]
    return body, draw(st.sampled_from(KINDS[:1] * 5 + KINDS)).format(draw(st.sampled_from(BOUNDARIES)))


@pytest.mark.timeout(0)
@settings(
    max_examples=FUZZ_EXAMPLES,
    deadline=10_000,  # Milliseconds: what takes longer hangs.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.parametrize("path", ["/api/v1/predict", "/api/v1/predict/batch"])
@given(data=st.data())
def test_a_form_of_any_kind_is_answered_or_refused(alice_key, picture, path, data):
    body, kind = data.draw(forms(picture))

    status, answered, answer = post(path, body, kind, {"Authorization": f"Token {alice_key}"})

    event(f"status {status}")  # Shown by --hypothesis-show-statistics.
    assert answered["Content-Type"] == "application/json"
    if status != 200:
        assert status in {400, 404, 413, 415, 422}
        assert list(json.loads(answer)) == ["error"]
        assert len(answer) < 2000
