"""The models that are installed, as Triton's repository extension lists them."""

from __future__ import annotations

from collections.abc import Iterable

from predictor.serving import ModelState

READY = "READY"
UNAVAILABLE = "UNAVAILABLE"


def index(states: Iterable[ModelState], *, only_ready: bool) -> list[dict[str, str]]:
    """Every installed version and why it was refused, if it was.

    Args:
        states: the installed versions.
        only_ready: leave out those that were refused.
    """
    return [_entry(state) for state in states if state.package or not only_ready]


def _entry(state: ModelState) -> dict[str, str]:
    return {
        "name": state.name,
        "version": state.version,
        "state": READY if state.package else UNAVAILABLE,
        "reason": state.rejection.message if state.rejection else "",
    }
