from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor.access.model_limits import unknown_model
from predictor.access.scopes import PREDICT, SCOPES
from predictor.access.tokens import MAX_DAYS, expiry, issue_token
from predictor.models import MAX_RATE_LIMIT


class Command(BaseCommand):
    help = (
        "Make an API token. Its key is printed on standard output, alone and once, so that it can be piped. "
        "Exit code 0 made, 1 refused, 2 wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="whose token it will be")
        parser.add_argument("--name", default="command line", help="what will use it (default: %(default)s)")
        parser.add_argument(
            "--scope", action="append", choices=list(SCOPES), help="may be repeated (default: predict)"
        )
        parser.add_argument("--expires-in-days", type=_days, help=f"1 to {MAX_DAYS} (default: never)")
        parser.add_argument(
            "--models", nargs="+", metavar="NAME", default=[], help="which it may ask (default: all)"
        )
        parser.add_argument(
            "--rate-limit",
            type=_rate_limit,
            help=f"how much it may ask in a minute, 1 to {MAX_RATE_LIMIT} (default: RATE_LIMIT_PER_TOKEN)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username=options["username"], is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no active user {options['username']!r}.")
        if problem := unknown_model(options["models"]):
            raise CommandError(problem)
        try:
            key, token = issue_token(
                owner,
                name=options["name"],
                scopes=options["scope"] or [PREDICT],
                expires_at=expiry(options["expires_in_days"]),
                model_names=options["models"],
                rate_limit=options["rate_limit"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["verbosity"]:
            self.stderr.write(
                f"Token {token} of {owner} may {', '.join(token.scopes)}. Its key, shown this once:"
            )
        self.stdout.write(key)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_DAYS:
        raise ArgumentTypeError(f"{text!r} is not a number of days from 1 to {MAX_DAYS}")
    return int(text)


def _rate_limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_RATE_LIMIT:
        raise ArgumentTypeError(f"{text!r} is not a number of requests from 1 to {MAX_RATE_LIMIT}")
    return int(text)
