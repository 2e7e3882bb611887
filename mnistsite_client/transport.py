"""Requests to one site: sent with the key, sent again where that helps, answered as JSON or as an error."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from time import sleep
from typing import Any
from urllib.parse import urlsplit

from mnistsite_client.errors import APIError, ClientError, NotReached
from mnistsite_client.retrying import BUSY_STATUSES, RetryPolicy, read_retry_after


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: urllib would send the key along to wherever it leads."""

    def redirect_request(self, *_: Any) -> None:
        """Never."""


_OPENER = urllib.request.build_opener(_NoRedirects)


@dataclass(frozen=True, slots=True)
class Transport:
    """How one site is asked.

    Attributes:
        host: `https://digits.example`, with a path where the site has one; without a scheme it is https.
        key: the token's key; no error and no `repr` holds it.
        timeout_s: how long one attempt may keep silent.
        retry: how patient to be.
    """

    host: str
    key: str = field(repr=False)
    timeout_s: float = 60.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            ValueError: it is none of http or https; the key holds a line break or is not ASCII.
        """
        if not self.key.isascii() or not self.key.isprintable():
            raise ValueError("The key holds characters that no key has.")
        parts = urlsplit(self._base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{self.host!r} is no address of a site such as https://digits.example.")

    @property
    def _base(self) -> str:
        return (self.host if "://" in self.host else f"https://{self.host}").rstrip("/")

    def ask(self, path: str, body: bytes | None = None, content_type: str = "") -> dict[str, Any]:
        """Send a request, again where the site is busy or not reached, and read the answer.

        Asking twice is harmless: no answer changes anything on the site.

        Args:
            path: below the host, with its slash.
            body: what to POST; None is a GET.
            content_type: of the body.

        Raises:
            APIError: the request was refused, or the site stayed busy.
            NotReached: the site was not reached, or its answer is not the API's.
        """
        attempt = 1
        while True:
            try:
                return self._ask_once(path, body, content_type)
            except ClientError as error:
                wait_s = self._wait_s(attempt, error)
                if wait_s is None:
                    raise
            sleep(wait_s)
            attempt += 1

    def _wait_s(self, attempt: int, error: ClientError) -> float | None:
        if isinstance(error, APIError):
            busy = error.status in BUSY_STATUSES
            return self.retry.wait_s(attempt, error.retry_after_s) if busy else None
        hopeless = isinstance(error.__cause__, (ssl.SSLCertVerificationError, ValueError))
        return None if hopeless else self.retry.wait_s(attempt, None)

    def _ask_once(self, path: str, body: bytes | None, content_type: str) -> dict[str, Any]:
        request = urllib.request.Request(self._base + path, data=body)  # noqa: S310 - the scheme is checked above
        request.add_header("Accept", "application/json")
        if self.key:
            request.add_header("Authorization", f"Token {self.key}")
        if body is not None:
            request.add_header("Content-Type", content_type)
        try:
            with _OPENER.open(request, timeout=self.timeout_s) as response:
                return _read_object(response.read())
        except urllib.error.HTTPError as refusal:
            raise _api_error(refusal) from None
        except urllib.error.URLError as error:
            reason = error.reason if isinstance(error.reason, Exception) else error
            raise NotReached(f"{self._base} cannot be reached: {error.reason}") from reason
        except (http.client.HTTPException, OSError) as error:
            raise NotReached(f"{self._base} broke off: {error!r}") from error


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise NotReached("The answer is not JSON: is this the site's address?") from error
    if not isinstance(answer, dict):
        raise NotReached("The answer is not of the API's form.") from ValueError()
    return answer


def _api_error(refusal: urllib.error.HTTPError) -> APIError:
    """The API's own error; where a proxy refused in its own words, the status says what there is to say."""
    with refusal:
        status, headers = refusal.code, refusal.headers
        try:
            error = json.loads(refusal.read())["error"]
            code, message, request_id = (str(error[name]) for name in ("code", "message", "request_id"))
        except (ValueError, KeyError, TypeError, OSError, http.client.HTTPException):
            code, request_id = "unknown", headers.get("X-Request-ID", "")
            place = headers.get("Location")
            message = f"The site answered {status} {refusal.reason}" + (f": try {place}." if place else ".")
    return APIError(status, code, message, request_id, read_retry_after(headers.get("Retry-After")))
