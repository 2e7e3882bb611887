from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor.recognition.errors import RecognitionError
from predictor.recognition.model_package import sign_package
from predictor.recognition.signature import public_key_fingerprint
from predictor.recognition.signing_keys import load_private_key


class Command(BaseCommand):
    help = (
        "Sign every file of a model package (a folder NAME/VERSION) and write its model.sig. "
        "Nothing of the model is loaded: sign only what you made yourself. "
        "Exits 0 when it is signed, 1 when it is refused, 2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        key = settings.SIGNING_KEY
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--signing-key", type=Path, default=key, metavar="PATH", help=f"the private key; default: {key}"
        )
        parser.add_argument(
            "--passphrase-file", type=Path, metavar="PATH", help="holds the passphrase of an encrypted key"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        try:
            passphrase = _passphrase(options["passphrase_file"])
            key = load_private_key(options["signing_key"].read_bytes(), passphrase)
            sign_package(folder, key)
        except (RecognitionError, OSError) as error:
            raise CommandError(f"{folder} is not signed: {error}") from error
        self.stdout.write(f"{folder}: signed by {public_key_fingerprint(key.public_key())}")


def _passphrase(path: Path | None) -> bytes | None:
    return path.read_bytes().rstrip(b"\r\n") if path else None
