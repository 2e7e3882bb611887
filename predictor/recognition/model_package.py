"""Signed model packages: the one door through which a model comes in.

`open_package` reads a folder once, and everything after works on those bytes: first the signature, then the
digests, then what the package says of itself. Nothing of the model is interpreted here;
`classifier.load_classifier` does that, and takes nothing but a `VerifiedPackage`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

from predictor.recognition.errors import PackageRejected
from predictor.recognition.package_files import read_package_files
from predictor.recognition.package_metadata import (
    FRAMEWORKS,
    METADATA_FILE,
    PackageMetadata,
    parse_metadata,
)
from predictor.recognition.signature import (
    SIGNATURE_FILE,
    SignedManifest,
    public_key_fingerprint,
    sign_files,
    verify_bundle,
)


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key whose signature counts.

    Attributes:
        name: what messages and pages call it.
        public_key: on P-256 or P-384; see `signing_keys.load_public_key`.
        model_patterns: names of the models that it may sign, with `*` and `?`.
    """

    name: str
    public_key: EllipticCurvePublicKey
    model_patterns: tuple[str, ...] = ("*",)

    def may_sign(self, model_name: str) -> bool:
        """Whether this key's signature counts for a model."""
        return any(fnmatchcase(model_name, pattern) for pattern in self.model_patterns)


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Which signatures count here, and which packages do not although they are signed.

    Attributes:
        keys: no key, no package.
        revoked_digests: root digests of packages, 64 lower-case hex digits each.

    Raises:
        ValueError: a revoked digest has another form; it would silently revoke nothing.
    """

    keys: tuple[TrustedKey, ...]
    revoked_digests: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for digest in self.revoked_digests:
            if not re.fullmatch(r"[0-9a-f]{64}", digest):
                raise ValueError(f"revoked digest {digest!a} is not 64 lower-case hex digits")


@dataclass(frozen=True, slots=True)
class VerifiedPackage:
    """A package whose every byte a trusted key has signed. Only `open_package` makes one.

    Attributes:
        metadata: what package.json says.
        files: the verified bytes by path; read from disk once, never again.
        signer: the trusted key's name.
        signer_fingerprint: hex SHA-256 of that key's PEM.
        digest: hex root digest, which names exactly these contents.
        verified_at: in UTC.
    """

    metadata: PackageMetadata
    files: Mapping[str, bytes]
    signer: str
    signer_fingerprint: str
    digest: str
    verified_at: datetime


def open_package(folder: Path, policy: TrustPolicy) -> VerifiedPackage:
    """Read and verify the package NAME/VERSION.

    Args:
        folder: its last two parts are the name and the version that the package must have.
        policy: whose signature counts.

    Raises:
        PackageRejected: the first reason found; docs/model-packages.md lists the codes.
    """
    expected_name, expected_version = _name_and_version(folder)
    try:
        return _open(folder, policy, expected_name, expected_version)
    except PackageRejected as error:
        message = f"{expected_name} {expected_version}: {error.message}"
        raise PackageRejected(error.code, message) from error


def sign_package(folder: Path, private_key: EllipticCurvePrivateKey) -> None:
    """Sign every file of a package and write `model.sig`, replacing an older one in one step.

    Raises:
        PackageRejected: the folder or its package.json would be refused when the package is opened.
        SigningKeyError: the key is on another curve than P-256 or P-384.
        OSError: `model.sig` cannot be written.
    """
    expected_name, expected_version = _name_and_version(folder)
    files = dict(read_package_files(folder))
    files.pop(SIGNATURE_FILE, None)
    _read_metadata(files, expected_name, expected_version)
    bundle = sign_files(files, subject=f"{expected_name}-{expected_version}", private_key=private_key)
    # Beside the folder, so that a crash in between leaves nothing in it that would be refused.
    new = folder.parent / f".{expected_version}.{SIGNATURE_FILE}"
    new.write_bytes(bundle)
    new.replace(folder / SIGNATURE_FILE)


def _name_and_version(folder: Path) -> tuple[str, str]:
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link and so hide it
    return absolute.parent.name, absolute.name


def _open(folder: Path, policy: TrustPolicy, expected_name: str, expected_version: str) -> VerifiedPackage:
    files = dict(read_package_files(folder))
    bundle = files.pop(SIGNATURE_FILE, None)
    if bundle is None:
        raise PackageRejected("signature_missing", f"there is no {SIGNATURE_FILE}; sign it with sign_package")
    manifest = verify_bundle(bundle, [key.public_key for key in policy.keys])
    key = _signing_key(manifest, policy, expected_name)
    _check_digests(files, manifest.digests)
    # From here on the bytes are those that a trusted key signed.
    metadata = _read_metadata(files, expected_name, expected_version)
    now = datetime.now(UTC)
    _check_policy(metadata, manifest.root_digest, policy, now)
    _check_frameworks(metadata)
    return VerifiedPackage(
        metadata=metadata,
        files=MappingProxyType(files),
        signer=key.name,
        signer_fingerprint=public_key_fingerprint(key.public_key),
        digest=manifest.root_digest,
        verified_at=now,
    )


def _signing_key(manifest: SignedManifest, policy: TrustPolicy, model_name: str) -> TrustedKey:
    """Return the trusted key that signed, if it may sign this model."""
    candidates = [key for key in policy.keys if key.public_key == manifest.signer]
    for key in candidates:
        if key.may_sign(model_name):
            return key
    limits = " or ".join(pattern for key in candidates for pattern in key.model_patterns)
    raise PackageRejected(
        "key_not_trusted", f"signed by {candidates[0].name}, which is trusted for models named {limits} only"
    )


def _check_digests(files: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
    if missing := sorted(digests.keys() - files.keys()):
        raise PackageRejected("file_missing", f"the manifest lists {missing[0]!a}, which is not there")
    if unlisted := sorted(files.keys() - digests.keys()):
        raise PackageRejected(
            "file_unlisted", f"{unlisted[0]} is not in the manifest; remove it or sign again"
        )
    for name, content in files.items():
        found = hashlib.sha256(content).hexdigest()
        if found != digests[name]:
            raise PackageRejected(
                "digest_mismatch", f"digest of {name} is {found}, the manifest says {digests[name]}"
            )


def _read_metadata(files: Mapping[str, bytes], expected_name: str, expected_version: str) -> PackageMetadata:
    if METADATA_FILE not in files:
        raise PackageRejected("metadata_missing", f"there is no {METADATA_FILE}")
    metadata = parse_metadata(files[METADATA_FILE])
    if metadata.name != expected_name:
        raise PackageRejected(
            "name_mismatch", f"{METADATA_FILE} says name {metadata.name}, the folder {expected_name!a}"
        )
    if metadata.version != expected_version:
        raise PackageRejected(
            "version_mismatch",
            f"{METADATA_FILE} says version {metadata.version}, the folder {expected_version!a}",
        )
    if metadata.model_file not in files:
        raise PackageRejected(
            "file_missing", f"{METADATA_FILE} names {metadata.model_file}, which is not there"
        )
    return metadata


def _check_policy(metadata: PackageMetadata, root_digest: str, policy: TrustPolicy, now: datetime) -> None:
    if metadata.expires is not None and metadata.expires <= now:
        raise PackageRejected(
            "expired", f"expired at {metadata.expires:%Y-%m-%d %H:%M} UTC; install a newer version"
        )
    if root_digest in policy.revoked_digests:
        raise PackageRejected("revoked", f"digest {root_digest} is revoked; install another version")


def _check_frameworks(metadata: PackageMetadata) -> None:
    """Refuse a model that the installed library may not run as the one did that it was made with.

    A pickle of another scikit-learn can load without an error and answer otherwise, so the versions must be
    the same. An ONNX file says itself which operators it needs; onnxruntime keeps running those of its past,
    so it must only not be older than the one that the model was checked with.
    """
    library = FRAMEWORKS[metadata.format]
    needed, installed = metadata.frameworks[library], _installed(library)
    if installed == needed or (metadata.format == "onnx" and _release(installed) >= _release(needed)):
        return
    at_least = ">=" if metadata.format == "onnx" else "=="
    raise PackageRejected(
        "framework_mismatch",
        f"made with {library} {needed}, here is {installed}; "
        f"install {library}{at_least}{needed}, or make and sign the package again here",
    )


def _installed(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"


def _release(version_text: str) -> tuple[int, ...]:
    """The numbers that a version starts with; none sorts below all."""
    found = re.match(r"\d+(\.\d+)*", version_text)
    return tuple(map(int, found.group().split("."))) if found else ()
