from __future__ import annotations

import secrets
import shlex
import socket
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from mnistsite.private_files import write_private_file
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
        _refuse_taken_port(url)
        record = settings.VAR_DIR / "first-run.txt"
        with transaction.atomic():
            if get_user_model().objects.exists():
                self.stdout.write(_addresses(url))
                if record.exists():
                    self.stdout.write(f"The first password and token are in {record}\n")
                return
            text = _create_credentials(url)
            # Inside the transaction: killed at any point, the next run finds no user and starts over.
            write_private_file(record, text)
        self.stdout.write(f"{text}\nThis is kept in {record}, readable by you alone.\n")


def _refuse_taken_port(url: str) -> None:
    """Say in one sentence what the server would say in many, before any address is printed."""
    try:
        address = urlsplit(url)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address.hostname, address.port))
    except (OSError, ValueError, TypeError, OverflowError) as error:
        raise CommandError(f"Cannot serve {url} ({error}); make run PORT=9000 takes another port.") from error


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
