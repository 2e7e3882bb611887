from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor.recognition.signature import public_key_fingerprint
from predictor.recognition.signing_keys import create_key_pair, load_public_key


class Command(BaseCommand):
    help = (
        "Make a key that signs model packages (ECDSA P-256): the private half for you alone, the public half "
        "for every server that shall trust it. An existing file is never overwritten. "
        "Exits 0 when both were written, 1 when not, 2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        private = settings.SIGNING_KEY
        public = settings.VAR_DIR / "trusted_keys" / private.name
        parser.add_argument(
            "--private", type=Path, default=private, metavar="PATH", help=f"default: {private}"
        )
        parser.add_argument("--public", type=Path, default=public, metavar="PATH", help=f"default: {public}")

    def handle(self, *args: Any, **options: Any) -> None:
        private, public = options["private"], options["public"]
        for path in (private, public):
            if path.exists():
                raise CommandError(f"{path} exists; name another place, or move it away if nothing needs it.")
        private_pem, public_pem = create_key_pair()
        try:
            _write_new(private, private_pem, mode=0o600, folder_mode=0o700)
            try:
                _write_new(public, public_pem, mode=0o644, folder_mode=0o755)
            except OSError:
                private.unlink()  # Half a pair would only stand in the way of the next try.
                raise
        except OSError as error:
            raise CommandError(f"The key cannot be written: {error}") from error
        self.stdout.write(f"private key: {private}  (keep it off every server)")
        self.stdout.write(f"public key:  {public}")
        self.stdout.write(f"fingerprint: {public_key_fingerprint(load_public_key(public_pem))}")


def _write_new(path: Path, content: bytes, *, mode: int, folder_mode: int) -> None:
    """Create a file with its final mode; it is at no moment readable by more people than it shall be."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=folder_mode)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
