"""Which token asks."""

from __future__ import annotations

from rest_framework.request import Request

from predictor.models import APIToken


def client_of(request: Request) -> APIToken | None:
    """The token that a request came with; None where a person is logged in, or nobody is known."""
    return request.auth if isinstance(request.auth, APIToken) else None
