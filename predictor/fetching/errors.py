"""Why packages were not fetched."""

from __future__ import annotations


class FetchError(Exception):
    """A source was refused; the message names it and the reason. Nothing was put in place of it."""
