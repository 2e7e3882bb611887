"""Whether uWSGI runs this process, and its own module then."""

from __future__ import annotations

from typing import Any


def uwsgi_module() -> Any:
    """The module `uwsgi`, which exists in uWSGI's own processes alone; None elsewhere."""
    try:
        import uwsgi  # noqa: PLC0415 - see above.
    except ImportError:
        return None
    return uwsgi
