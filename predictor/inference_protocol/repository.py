"""The models that are installed, as Triton's repository extension lists and switches them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import ParseError

from predictor.serving import SWITCHED_OFF, ModelState

READY = "READY"
UNAVAILABLE = "UNAVAILABLE"


def index(states: Iterable[ModelState], *, only_ready: bool) -> list[dict[str, str]]:
    """Every installed version, and why it does not answer if it does not.

    Args:
        states: the installed versions.
        only_ready: leave out those that do not answer.
    """
    return [_entry(state) for state in states if state.ready or not only_ready]


def check_parameters(body: Mapping[str, Any]) -> None:
    """Refuse what loading and unloading cannot be asked for here; what changes nothing is passed over.

    Args:
        body: of the request. Its `parameters` may name a configuration, and files as `file:PATH`.

    Raises:
        ParseError: a package would have to be served otherwise than it was signed; or it is no such body.
    """
    parameters = body.get("parameters", {})
    if not isinstance(parameters, dict):
        raise ParseError("parameters must be an object.")
    if any(name == "config" or name.startswith("file:") for name in parameters):
        raise ParseError(
            "A model is loaded from its signed package as it is; send neither config nor files as parameters."
        )
    if not isinstance(parameters.get("unload_dependents", False), bool):
        raise ParseError("unload_dependents must be true or false.")


def _entry(state: ModelState) -> dict[str, str]:
    return {
        "name": state.name,
        "version": state.version,
        "state": READY if state.ready else UNAVAILABLE,
        "reason": _reason(state),
    }


def _reason(state: ModelState) -> str:
    if state.rejection:
        return state.rejection.message
    return SWITCHED_OFF if state.switched_off else ""
