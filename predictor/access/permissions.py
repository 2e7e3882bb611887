"""Which scope a view asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from predictor.access.client import client_of
from predictor.access.limits import spend
from predictor.access.model_limits import check_choice
from predictor.access.scopes import scopes_of, scopes_of_token

if TYPE_CHECKING:
    from rest_framework.views import APIView  # Which imports the permission that the settings name: ours.


class IsSomebody(IsAuthenticated):
    """Asks for a token or a log-in. Who comes without is counted against their address."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether it is known who asks.

        Raises:
            RateLimited: too many came without, or with too little, from this address.
        """
        if super().has_permission(request, view):
            return True
        spend(request)
        return False


class HasScope(IsSomebody):
    """Asks for the scope that the view names as `required_scope`.

    A token has its own scopes, as far as its owner still has them: who is no superuser any more has no
    tokens of one. In a browser session a person has all that they could give to a token; there the
    session and its CSRF token are the proof, and a narrower one would only send them to make a token.
    """

    code = "insufficient_scope"

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the one who asks has the view's scope."""
        if not super().has_permission(request, view):
            return False
        required: str = view.required_scope  # type: ignore[attr-defined] # A view without one fails closed.
        self.message = f"This needs the scope {required!r}."
        client = client_of(request)
        return required in (scopes_of_token(client) if client else scopes_of(request.user))


class MayChooseVersions(HasScope):
    """Asks for the scope, and that a token which is limited to some models has the address's among them."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the one who asks may choose the versions of the view's model.

        Raises:
            ModelNotAllowed: the token is limited to other models.
        """
        if not super().has_permission(request, view):
            return False
        check_choice(client_of(request), view.kwargs["name"])
        return True
