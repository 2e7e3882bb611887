"""The models of this process: found in MODELS_DIR, verified, loaded and warmed up at the start.

A refused package does not stop the process: its model answers 503, `/readyz` says why, other models serve on.
`versions.watcher` replaces what is served while requests are answered; a request keeps what it began with.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from predictor.recognition.errors import PackageRejected, SigningKeyError
from predictor.recognition.image import ImageLimits
from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.package_metadata import is_name, version_order
from predictor.recognition.recognizer import Recognizer
from predictor.recognition.signing_keys import load_public_key
from predictor.served_models import (
    SWITCHED_OFF,
    Key,
    ModelState,
    ModelUnavailable,
    Problem,
    ServedModels,
    UnknownModel,
    assemble,
)
from predictor.versions.wanted import Wanted, read_wanted_at_start

__all__ = [
    "SWITCHED_OFF",
    "CurrentModels",
    "ModelState",
    "ModelUnavailable",
    "Problem",
    "ServedModels",
    "UnknownModel",
    "image_limits",
    "installed_packages",
    "load_models",
    "load_versions",
    "open_version",
    "served_models",
    "trust_policy",
    "update_models",
]

logger = logging.getLogger(__name__)


class CurrentModels:
    """Call it for the models of this process; the first call verifies and loads them all."""

    def __init__(self) -> None:
        self._models: ServedModels | None = None
        self._lock = Lock()

    def __call__(self) -> ServedModels:
        """What is served at this moment. It never changes: ask once for what belongs together."""
        models = self._models
        if models is not None:
            return models
        with self._lock:
            if self._models is None:
                self._models = load_models(settings.MODELS_DIR, read_wanted_at_start())
            return self._models

    def replace(self, models: ServedModels) -> None:
        """Serve other models from the next call on; who asked before keeps the old ones."""
        self._models = models

    def cache_clear(self) -> None:
        """Load everything anew at the next call."""
        self._models = None


served_models = CurrentModels()


def load_models(models_dir: Path, wanted: Mapping[str, Wanted] = MappingProxyType({})) -> ServedModels:
    """Verify and load every package below a folder.

    Args:
        models_dir: its folders are NAME/VERSION.
        wanted: what operators want; a version that is wanted and missing is a refused one.
    """
    installed = {(folder.parent.name, folder.name) for folder in installed_packages(models_dir)}
    return _served(load_versions(models_dir, sorted(installed | _named(wanted))), wanted)


def update_models(current: ServedModels, models_dir: Path, wanted: Mapping[str, Wanted]) -> ServedModels:
    """Load what is newly wanted beside what is served; what is refused leaves its model as it was."""
    before = {(state.name, state.version): state for state in current.states()}
    missing = [key for key in sorted(_named(wanted)) if not _is_served(before.get(key), wanted)]
    fresh = load_versions(models_dir, missing)
    refused = {key: state.rejection for key, state in fresh.items() if state.rejection}
    kept = {key for key in refused if key in before and before[key].recognizer}
    loaded = before | {key: state for key, state in fresh.items() if key not in kept}
    return assemble(loaded, settings.DEFAULT_MODEL, wanted, refused, current.active_versions())


def _served(loaded: Mapping[Key, ModelState], wanted: Mapping[str, Wanted]) -> ServedModels:
    refused = {key: state.rejection for key, state in loaded.items() if state.rejection}
    return assemble(loaded, settings.DEFAULT_MODEL, wanted, refused)


def _named(wanted: Mapping[str, Wanted]) -> set[Key]:
    return {(name, version) for name, wish in wanted.items() for version in wish.roles().values()}


def _is_served(state: ModelState | None, wanted: Mapping[str, Wanted]) -> bool:
    """Whether a version is loaded, from the very bytes that were verified when it was chosen."""
    if state is None or state.package is None:
        return False
    chosen = wanted[state.name].digests.get(state.version)
    return chosen in (None, state.package.digest)


def installed_packages(models_dir: Path) -> list[Path]:
    """The folders NAME/VERSION below a folder, by name and then version; what is called otherwise is none."""
    orders = {
        folder: (folder.parent.name, order)
        for folder in models_dir.glob("*/*")
        if folder.is_dir() and is_name(folder.parent.name) and (order := version_order(folder.name))
    }
    return sorted(orders, key=orders.__getitem__)


def load_versions(models_dir: Path, keys: Iterable[Key]) -> dict[Key, ModelState]:
    """Verify and load some versions, each with its outcome."""
    policy = trust_policy()
    return {key: _load(models_dir.joinpath(*key), policy) for key in keys}


def open_version(models_dir: Path, name: str, version: str) -> Recognizer:
    """Verify, load and warm up one version.

    Raises:
        PackageRejected: see `open_package` and `load_classifier`.
    """
    return Recognizer.from_package(open_package(models_dir / name / version, trust_policy()), image_limits())


def _load(folder: Path, policy: TrustPolicy) -> ModelState:
    name, version = folder.parent.name, folder.name
    try:
        recognizer = Recognizer.from_package(open_package(folder, policy), image_limits())
    except PackageRejected as rejection:
        logger.error(  # noqa: TRY400 - the reason says it all; no traceback is needed
            "package_rejected",
            extra={"model": name, "version": version, "code": rejection.code, "reason": rejection.message},
        )
        return ModelState(name, version, active=False, rejection=rejection)
    logger.info(
        "model_ready",
        extra={"model": name, "version": version, "digest": recognizer.package.digest},
    )
    return ModelState(name, version, active=False, recognizer=recognizer)


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
