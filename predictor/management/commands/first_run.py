from __future__ import annotations

import os
import secrets
import shlex
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from predictor.access.tokens import issue_token

ADMINISTRATOR = "admin"
EXAMPLE_PICTURE = settings.BASE_DIR / "docs" / "examples" / "7.png"


class Command(BaseCommand):
    help = (
        "Prepare a new site: an administrator and a token, printed once and kept in VAR_DIR/first-run.txt. "
        "Where any user exists, only the addresses are printed and nothing is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the site will be served")

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["url"].rstrip("/")
        record = settings.VAR_DIR / "first-run.txt"
        with transaction.atomic():
            if get_user_model().objects.exists():
                self.stdout.write(_addresses(url))
                if record.exists():
                    self.stdout.write(f"The first password and token are in {record}\n")
                return
            text = _create_credentials(url)
            # Inside the transaction: killed at any point, the next run finds no user and starts over.
            _write_private(record, text)
        self.stdout.write(f"{text}\nThis is kept in {record}, readable by you alone.\n")


def _create_credentials(url: str) -> str:
    password = secrets.token_urlsafe(15)
    owner = get_user_model().objects.create_superuser(ADMINISTRATOR, password=password)
    key, _token = issue_token(owner, name="first run")
    call = [
        "curl",
        "-H",
        f"Authorization: Token {key}",
        "-F",
        f"file=@{EXAMPLE_PICTURE}",
        f"{url}/api/v1/predict",
    ]
    return (
        f"{_addresses(url)}\n"
        f"Administrator: {ADMINISTRATOR}\n"
        f"Password:      {password}\n"
        f"API token:     {key}\n\n"
        f"Try it:\n  {shlex.join(call)}\n"
    )


def _addresses(url: str) -> str:
    return f"\nPage:          {url}/\nAdmin:         {url}/admin/\nAPI:           {url}/api/v1/"


def _write_private(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
