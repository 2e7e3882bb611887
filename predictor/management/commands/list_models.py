from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from predictor.serving import ModelState, served_models
from predictor.versions.wanted import ACTIVE


class Command(BaseCommand):
    help = (
        "List the installed model versions, whether each one verified, and which is canary or shadow. "
        "* marks a model's active version."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        models = served_models()
        states = models.states()
        for state in states:
            mark = "*" if state.active else " "
            roles = [role for role in models.roles(state.name, state.version) if role != ACTIVE]
            outcome = "; ".join([_outcome(state), *roles])
            self.stdout.write(f"{mark} {state.name} {state.version}  {outcome}")
        if not states:
            self.stderr.write("No model is installed; see trained_models/README.md.")


def _outcome(state: ModelState) -> str:
    if state.package is None:
        return f"REFUSED: {state.rejection.message}" if state.rejection else "REFUSED"
    metadata = state.package.metadata
    return f"verified, signed by {state.package.signer}; {metadata.format}; {metadata.title}"
