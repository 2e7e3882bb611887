"""The model that a page's address names: `?model=NAME`, so that a choice can be kept and shared as a link."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from predictor.recognition.package_metadata import PackageMetadata
from predictor.serving import UnknownModel, served_models
from predictor.verdicts import MAX_BARS, subject


def chosen_in_address(request: HttpRequest) -> dict[str, str]:
    """Initial values for a form that offers the models; none where the address names no model.

    Raises:
        UnknownModel: it is not installed, or a version is named: pages offer the active one.
    """
    name = request.GET.get("model", "")
    if not name:
        return {}
    if "@" in name:
        raise UnknownModel(f"There is no model {name[:80]!r}; pages answer with the active version of each.")
    served_models().state(name)
    return {"model": name}


def models_on_offer() -> dict[str, dict[str, Any]]:
    """What the draw page says of each model before it has answered, by name."""
    ready = [state for state in served_models().states() if state.active and state.ready]
    return {state.name: describe_for_page(state.package.metadata) for state in ready if state.package}


def describe_for_page(metadata: PackageMetadata) -> dict[str, Any]:
    """One model in words for the draw page."""
    return {
        "version": metadata.version,
        "subject": subject(metadata.labels),
        "labels": list(metadata.labels[:MAX_BARS]),
    }
