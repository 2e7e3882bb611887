"""Broken multipart bodies: each is answered, and none is a fault of ours.

FUZZ_EXAMPLES sets how many are tried; by default few.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
PART = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n"
)
CONTENT_TYPES = [
    "multipart/form-data; boundary=edge",
    'multipart/form-data; boundary="edge"; charset=hex',
    "multipart/form-data; boundary=ed",
    "multipart/form-data",
    "multipart/form-data; boundary*=utf-8''%65dge",
    "multipart/mixed; boundary=edge",
]
# What a parser may trip over, besides bytes at random.
PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [
            *(b"--edge", b"--edge--", b"\r\n", b"\r\n\r\n", b"\n", b"\0", b'"', b";", b"=", b"\xff\xfe"),
            b"Content-Transfer-Encoding: base64\r\n",
            b"Content-Transfer-Encoding: quoted-printable\r\n",
            b"Content-Disposition: form-data; name*=utf-8''file; filename*=bad'%ff",
            b'filename="../../etc/passwd"',
            b'name="model"\r\n\r\nnobody\r\n',
            b"Content-Length: -1\r\n",
        ]
    ),
)
# Where a piece goes in, how many bytes it replaces.
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 40), PIECES), max_size=6)


def broken(body: bytes, changes) -> bytes:
    for place, length, piece in changes:
        body = body[:place] + piece + body[place + length :]
    return body


@pytest.mark.parametrize("path", ["/api/v1/predict", "/api/v1/predict/batch"])
def test_a_broken_form_is_answered_and_is_never_our_fault(program, picture, path):
    whole = (PART + picture + b"\r\n") * 2 + b"--edge--\r\n"

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @example(changes=[], content_type=CONTENT_TYPES[0])
    @given(changes=CHANGES, content_type=st.sampled_from(CONTENT_TYPES))
    def send(changes, content_type):
        response = program.generic("POST", path, broken(whole, changes) or b"-", content_type=content_type)

        assert response.status_code in {200, 400, 404, 413, 415, 422}
        if response.status_code != 200:
            assert list(response.json()["error"]) == ["code", "message", "request_id"]

    send()
