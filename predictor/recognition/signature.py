"""OpenSSF Model Signing (OMS) v1.0: sign a set of files, and say what a signature covers.

Key mode only, ECDSA over P-256 or P-384, on `cryptography` alone. The bundle is JSON: a DSSE envelope whose
payload is an in-toto statement that lists every file with its SHA-256; see docs/model-packages.md.

The reader takes a strict subset of the format: what the format leaves open is either fixed here or refused,
so that no bit of a bundle can change unnoticed. This module knows nothing of models.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from predictor.recognition.errors import PackageRejected, SigningKeyError
from predictor.recognition.strict_json import load_object

SIGNATURE_FILE = "model.sig"
MAX_BUNDLE_BYTES = 256 * 1024  # A package of 64 files needs about 20 kB.

_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_PAYLOAD_TYPE = "application/vnd.in-toto+json"
_STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
_PREDICATE_TYPE = "https://model_signing/signature/v1.0"
# The reference implementation always ignores git's own files. Here they would count as unlisted.
_IGNORABLE = frozenset({SIGNATURE_FILE, ".git", ".gitattributes", ".github", ".gitignore"})
_DIGEST = re.compile(r"[0-9a-f]{64}")
# Escapes, tabs and carriage returns stay outside: "\u00e9" and "\u00E9", or tab and return, differ in one bit
# and read the same. The format's own words need none of them.
_PLAIN_TEXT = re.compile(rb"[\n -\[\]-~]*")
# The hash belongs to the curve and so to the trusted key; nothing in a bundle can choose another.
_HASHES = {"secp256r1": SHA256, "secp384r1": SHA384}


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """What a trusted key has signed.

    Attributes:
        digests: lower-case hex SHA-256 of each file, by its path inside the folder.
        signer: the key that verified the signature.
        root_digest: hex SHA-256 over the raw file digests in order: the name of this set of contents.
    """

    digests: Mapping[str, str]
    signer: EllipticCurvePublicKey
    root_digest: str


def public_key_fingerprint(key: EllipticCurvePublicKey) -> str:
    """Return the hex SHA-256 of the key's PEM text, by which a bundle names the key it was signed with."""
    return hashlib.sha256(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def check_curve(key: EllipticCurvePublicKey) -> None:
    """Refuse a key on a curve that packages are not signed with.

    Raises:
        SigningKeyError: code "key_invalid".
    """
    if key.curve.name not in _HASHES:
        raise SigningKeyError("key_invalid", f"the key's curve is {key.curve.name}; use P-256 or P-384")


def sign_files(files: Mapping[str, bytes], *, subject: str, private_key: EllipticCurvePrivateKey) -> bytes:
    """Sign every file; the answer is the content of `model.sig`.

    Args:
        files: the bytes by path inside the folder, without the signature itself.
        subject: what people call this set of files; informative, readers decide nothing by it.
        private_key: on P-256 or P-384.

    Raises:
        SigningKeyError: code "key_invalid", another curve.
    """
    public_key = private_key.public_key()
    check_curve(public_key)
    payload = json.dumps(_statement(files, subject), indent=2).encode()
    signature = private_key.sign(_pre_authentication_encoding(payload), _algorithm(public_key))
    bundle = {
        "mediaType": _MEDIA_TYPE,
        "verificationMaterial": {
            "publicKey": {"hint": public_key_fingerprint(public_key)},
            "tlogEntries": [],
        },
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": _PAYLOAD_TYPE,
            "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}],
        },
    }
    return json.dumps(bundle, separators=(",", ":")).encode()


def verify_bundle(bundle: bytes, public_keys: Sequence[EllipticCurvePublicKey]) -> SignedManifest:
    """Check a bundle's signature, and only then read what it signs.

    Args:
        bundle: the content of `model.sig`, trusted in nothing.
        public_keys: the keys whose signature counts, each on P-256 or P-384.

    Raises:
        PackageRejected: codes "signature_malformed", "key_not_trusted", "signature_invalid"; no other
            exception, whatever the bytes are.
    """
    hint, payload, signature = _read_envelope(bundle)
    signer = next((key for key in public_keys if public_key_fingerprint(key) == hint), None)
    if signer is None:
        raise PackageRejected(
            "key_not_trusted", f"{SIGNATURE_FILE} is by key {hint}, which is not trusted here"
        )
    try:
        signer.verify(signature, _pre_authentication_encoding(payload), _algorithm(signer))
    except InvalidSignature as error:
        raise PackageRejected(
            "signature_invalid", f"{SIGNATURE_FILE} is not a signature by key {hint}, which it names"
        ) from error
    digests, root_digest = _read_statement(payload)
    return SignedManifest(digests, signer, root_digest)


def _algorithm(key: EllipticCurvePublicKey) -> ECDSA:
    return ECDSA(_HASHES[key.curve.name]())


def _pre_authentication_encoding(payload: bytes) -> bytes:
    """Return the bytes that are signed; DSSE v1 binds the payload's type to it."""
    return b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD_TYPE), _PAYLOAD_TYPE.encode(), len(payload), payload)


def _path_order(name: str) -> list[str]:
    """Sort paths part by part, as the reference implementation does ("card/a" before "card.json")."""
    return name.split("/")


def _root_digest(digests: Sequence[str]) -> str:
    return hashlib.sha256(b"".join(map(bytes.fromhex, digests))).hexdigest()


