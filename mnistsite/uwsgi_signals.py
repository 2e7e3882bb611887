"""A restart of uWSGI (SIGHUP, and SIGTERM, which reaches workers as one) that no request is lost to.

Why: uWSGI's handler runs in a worker's main thread, and waits there for the worker's other threads. Where it
interrupts Python code it holds Python's lock, for which those threads wait in turn: until `harakiri`. So the
main thread keeps the signal back while it answers a request, and takes it between two, without the lock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from predictor.uwsgi_server import uwsgi_module

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Not `signal.pthread_sigmask`: what is pending would come while it holds Python's lock, which ctypes lets go.
_LIBC = ctypes.CDLL(None)
_SIGSET_BYTES = 128  # Of sigset_t in glibc and musl.
_HANGUP = ctypes.create_string_buffer(_SIGSET_BYTES)
_LIBC.sigemptyset(_HANGUP)
_LIBC.sigaddset(_HANGUP, signal.SIGHUP)


def restarting_between_requests(application: Application) -> Application:
    """The application, in uWSGI with its main thread's requests kept from restarts; elsewhere as it is."""
    uwsgi = uwsgi_module()
    if uwsgi is None:
        return application
    uwsgi.after_req_hook = _allow_restart  # Called after each answer, also after a failed one.

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _hold_restart()
        return application(environ, start_response)

    return answer


@contextmanager
def threads_without_restarts() -> Iterator[None]:
    """Threads that are started meanwhile never get the signal, which they could not handle."""
    _hold_restart()
    try:
        yield
    finally:
        _allow_restart()


def _hold_restart() -> None:
    _mask(signal.SIG_BLOCK)


def _allow_restart() -> None:
    _mask(signal.SIG_UNBLOCK)


def _mask(how: int) -> None:
    if threading.get_native_id() == os.getpid():  # uWSGI keeps all signals from its other threads.
        _LIBC.pthread_sigmask(how, _HANGUP, None)
