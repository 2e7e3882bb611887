"""What can go wrong between a client and the site."""

from __future__ import annotations


class ClientError(Exception):
    """Base of all errors of this client."""


class NotReached(ClientError):
    """No answer came, or none that the API gives: no connection, a time-out, another server."""


class APIError(ClientError):
    """The API refused the request.

    Attributes:
        status: the HTTP status.
        code: stable, for programs; docs/api.md lists them.
        message: for people.
        request_id: by which the site's logs know the request.
        retry_after_s: when the site says that asking again may help; None where it does not say.
    """

    def __init__(
        self, status: int, code: str, message: str, request_id: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{message} ({status} {code}, request {request_id or 'unknown'})")
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.retry_after_s = retry_after_s
