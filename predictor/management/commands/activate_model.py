from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor.activation import ActivationRefused, activate, roll_back
from predictor.audit import COMMAND_LINE
from predictor.models import ActivationHistory, ModelActivation
from predictor.serving import UnknownModel


class Command(BaseCommand):
    help = (
        "Let a version of a model answer. Its package is verified, loaded and asked first; workers follow "
        "within seconds. Exit code 0 done, 1 refused and nothing changed, 2 wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="of an installed model")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("version", metavar="VERSION", nargs="?", help="an installed version")
        which.add_argument("--rollback", action="store_true", help="the version that was active before")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row = _change(options["name"], options["version"])
        except (ActivationRefused, UnknownModel) as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        if options["verbosity"]:
            self.stdout.write(f"{row.name} {row.version} is active; before: {_before(row.name) or 'none'}.")


def _change(name: str, version: str | None) -> ModelActivation:
    if version:
        return activate(name, version, author=COMMAND_LINE)
    return roll_back(name, author=COMMAND_LINE)


def _before(name: str) -> str:
    """What answered before the change that was just made: the row of a rollback does not keep it."""
    return ActivationHistory.objects.filter(name=name)[0].from_version
