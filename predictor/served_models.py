"""One moment of what a process serves: never changed, only replaced as a whole (`serving.served_models`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import VerifiedPackage
from predictor.recognition.package_metadata import version_order
from predictor.recognition.recognizer import Recognizer
from predictor.versions.wanted import ACTIVE, CANARY, SHADOW, Wanted

Key = tuple[str, str]  # Name and version.

SWITCHED_OFF = "switched off"

_NOTHING_WANTED = Wanted()


class UnknownModel(Exception):
    """No package of that name and version is installed."""


class ModelUnavailable(Exception):
    """The model is installed, but its package was refused, or an operator switched it off."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """One installed version of one model; `package` or `rejection` is set, never both.

    Attributes:
        switched_off: an operator wants no version of the model to answer.
    """

    name: str
    version: str
    active: bool
    switched_off: bool = False
    rejection: PackageRejected | None = None
    recognizer: Recognizer | None = field(default=None, repr=False)

    @property
    def package(self) -> VerifiedPackage | None:
        """The verified package, or None where it was refused."""
        return self.recognizer.package if self.recognizer else None

    @property
    def ready(self) -> bool:
        """Whether it answers."""
        return self.recognizer is not None and not self.switched_off


@dataclass(frozen=True, slots=True)
class Problem:
    """A version that an operator wants and this process cannot serve; what served before serves on.

    Attributes:
        role: what it was wanted as, `active`, `canary` or `shadow`.
        code: as of `PackageRejected`.
    """

    name: str
    version: str
    role: str
    code: str
    message: str


class ServedModels:
    """Every model version of this process, what became of it, and how traffic is shared among them.

    Args:
        states: all versions.
        default: the model that answers when none is named.
        wanted: what operators want, by model; it names canaries and shadows.
        problems: what they want in vain.
    """

    def __init__(
        self,
        states: Iterable[ModelState],
        default: str,
        wanted: Mapping[str, Wanted] = MappingProxyType({}),
        problems: Iterable[Problem] = (),
    ) -> None:
        self._states = {(state.name, state.version): state for state in states}
        self._active = {state.name: state for state in self._states.values() if state.active}
        self._default = default
        self._wanted = wanted
        self.problems = tuple(problems)

    def states(self) -> list[ModelState]:
        """All installed versions, by name and then version."""
        return list(self._states.values())

    def active_versions(self) -> dict[str, str]:
        """The active version of each model."""
        return {name: state.version for name, state in self._active.items()}

    def has_default(self) -> bool:
        """Whether the model that answers when none is named is installed."""
        return self._default in self._active

    def is_switched_off(self, name: str | None = None) -> bool:
        """Whether an operator wants no version of a model to answer; None is the default model."""
        return self._wanted.get(name or self._default, _NOTHING_WANTED).switched_off

    def state(self, selector: str | None = None) -> ModelState:
        """Find a model by `NAME` (its active version) or `NAME@VERSION`; None is the default model.

        Raises:
            UnknownModel: it is not installed.
        """
        selector = selector or self._default
        name, _, version = selector.partition("@")
        found = self._states.get((name, version)) if version else self._active.get(name)
        if found is None:
            installed = ", ".join(self._active) or "none"
            raise UnknownModel(f"There is no model {selector[:80]!r}; installed: {installed}.")
        return found

    def recognizer(self, selector: str | None = None) -> Recognizer:
        """The recogniser of a model, ready to answer.

        Raises:
            UnknownModel: it is not installed.
            ModelUnavailable: its package was refused, it is switched off, or no model is named and the
                default one is missing.
        """
        if not selector and not self.has_default():
            raise ModelUnavailable(f"The default model {self._default!r} is not installed.")
        state = self.state(selector)
        if state.switched_off:
            raise ModelUnavailable(f"Model {state.name} is switched off until an operator switches it on.")
        if state.recognizer is None:
            code = state.rejection.code if state.rejection else "not_loaded"
            raise ModelUnavailable(f"Model {state.name} {state.version} is not available: {code}.")
        return state.recognizer

    def canary(self, name: str) -> tuple[Recognizer | None, int]:
        """The version that takes a share of a model's unpinned traffic, and the share in percent."""
        wanted = self._wanted.get(name, _NOTHING_WANTED)
        return self._second(name, wanted.canary_version), wanted.canary_percent

    def shadow(self, name: str) -> Recognizer | None:
        """The version that is asked beside a model's active one."""
        return self._second(name, self._wanted.get(name, _NOTHING_WANTED).shadow_version)

    def is_active(self, recognizer: Recognizer) -> bool:
        """Whether a recogniser is its model's active one here and now."""
        state = self._active.get(recognizer.package.metadata.name)
        return state is not None and state.recognizer is recognizer

    def roles(self, name: str, version: str) -> list[str]:
        """What a version does now, in words such as `active`, `canary 10 %`, `shadow`; often nothing.

        Where its model is switched off, `switched off` comes first.
        """
        canary, percent = self.canary(name)
        seconds = {f"{CANARY} {percent} %": canary, SHADOW: self.shadow(name)}
        active = [ACTIVE] if self.active_versions().get(name) == version else []
        off = [SWITCHED_OFF] if self.is_switched_off(name) else []
        return (
            off + active + [role for role, found in seconds.items() if found and _version(found) == version]
        )

    def _second(self, name: str, version: str) -> Recognizer | None:
        """A version beside the active one; none where it was refused or is the active one."""
        state = self._states.get((name, version))
        return state.recognizer if state and not state.active else None


def _version(recognizer: Recognizer) -> str:
    return recognizer.package.metadata.version


def assemble(
    loaded: Mapping[Key, ModelState],
    default: str,
    wanted: Mapping[str, Wanted],
    refused: Mapping[Key, PackageRejected],
    running: Mapping[str, str] = MappingProxyType({}),
) -> ServedModels:
    """Choose each model's active version among the loaded ones.

    Args:
        loaded: every version's outcome, of each model at least one.
        default: the model that answers when none is named.
        wanted: what operators want.
        refused: versions whose last attempt to load failed.
        running: the versions that are active until now; one of them goes on where the wanted one is refused.
    """
    ordered = sorted(loaded, key=lambda key: (key[0], version_order(key[1]) or ()))
    highest = dict(ordered)
    active = {name: _active(name, highest[name], loaded, wanted, running) for name in highest}
    states = [
        replace(
            loaded[key],
            active=active[key[0]] == key[1],
            switched_off=wanted.get(key[0], _NOTHING_WANTED).switched_off,
        )
        for key in ordered
    ]
    problems = [
        Problem(name, version, role, refused[name, version].code, refused[name, version].message)
        for name, wish in wanted.items()
        for role, version in wish.roles().items()
        if (name, version) in refused
    ]
    return ServedModels(states, default, wanted, problems)


def _active(
    name: str,
    highest: str,
    loaded: Mapping[Key, ModelState],
    wanted: Mapping[str, Wanted],
    running: Mapping[str, str],
) -> str:
    target = wanted.get(name, _NOTHING_WANTED).version or highest
    before = running.get(name, "")
    if loaded[name, target].recognizer is None and (old := loaded.get((name, before))) and old.recognizer:
        return before
    return target
