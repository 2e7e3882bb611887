"""The installed models and their versions as the admin shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from predictor.models import ModelActivation, ShadowCount
from predictor.serving import ModelState, ServedModels, installed_packages, served_models


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the admin's table.

    Attributes:
        state: `verified`, `refused`, or `not loaded` of one that was installed since this worker started.
        detail: who signed it, or why it was refused.
        roles: what it does in this worker.
    """

    version: str
    state: str
    detail: str
    roles: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class ModelOverview:
    """One model, its versions (the highest first), and what is wanted of it."""

    name: str
    row: ModelActivation
    versions: tuple[VersionLine, ...]
    shadow_counts: tuple[ShadowCount, ...]

    @property
    def may_be_off(self) -> bool:
        """Whether it may be switched off: the default model answers who names none, and stays on."""
        return self.name != str(settings.DEFAULT_MODEL)

    @property
    def seconds(self) -> tuple[VersionLine, ...]:
        """The versions that may be canary or shadow."""
        return tuple(line for line in self.versions if not line.active)


def overview() -> list[ModelOverview]:
    """Every model that is installed, or was when this worker started."""
    models = served_models()
    states = {(state.name, state.version): state for state in models.states()}
    folders = [(folder.parent.name, folder.name) for folder in installed_packages(settings.MODELS_DIR)]
    lines: dict[str, list[VersionLine]] = {}
    for name, version in dict.fromkeys([*folders, *states]):
        lines.setdefault(name, []).insert(0, _line(name, version, states.get((name, version)), models))
    rows = {row.name: row for row in ModelActivation.objects.all()}
    counts = list(ShadowCount.objects.all())
    return [
        ModelOverview(
            name, rows.get(name) or ModelActivation(name=name), tuple(lines[name]), _of(name, counts)
        )
        for name in sorted(lines)
    ]


def _of(name: str, counts: Iterable[ShadowCount]) -> tuple[ShadowCount, ...]:
    return tuple(count for count in counts if count.name == name)


def _line(name: str, version: str, state: ModelState | None, models: ServedModels) -> VersionLine:
    roles, active = tuple(models.roles(name, version)), bool(state and state.active)
    if state and state.package:
        return VersionLine(version, "verified", f"signed by {state.package.signer}", roles, active)
    if state and state.rejection:
        reason = f"{state.rejection.message} ({state.rejection.code})"
        return VersionLine(version, "refused", reason, roles, active)
    return VersionLine(version, "not loaded", "installed since; verified when it is chosen", roles, active)
