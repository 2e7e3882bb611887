"""JSON is written as REST framework writes it, but for the form of some numbers."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer as TheirRenderer

from predictor.api.renderers import JSONRenderer
from predictor.json_answers import dump_json

VALUE = {
    "text": "sieben é \u2028",
    "lazy": gettext_lazy("Models"),
    "error": ErrorDetail("wrong", "invalid"),
    "number": 0.5,
    "none": None,
    "time": datetime(2026, 11, 27, 8, 30, 1, 123456, UTC),
    "id": uuid.UUID(int=7),
    7: (True, False),
}


def test_it_says_what_rest_framework_says():
    assert json.loads(dump_json(VALUE)) == json.loads(TheirRenderer().render(VALUE))


@pytest.mark.parametrize("share", [0.1, 1e-6, 5.2e-5, 1.0, 0.0])
def test_a_share_comes_back_as_it_was(share):
    assert json.loads(dump_json([share])) == [share]


def test_what_has_no_form_is_refused():
    with pytest.raises(TypeError):
        dump_json(object())


def test_half_of_a_pair_of_surrogates_comes_back_as_it_was():
    assert json.loads(dump_json({"id": "\ud800", "7": 2**70})) == {"id": "\ud800", "7": 2**70}


def test_an_indent_that_is_asked_for_is_kept():
    assert JSONRenderer().render({"a": 1}, "application/json; indent=2") == b'{\n  "a": 1\n}'
    assert JSONRenderer().render({"a": 1}, "application/json") == b'{"a":1}'
    assert JSONRenderer().render(None, "application/json") == b""
