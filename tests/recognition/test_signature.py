"""The OMS bundle: what is signed, what is read, and that nothing else passes."""

from __future__ import annotations

import base64
import copy
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256K1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    generate_private_key,
)

from predictor.recognition.errors import PackageRejected, SigningKeyError
from predictor.recognition.signature import public_key_fingerprint, sign_files, verify_bundle
from tests.packages import OTHER_KEY, SIGNING_KEY, bundle_over, public_pem

FILES = {"b.txt": b"bee", "card/a.txt": b"ay", "a.txt": b""}
PUBLIC_KEYS = [SIGNING_KEY.public_key()]


def signed():
    return sign_files(FILES, subject="letters-1.0.0", private_key=SIGNING_KEY)


def refusal(bundle, keys=PUBLIC_KEYS):
    with pytest.raises(PackageRejected) as caught:
        verify_bundle(bundle, keys)
    return caught.value


@pytest.mark.parametrize("curve", [SECP256R1(), SECP384R1()], ids=lambda curve: curve.name)
def test_what_was_signed_is_read_back(curve):
    key = generate_private_key(curve)

    manifest = verify_bundle(sign_files(FILES, subject="letters-1.0.0", private_key=key), [key.public_key()])

    assert manifest.digests == {
        "a.txt": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "b.txt": "62cb81b5904a262ffaeed02abef36bfc540b09f964b8b0b636662f77ffce6714",
        "card/a.txt": "69d61997a241e97931db9dd1cfcef218041a752485f5f7956b09766287682da3",
    }
    assert manifest.signer == key.public_key()


def test_the_bundle_has_the_form_of_the_standard():
    bundle = json.loads(signed())

    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"].pop("payload")))
    (signature,) = bundle["dsseEnvelope"].pop("signatures")
    assert bundle == {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "publicKey": {"hint": hashlib.sha256(public_pem(SIGNING_KEY)).hexdigest()},
            "tlogEntries": [],
        },
        "dsseEnvelope": {"payloadType": "application/vnd.in-toto+json"},
    }
    assert signature.keys() == {"sig", "keyid"}
    assert signature["keyid"] == ""
    assert statement == STATEMENT


DIGESTS = [hashlib.sha256(content) for content in (b"", b"bee", b"ay")]
STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [
        {
            "name": "letters-1.0.0",
            "digest": {"sha256": hashlib.sha256(b"".join(digest.digest() for digest in DIGESTS)).hexdigest()},
        }
    ],
    "predicateType": "https://model_signing/signature/v1.0",
    "predicate": {
        "serialization": {
            "method": "files",
            "hash_type": "sha256",
            "allow_symlinks": False,
            "ignore_paths": ["model.sig"],
        },
        "resources": [
            {"name": "a.txt", "algorithm": "sha256", "digest": DIGESTS[0].hexdigest()},
            {"name": "b.txt", "algorithm": "sha256", "digest": DIGESTS[1].hexdigest()},
            {"name": "card/a.txt", "algorithm": "sha256", "digest": DIGESTS[2].hexdigest()},
        ],
    },
}


def test_the_right_key_is_found_among_several():
    keys = [OTHER_KEY.public_key(), SIGNING_KEY.public_key()]

    manifest = verify_bundle(signed(), keys)

    assert manifest.signer == SIGNING_KEY.public_key()


def test_files_are_ordered_part_by_part_as_the_reference_implementation_does():
    files = {"card.json": b"", "card/a.txt": b""}

    manifest = verify_bundle(sign_files(files, subject="x", private_key=SIGNING_KEY), PUBLIC_KEYS)

    assert list(manifest.digests) == ["card/a.txt", "card.json"]


@pytest.mark.parametrize("curve", [SECP256K1(), SECP521R1()], ids=lambda curve: curve.name)
def test_no_other_curve_signs(curve):
    with pytest.raises(SigningKeyError) as caught:
        sign_files(FILES, subject="letters-1.0.0", private_key=generate_private_key(curve))

    assert caught.value.code == "key_invalid"


