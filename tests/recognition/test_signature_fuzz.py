"""Whatever the bytes are, reading a bundle ends in a manifest or in `PackageRejected`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.recognition.errors import PackageRejected
from predictor.recognition.signature import sign_files, verify_bundle
from tests.packages import SIGNING_KEY, bundle_over

PUBLIC_KEYS = [SIGNING_KEY.public_key()]
BUNDLE = sign_files({"a.txt": b"ay", "b.txt": b"bee"}, subject="letters", private_key=SIGNING_KEY)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
fast = settings(max_examples=100, deadline=None, database=None)


def places(value, path=()):
    """The path of every value inside a JSON value."""
    yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from places(child, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copied = value.copy()
    copied[path[0]] = replaced(value[path[0]], path[1:], new)
    return copied


@fast
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data):
    with pytest.raises(PackageRejected):
        verify_bundle(data, PUBLIC_KEYS)


@fast
@given(st.sampled_from(list(places(json.loads(BUNDLE)))), ANY_JSON)
def test_any_value_in_any_place_of_a_bundle_is_refused_or_the_same(path, value):
    bundle = json.dumps(replaced(json.loads(BUNDLE), path, value)).encode()

    try:
        verify_bundle(bundle, PUBLIC_KEYS)
    except PackageRejected:
        return

    assert json.loads(bundle) == json.loads(BUNDLE)


STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "x", "digest": {"sha256": "ab" * 32}}],
    "predicateType": "https://model_signing/signature/v1.0",
    "predicate": {
        "serialization": {
            "method": "files",
            "hash_type": "sha256",
            "allow_symlinks": False,
            "ignore_paths": [],
        },
        "resources": [{"name": "a", "algorithm": "sha256", "digest": "cd" * 32}],
    },
}


@fast
@given(st.sampled_from(list(places(STATEMENT))), ANY_JSON)
def test_any_value_in_any_place_of_a_signed_statement_is_refused(path, value):
    """Its root digest is wrong from the start, so that nothing can pass."""
    payload = json.dumps(replaced(STATEMENT, path, value)).encode()

    with pytest.raises(PackageRejected):
        verify_bundle(bundle_over(payload), PUBLIC_KEYS)


@fast
@given(st.binary(max_size=300))
def test_any_signed_bytes_are_refused(payload):
    with pytest.raises(PackageRejected):
        verify_bundle(bundle_over(payload), PUBLIC_KEYS)
