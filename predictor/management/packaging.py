"""What every command that makes a package asks for: a key to sign with, and a date."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import OutputWrapper

from predictor.recognition.signing_keys import load_private_key


def signing_key(
    path: Path | None, stdout: OutputWrapper, passphrase_file: Path | None = None
) -> EllipticCurvePrivateKey:
    """Read the private key, by default this deployment's own, which is made where there is none yet.

    Raises:
        SigningKeyError: the file holds no key that packages are signed with, or the passphrase is wrong.
        OSError: a file cannot be read.
    """
    if path is None and not settings.SIGNING_KEY.exists():
        stdout.write("There is no signing key yet; making one, and trusting its public half:")
        call_command("create_signing_key", stdout=stdout)
    passphrase = passphrase_file.read_bytes().rstrip(b"\r\n") if passphrase_file else None
    return load_private_key((path or settings.SIGNING_KEY).read_bytes(), passphrase)


def start_of_today() -> datetime:
    """The start of the day in UTC: exact enough, and a second run on it makes the same package."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