def _statement(files: Mapping[str, bytes], subject: str) -> dict[str, Any]:
    resources = [
        {"name": name, "algorithm": "sha256", "digest": hashlib.sha256(files[name]).hexdigest()}
        for name in sorted(files, key=_path_order)
    ]
    root_digest = _root_digest([resource["digest"] for resource in resources])
    return {
        "_type": _STATEMENT_TYPE,
        "subject": [{"name": subject, "digest": {"sha256": root_digest}}],
        "predicateType": _PREDICATE_TYPE,
        "predicate": {
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": False,
                "ignore_paths": [SIGNATURE_FILE],
            },
            "resources": resources,
        },
    }


def _read_envelope(bundle: bytes) -> tuple[str, bytes, bytes]:
    """Return the signing key's fingerprint, the payload and the signature."""
    if len(bundle) > MAX_BUNDLE_BYTES:
        raise _malformed(f"it has {len(bundle)} bytes, at most {MAX_BUNDLE_BYTES} are read")
    if not _PLAIN_TEXT.fullmatch(bundle):
        raise _malformed("it has bytes that are not plain text")
    fields = _fields(_parse(bundle), "mediaType", "verificationMaterial", "dsseEnvelope")
    _expect("mediaType", fields["mediaType"], _MEDIA_TYPE)
    material = _fields(fields["verificationMaterial"], "publicKey", "tlogEntries")
    _expect("tlogEntries", material["tlogEntries"], [])
    hint = _digest(_fields(material["publicKey"], "hint")["hint"])
    envelope = _fields(fields["dsseEnvelope"], "payload", "payloadType", "signatures")
    _expect("payloadType", envelope["payloadType"], _PAYLOAD_TYPE)
    signature = _fields(_only(envelope["signatures"], "signature"), "sig", "keyid")
    _expect("keyid", signature["keyid"], "")
    return hint, _base64(envelope["payload"]), _base64(signature["sig"])


def _read_statement(payload: bytes) -> tuple[dict[str, str], str]:
    """Return the digest of each file and the root digest; the payload's signature is verified by now."""
    statement = _fields(_parse(payload), "_type", "subject", "predicateType", "predicate")
    _expect("_type", statement["_type"], _STATEMENT_TYPE)
    _expect("predicateType", statement["predicateType"], _PREDICATE_TYPE)
    predicate = _fields(statement["predicate"], "serialization", "resources")
    _check_serialization(predicate["serialization"])
    digests = _read_resources(predicate["resources"])
    subject = _fields(_only(statement["subject"], "subject"), "name", "digest")
    root_digest = _root_digest(list(digests.values()))
    _expect("subject digest", subject["digest"], {"sha256": root_digest})
    return digests, root_digest


def _check_serialization(value: Any) -> None:
    optional = ("ignore_paths",) if isinstance(value, dict) and "ignore_paths" in value else ()
    fields = _fields(value, "method", "hash_type", "allow_symlinks", *optional)
    _expect("method", fields["method"], "files")
    _expect("hash_type", fields["hash_type"], "sha256")
    if fields["allow_symlinks"] is not False:
        raise _malformed("allow_symlinks is not false")
    ignored = fields.get("ignore_paths", [])
    if not isinstance(ignored, list) or not all(
        isinstance(path, str) and path in _IGNORABLE for path in ignored
    ):
        raise _malformed(f"ignore_paths names more than {', '.join(sorted(_IGNORABLE))}")


def _read_resources(value: Any) -> dict[str, str]:
    if not isinstance(value, list) or not value:
        raise _malformed("it lists no files")
    digests: dict[str, str] = {}
    for item in value:
        resource = _fields(item, "name", "algorithm", "digest")
        _expect("algorithm", resource["algorithm"], "sha256")
        if not isinstance(resource["name"], str) or resource["name"] in digests:
            raise _malformed("a file's name is no text or stands twice")
        digests[resource["name"]] = _digest(resource["digest"])
    if list(digests) != sorted(digests, key=_path_order):
        raise _malformed("its files are not sorted by path")
    return digests


def _parse(data: bytes) -> dict[str, Any]:
    try:
        return load_object(data)
    except ValueError as error:
        raise _malformed(f"its JSON is refused: {error}") from error


def _fields(value: Any, *names: str) -> dict[str, Any]:
    """Return an object that has exactly these fields."""
    if not isinstance(value, dict) or value.keys() != set(names):
        raise _malformed(f"where {', '.join(names)} should stand, there is something else")
    return value


def _only(value: Any, what: str) -> Any:
    if not isinstance(value, list) or len(value) != 1:
        raise _malformed(f"there must be exactly one {what}")
    return value[0]


def _expect(what: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise _malformed(f"{what} is not {expected!r}")


def _digest(value: Any) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise _malformed("a digest is not 64 lower-case hex digits")
    return value


def _base64(value: Any) -> bytes:
    """Decode canonical base64 only: else the unused bits before the padding could change unnoticed."""
    if not isinstance(value, str):
        raise _malformed("base64 text is missing")
    try:
        decoded = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise _malformed("its base64 is damaged") from error
    if base64.b64encode(decoded).decode() != value:
        raise _malformed("its base64 is not canonical")
    return decoded


def _malformed(what: str) -> PackageRejected:
    return PackageRejected("signature_malformed", f"{SIGNATURE_FILE}: {what}; sign the package again")
