"""The short way's tests have what the API's have, and a token that this process has just looked up."""

from __future__ import annotations

import pytest

from predictor.access import token_cache
from predictor.access.tokens import find_token, note_use
from tests.api.conftest import counts_in_memory, picture, tiny_digits, tiny_site
from tests.short_way.asking import Asking

__all__ = ["counts_in_memory", "picture", "tiny_digits", "tiny_site"]


@pytest.fixture
def asking(alice_key, settings):
    """Asks with alice's token, which was looked up and used before."""
    settings.TOKEN_CACHE_SECONDS = 3600
    token_cache.forget_tokens()
    note_use(find_token(alice_key))
    yield Asking(alice_key)
    token_cache.forget_tokens()
