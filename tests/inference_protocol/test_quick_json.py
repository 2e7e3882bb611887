"""JSON that is parsed quickly is parsed as strictly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from predictor.inference_protocol.quick_json import load_quickly
from predictor.recognition.strict_json import load_object

WHOLE = st.integers(-(2**63), 2**64 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), VALUES), st.booleans())
def test_it_reads_what_the_strict_parser_reads(value, ascii_only):
    data = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    try:
        expected = load_object(data)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
            load_quickly(data)
    else:
        assert repr(load_quickly(data)) == repr(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "3", '"a"', "{'a': 1}", '{"a": 1,}', '{"a": NaN}', '{"a": Infinity}',
        '{"a": [-Infinity]}', '{"a": 1, "a": 2}', '{"a": {"b": 1, "b": 1}}', '{"a": [[1, {"b": 1, "b": 2}]]}',
        '{"a": 1, "\\u0061": 2}', '{"a:": 1, "a:": 2}', '\ufeff{"a": 1}',
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)  # fmt: skip
def test_what_the_strict_parser_refuses_it_refuses(text):
    for load in (load_object, load_quickly):
        with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
            load(text.encode())


@pytest.mark.parametrize("data", [b'{"a": "\xff"}', b'{"a": "\xed\xa0\x80"}'])
def test_what_is_no_utf_8_is_refused(data):
    with pytest.raises(UnicodeDecodeError):
        load_quickly(data)


def test_colons_in_texts_are_no_keys():
    assert load_quickly(b'{"a:b": ["c:d", {"e": ":"}]}') == {"a:b": ["c:d", {"e": ":"}]}


def test_numbers_beyond_64_bits_are_floats_or_as_they_are():
    assert load_quickly(b'{"a": 18446744073709551616}') == {"a": 2**64}
    assert load_quickly(b'{"a": 1' + b"0" * 400 + b"}") == {"a": 10**400}
