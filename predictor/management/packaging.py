"""What every command that makes a package shares: how it ends, where to, a key to sign with, and a date."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from predictor.management.interruption import interruptible
from predictor.recognition.errors import RecognitionError
from predictor.recognition.signing_keys import load_private_key
from predictor.training.errors import TrainingError


class PackagingCommand(BaseCommand):
    """A command that makes a package; refused or interrupted, it says so and leaves none."""

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        # Django gives every command a --version that prints Django's; here it is the package's.
        return super().create_parser(*args, conflict_handler="resolve", **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with interruptible():
                self.make_package(**options)
        except (RecognitionError, TrainingError, OSError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted; no package was written.") from error

    def make_package(self, **options: Any) -> None:
        """Do the command's work.

        Raises:
            RecognitionError, TrainingError, OSError: the package cannot be made; the message says why.
        """
        raise NotImplementedError


def add_place(parser: CommandParser) -> None:
    """Ask where packages lie and whose key signs."""
    parser.add_argument(
        "--output", type=Path, default=settings.MODELS_DIR, metavar="DIR", help="default: %(default)s"
    )
    parser.add_argument(
        "--signing-key",
        type=Path,
        metavar="PATH",
        help=f"default: {settings.SIGNING_KEY}, made when missing",
    )


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
