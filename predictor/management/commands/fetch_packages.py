from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor.fetching.errors import FetchError
from predictor.fetching.install import fetch
from predictor.recognition.errors import PackageRejected
from predictor.serving import trust_policy

MEBIBYTE = 1024 * 1024


class Command(BaseCommand):
    help = (
        "Bring signed packages from folders and archives to the folder that MODELS_DIR names, each verified "
        "before it is there. Again, it changes nothing. "
        "Exits 0 when all are there, 1 when a source or a package is refused, 2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "sources",
            nargs="+",
            metavar="SOURCE",
            help="a folder of packages NAME/VERSION, or https://HOST/FILE.tar.gz#sha256=HEX of them",
        )
        parser.add_argument(
            "--to", type=Path, required=True, metavar="DIR", help="is made where it is missing"
        )
        parser.add_argument(
            "--max-megabytes",
            type=int,
            default=512,
            metavar="N",
            help="the most that one source may have, unpacked; default: %(default)s",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        policy = trust_policy()
        for source in options["sources"]:
            try:
                packages = fetch(source, options["to"], policy, options["max_megabytes"] * MEBIBYTE)
            except (FetchError, PackageRejected, OSError) as error:
                raise CommandError(str(error)) from error
            if options["verbosity"]:
                for package in packages:
                    metadata = package.metadata
                    self.stdout.write(f"{metadata.name} {metadata.version}  sha256:{package.digest}")
