"""Which key files sign and verify packages."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from predictor.recognition.errors import SigningKeyError
from predictor.recognition.signing_keys import create_key_pair, load_private_key, load_public_key


def pems(key):
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_new_key_pair_belongs_together_and_is_p256():
    private_pem, public_pem = create_key_pair()

    private, public = load_private_key(private_pem), load_public_key(public_pem)

    assert private.public_key() == public
    assert public.curve.name == "secp256r1"
    assert private_pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")


def test_two_new_keys_differ():
    assert create_key_pair() != create_key_pair()


def test_a_p384_key_is_taken():
    private_pem, public_pem = pems(generate_private_key(SECP384R1()))

    assert load_private_key(private_pem).public_key() == load_public_key(public_pem)


@pytest.mark.parametrize(
    ("private_pem", "public_pem"),
    [
        pems(generate_private_key(SECP256K1())),
        pems(Ed25519PrivateKey.generate()),
        create_key_pair()[::-1],
        (b"", b""),
        (b"-----BEGIN PRIVATE KEY-----\n????\n", b"-----BEGIN PUBLIC KEY-----\n????\n"),
    ],
    ids=["other-curve", "ed25519", "halves-exchanged", "empty", "damaged"],
)
def test_other_keys_are_refused(private_pem, public_pem):
    with pytest.raises(SigningKeyError) as private_error:
        load_private_key(private_pem)
    with pytest.raises(SigningKeyError) as public_error:
        load_public_key(public_pem)

    assert private_error.value.code == public_error.value.code == "key_invalid"


@pytest.mark.parametrize("passphrase", [None, b"", b"wrong"])
def test_an_encrypted_key_needs_its_passphrase(encrypted_pem, passphrase):
    with pytest.raises(SigningKeyError):
        load_private_key(encrypted_pem, passphrase)


def test_an_encrypted_key_opens_with_its_passphrase(encrypted_pem):
    assert load_private_key(encrypted_pem, b"open sesame")


@pytest.fixture(scope="module")
def encrypted_pem():
    return create_key_pair(b"open sesame")[0]
