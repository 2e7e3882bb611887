from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import VerifiedPackage, open_package
from predictor.serving import installed_packages, trust_policy


class Command(BaseCommand):
    help = (
        "Verify a model package as a server does before it loads one; nothing of the model is loaded. "
        "Exits 0 when it is good, 1 when it is refused, 2 on wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "package",
            metavar="FOLDER|NAME[@VERSION]",
            help="a package's folder, or an installed model; without a version, all of its versions",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        policy = trust_policy()
        refused = 0
        for folder in _folders(options["package"]):
            try:
                package = open_package(folder, policy)
            except PackageRejected as error:
                refused += 1
                self.stderr.write(f"refused ({error.code}): {error.message}")
            else:
                self.stdout.write(_report(package))
        if refused:
            raise CommandError(f"{refused} refused.")


def _folders(package: str) -> list[Path]:
    """Return the folder itself, or those of an installed model."""
    if "/" in package:
        return [Path(package)]
    name, _, version = package.partition("@")
    if version:
        return [settings.MODELS_DIR / name / version]
    folders = [folder for folder in installed_packages(settings.MODELS_DIR) if folder.parent.name == name]
    if not folders:
        raise CommandError(
            f"No model {name!r} is installed in {settings.MODELS_DIR}; a folder is given with a slash."
        )
    return folders


def _report(package: VerifiedPackage) -> str:
    metadata = package.metadata
    lines = {
        "verified": f"{metadata.name} {metadata.version}",
        "format": metadata.format,
        "signer": package.signer,
        "fingerprint": package.signer_fingerprint,
        "digest": package.digest,
    }
    files = [f"  {name}  {len(package.files[name])} bytes" for name in sorted(package.files)]
    return "\n".join([f"{field + ':':<13}{value}" for field, value in lines.items()] + ["files:", *files])