def test_every_single_flipped_bit_is_refused():
    bundle = bytearray(signed())
    accepted = []

    for bit in range(8 * len(bundle)):
        bundle[bit // 8] ^= 1 << bit % 8
        try:
            verify_bundle(bytes(bundle), PUBLIC_KEYS)
        except PackageRejected:
            pass
        else:
            accepted.append(bit)
        bundle[bit // 8] ^= 1 << bit % 8

    assert accepted == []
    assert verify_bundle(bytes(bundle), PUBLIC_KEYS)


def test_a_key_that_nobody_trusts_is_named():
    rejected = refusal(sign_files(FILES, subject="letters-1.0.0", private_key=OTHER_KEY))

    assert rejected.code == "key_not_trusted"
    assert public_key_fingerprint(OTHER_KEY.public_key()) in rejected.message


def test_a_signature_by_another_key_under_a_trusted_key_name_is_refused():
    bundle = json.loads(sign_files(FILES, subject="letters-1.0.0", private_key=OTHER_KEY))
    bundle["verificationMaterial"]["publicKey"]["hint"] = public_key_fingerprint(SIGNING_KEY.public_key())

    assert refusal(json.dumps(bundle).encode()).code == "signature_invalid"


def test_the_payload_is_not_read_before_its_signature_is_verified():
    bundle = json.loads(signed())
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(b"no JSON at all").decode()

    assert refusal(json.dumps(bundle).encode()).code == "signature_invalid"


def put(*path):
    """A change of one place of a JSON value; the last argument is the new value, `None` removes the key."""
    *keys, last, value = path

    def change(document):
        for key in keys:
            document = document[key]
        if value is None:
            del document[last]
        else:
            document[last] = value

    return change


def another_signature(bundle):
    signatures = bundle["dsseEnvelope"]["signatures"]
    signatures.append(copy.deepcopy(signatures[0]))


@pytest.mark.parametrize(
    "change",
    [
        another_signature,
        put("dsseEnvelope", "signatures", []),
        put("dsseEnvelope", "signatures", {"sig": "", "keyid": ""}),
        put("dsseEnvelope", "signatures", 0, "keyid", "key-1"),
        put("dsseEnvelope", "signatures", 0, "keyid", None),
        put("dsseEnvelope", "signatures", 0, "sig", 1),
        put("dsseEnvelope", "signatures", 0, "sig", "####"),
        put("dsseEnvelope", "payload", "eyB9=="),
        put("dsseEnvelope", "payloadType", "application/json"),
        put("dsseEnvelope", "extra", 1),
        put("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.1"),
        put("mediaType", None),
        put("verificationMaterial", "tlogEntries", [{}]),
        put("verificationMaterial", "tlogEntries", None),
        put("verificationMaterial", "publicKey", "hint", None),
        put("verificationMaterial", "publicKey", "hint", "AB" * 32),
        put("verificationMaterial", "publicKey", "hint", ["ab"]),
        put("verificationMaterial", "publicKey", "rawBytes", "AA=="),
        put("verificationMaterial", "publicKey", []),
        put("verificationMaterial", "x509CertificateChain", {}),
        put("verificationMaterial", "text"),
    ],
)
def test_a_bundle_of_another_form_is_refused(change):
    bundle = json.loads(signed())
    change(bundle)

    rejected = refusal(json.dumps(bundle).encode())

    assert rejected.code == "signature_malformed"
    assert rejected.message.startswith("model.sig: ")


def with_a_changed_unused_bit(bundle):
    """Change the lowest bit before the padding of the signature's base64: it decodes to the same bytes."""
    document = json.loads(bundle)
    signature = document["dsseEnvelope"]["signatures"][0]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    text = signature["sig"].rstrip("=")
    padding = signature["sig"][len(text) :]
    changed = text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1] + padding
    assert base64.b64decode(changed) == base64.b64decode(signature["sig"])
    return bundle.replace(signature["sig"].encode(), changed.encode())


def padded_bundle():
    """A bundle whose signature has unused bits in its base64; one in three has none."""
    while True:
        bundle = signed()
        if json.loads(bundle)["dsseEnvelope"]["signatures"][0]["sig"].endswith("="):
            return bundle


@pytest.mark.parametrize(
    "change",
    [
        lambda bundle: b"",
        lambda bundle: b"null",
        lambda bundle: b"[" * 100_000,
        lambda bundle: bundle[:-1],
        lambda bundle: bundle + b"{}",
        lambda bundle: bundle + b"\x00",
        lambda bundle: b"\xef\xbb\xbf" + bundle,
        lambda bundle: bundle + b"\t",
        lambda bundle: bundle.decode().encode("utf-16"),
        lambda bundle: bundle.replace(b'"keyid":""', b'"keyid":"","keyid":""'),
        lambda bundle: bundle.replace(b"mediaType", rb"media\u0054ype"),
        lambda bundle: bundle.replace(b"[]", b"NaN"),
        lambda bundle: bundle + b" " * 262_144,
        with_a_changed_unused_bit,
    ],
    ids=[
        *("empty", "null", "deep", "cut", "two-values", "zero-byte", "byte-order-mark", "tab", "utf-16"),
        *("key-twice", "escape", "not-a-number", "oversized", "unused-bit"),
    ],
)
def test_a_bundle_that_could_be_read_in_two_ways_is_refused(change):
    rejected = refusal(change(padded_bundle()))

    assert rejected.code == "signature_malformed"


def test_a_statement_written_by_hand_is_accepted():
    manifest = verify_bundle(bundle_over(json.dumps(STATEMENT).encode()), PUBLIC_KEYS)

    assert manifest.root_digest == STATEMENT["subject"][0]["digest"]["sha256"]


RESOURCES = STATEMENT["predicate"]["resources"]


@pytest.mark.parametrize(
    "change",
    [
        put("_type", "https://in-toto.io/Statement/v0.1"),
        put("predicateType", "https://model_signing/Digests/v0.1"),
        put("predicate", "annotations", {}),
        put("predicate", "serialization", "method", "shards"),
        put("predicate", "serialization", "hash_type", "blake2b"),
        put("predicate", "serialization", "allow_symlinks", True),
        put("predicate", "serialization", "allow_symlinks", 0),
        put("predicate", "serialization", "shard_size", 1),
        put("predicate", "serialization", "ignore_paths", ["model.sig", "payload.pkl"]),
        put("predicate", "serialization", "ignore_paths", [["model.sig"]]),
        put("predicate", "serialization", "ignore_paths", "model.sig"),
        put("predicate", "serialization", "files"),
        put("predicate", "resources", []),
        put("predicate", "resources", {}),
        put("predicate", "resources", RESOURCES[::-1]),
        put("predicate", "resources", [RESOURCES[0], RESOURCES[0]]),
        put("predicate", "resources", 0, "name", 7),
        put("predicate", "resources", 0, "algorithm", "sha1"),
        put("predicate", "resources", 0, "digest", "AB" * 32),
        put("predicate", "resources", 0, "digest", "ab" * 31),
        put("predicate", "resources", 0, "size", 1),
        put("subject", []),
        put("subject", STATEMENT["subject"] * 2),
        put("subject", 0, "digest", "sha256", "ab" * 32),
        put("subject", 0, "digest", {"sha512": "ab" * 64}),
    ],
)
def test_a_signed_statement_of_another_form_is_refused(change):
    statement = copy.deepcopy(STATEMENT)
    change(statement)

    rejected = refusal(bundle_over(json.dumps(statement).encode()))

    assert rejected.code == "signature_malformed"


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b'{"_type": "a", "_type": "a"}', b'{"a":' * 50_000])
def test_a_signed_payload_that_is_no_statement_is_refused(payload):
    assert refusal(bundle_over(payload)).code == "signature_malformed"
