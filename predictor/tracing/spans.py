"""What the rest of the code says about its steps. With traces off it does nothing and imports nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_NOTHING: Final[AbstractContextManager[Any]] = nullcontext()
_trace_id: ContextVar[str] = ContextVar("trace_id", default="")
_tracer: Tracer | None = None


def use_tracer(tracer: Tracer | None) -> None:
    """Make spans with this from now on; with None, none."""
    global _tracer  # noqa: PLW0603 - one for the process, as with loggers.
    _tracer = tracer


def current_tracer() -> Tracer | None:
    """What makes spans; None while traces are off."""
    return _tracer


def step(name: str, **attributes: str | int) -> AbstractContextManager[Any]:
    """A span around a step of the request. Attributes are names and counts: no pixels, keys or tokens."""
    if _tracer is None:
        return _NOTHING
    named = {f"mnistsite.{key}": value for key, value in attributes.items()}
    return _tracer.start_as_current_span(name, attributes=named, record_exception=False)


def current_trace_id() -> str:
    """The trace of the current request, as 32 hexadecimal digits; empty without one."""
    return _trace_id.get()


def set_trace_id(trace_id: str) -> None:
    """Name the trace that this context belongs to from now on."""
    _trace_id.set(trace_id)
