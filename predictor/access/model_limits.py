"""Which models a token may ask."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from rest_framework.exceptions import PermissionDenied

from predictor.models import APIToken
from predictor.serving import installed_packages


class ModelNotAllowed(PermissionDenied):
    """The token is limited to other models."""

    default_code = "model_not_allowed"


def check_model(token: APIToken | None, selector: str | None) -> None:
    """Refuse a model that the token may not ask. Without a token, as on a page, every model may be asked.

    Args:
        token: the one that asks.
        selector: `NAME` or `NAME@VERSION`; None is the default model.

    Raises:
        ModelNotAllowed: the token is limited to other models.
    """
    name = (selector or settings.DEFAULT_MODEL).partition("@")[0]
    if token is None or token.allows_model(name):
        return
    allowed = ", ".join(token.model_names)
    if selector:
        raise ModelNotAllowed(f"This token may not ask the model {name[:80]!r}; it may ask: {allowed}.")
    raise ModelNotAllowed(
        f"No model is named, and this token may not ask the default one, {name!r}; name one of: {allowed}."
    )


def check_choice(token: APIToken | None, name: str) -> None:
    """Refuse a token that is limited to other models to say which version of this one answers.

    Args:
        token: the one that asks; None is a person who is logged in.
        name: of the model.

    Raises:
        ModelNotAllowed: the token is limited to other models.
    """
    if token is None or token.allows_model(name):
        return
    allowed = ", ".join(token.model_names)
    raise ModelNotAllowed(
        f"This token may not choose versions of the model {name[:80]!r}, but of these: {allowed}."
    )


def installed_models() -> list[str]:
    """The names that a token can be limited to, in order."""
    return sorted({folder.parent.name for folder in installed_packages(settings.MODELS_DIR)})


def unknown_model(names: Iterable[str]) -> str:
    """A sentence about the first name that is no installed model; empty where all are."""
    installed = installed_models()
    for name in names:
        if name not in installed:
            return f"There is no model {str(name)[:80]!r}; installed: {', '.join(installed) or 'none'}."
    return ""
