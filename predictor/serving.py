"""The models of this process: found in MODELS_DIR, verified, loaded and warmed up once, at the start.

A refused package does not stop the process: its model answers 503, `/readyz` says why, other models serve on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from predictor.recognition.errors import PackageRejected, SigningKeyError
from predictor.recognition.image import ImageLimits
from predictor.recognition.model_package import (
    TrustedKey,
    TrustPolicy,
    VerifiedPackage,
    open_package,
)
from predictor.recognition.package_metadata import is_name, version_order
from predictor.recognition.recognizer import Recognizer
from predictor.recognition.signing_keys import load_public_key

logger = logging.getLogger(__name__)


class UnknownModel(Exception):
    """No package of that name and version is installed."""


class ModelUnavailable(Exception):
    """The model is installed, but its package was refused."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """One installed version of one model; `package` or `rejection` is set, never both."""

    name: str
    version: str
    active: bool
    rejection: PackageRejected | None = None
    recognizer: Recognizer | None = field(default=None, repr=False)

    @property
    def package(self) -> VerifiedPackage | None:
        """The verified package, or None where it was refused."""
        return self.recognizer.package if self.recognizer else None


class ServedModels:
    """Every installed model version and what became of it; a name's highest version is its active one."""

    def __init__(self, states: Sequence[ModelState], default: str) -> None:
        self._states = {(state.name, state.version): state for state in states}
        self._active = {state.name: state for state in states if state.active}
        self._default = default

    def states(self) -> list[ModelState]:
        """All installed versions, by name and then version."""
        return list(self._states.values())

    def has_default(self) -> bool:
        """Whether the model that answers when none is named is installed."""
        return self._default in self._active

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
            ModelUnavailable: its package was refused, or no model is named and the default one is missing.
        """
        if not selector and not self.has_default():
            raise ModelUnavailable(f"The default model {self._default!r} is not installed.")
        state = self.state(selector)
        if state.recognizer is None:
            code = state.rejection.code if state.rejection else "not_loaded"
            raise ModelUnavailable(f"Model {state.name} {state.version} is not available: {code}.")
        return state.recognizer


@cache
def served_models() -> ServedModels:
    """The models of this process; the first call verifies and loads them all."""
    return load_models(settings.MODELS_DIR)


def load_models(models_dir: Path) -> ServedModels:
    """Verify and load every package below a folder."""
    folders = installed_packages(models_dir)
    newest = {folder.parent.name: folder for folder in folders}
    policy = trust_policy()
    states = [_load(folder, policy, active=newest[folder.parent.name] == folder) for folder in folders]
    return ServedModels(states, settings.DEFAULT_MODEL)


def installed_packages(models_dir: Path) -> list[Path]:
    """The folders NAME/VERSION below a folder, by name and then version; what is called otherwise is none."""
    orders = {
        folder: (folder.parent.name, order)
        for folder in models_dir.glob("*/*")
        if folder.is_dir() and is_name(folder.parent.name) and (order := version_order(folder.name))
    }
    return sorted(orders, key=orders.__getitem__)


def _load(folder: Path, policy: TrustPolicy, *, active: bool) -> ModelState:
    name, version = folder.parent.name, folder.name
    try:
        recognizer = Recognizer.from_package(open_package(folder, policy), image_limits())
    except PackageRejected as rejection:
        logger.error(  # noqa: TRY400 - the reason says it all; no traceback is needed
            "package_rejected",
            extra={"model": name, "version": version, "code": rejection.code, "reason": rejection.message},
        )
        return ModelState(name, version, active, rejection=rejection)
    logger.info(
        "model_ready",
        extra={"model": name, "version": version, "digest": recognizer.package.digest},
    )
    return ModelState(name, version, active, recognizer=recognizer)


def image_limits() -> ImageLimits:
    """What a picture may measure, from the settings."""
    return ImageLimits(max_bytes=settings.MAX_IMAGE_BYTES, max_pixels=settings.MAX_IMAGE_PIXELS)


def trust_policy() -> TrustPolicy:
    """Whose signatures count, from the settings.

    Raises:
        ImproperlyConfigured: an entry of MODEL_TRUSTED_KEYS holds no public key, or one of
            MODEL_REVOKED_DIGESTS is no digest.
    """
    keys = tuple(key for entry in settings.MODEL_TRUSTED_KEYS for key in _trusted_keys(entry))
    revoked = frozenset(digest.removeprefix("sha256:") for digest in settings.MODEL_REVOKED_DIGESTS)
    try:
        return TrustPolicy(keys=keys, revoked_digests=revoked)
    except ValueError as error:
        raise ImproperlyConfigured(f"MODEL_REVOKED_DIGESTS: {error}") from error


def _trusted_keys(entry: str) -> Iterator[TrustedKey]:
    location, limit, names = entry.partition("=")
    patterns = tuple(names.split("+")) if limit else ("*",)
    if not all(patterns):
        raise ImproperlyConfigured(f"MODEL_TRUSTED_KEYS: {entry}: a limit must name models.")
    path = Path(location)
    for file in [path] if path.suffix == ".pem" else sorted(path.glob("*.pem")):
        try:
            key = load_public_key(file.read_bytes())
        except (SigningKeyError, OSError) as error:
            raise ImproperlyConfigured(f"MODEL_TRUSTED_KEYS: {file}: {error}") from error
        yield TrustedKey(file.stem, key, patterns)
