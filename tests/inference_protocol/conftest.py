"""The API's tests have what these need: a tiny model that answers, a picture, and a client that may ask."""

from __future__ import annotations

from tests.api.conftest import picture, program, tiny_digits, tiny_site

__all__ = ["picture", "program", "tiny_digits", "tiny_site"]
