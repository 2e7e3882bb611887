"""Read and make the keys that sign packages: ECDSA on P-256 or P-384, as PEM."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from predictor.recognition.errors import SigningKeyError
from predictor.recognition.signature import check_curve


def load_private_key(pem: bytes, passphrase: bytes | None = None) -> EllipticCurvePrivateKey:
    """Read a private key.

    Raises:
        SigningKeyError: code "key_invalid": no PEM, another kind of key or curve, a wrong passphrase.
    """
    try:
        key = load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError("key_invalid", f"no private key can be read: {error}") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise SigningKeyError(
            "key_invalid", "the private key is not an ECDSA key; make one on P-256 or P-384"
        )
    check_curve(key.public_key())
    return key


def load_public_key(pem: bytes) -> EllipticCurvePublicKey:
    """Read a public key.

    Raises:
        SigningKeyError: code "key_invalid": no PEM of a public key, another kind of key or curve.
    """
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SigningKeyError("key_invalid", f"no public key can be read: {error}") from error
    if not isinstance(key, EllipticCurvePublicKey):
        raise SigningKeyError("key_invalid", "the public key is not an ECDSA key; use one on P-256 or P-384")
    check_curve(key)
    return key


def create_key_pair(passphrase: bytes | None = None) -> tuple[bytes, bytes]:
    """Make a new P-256 key.

    Returns:
        The private key as PKCS#8, encrypted if there is a passphrase, and the public key, both PEM.
    """
    key = generate_private_key(SECP256R1())
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
