"""Every failure of the API in one shape, with the right status and headers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from predictor.activation import PACKAGE_REFUSED, PERCENT_INVALID, ActivationRefused
from predictor.api.uploads import TOO_MANY_FILES
from predictor.error_responses import DATABASE_UNAVAILABLE, RETRY_SECONDS, STATUS, error_body
from predictor.feedback.errors import STATUS as STATUS_OF_FEEDBACK
from predictor.feedback.errors import FeedbackRefused
from predictor.outage import DATABASE_LOST
from predictor.recognition.errors import ImageError
from predictor.serving import ModelUnavailable, UnknownModel

# The other refusals clash with what is active.
_REFUSALS = STATUS_OF_FEEDBACK | {
    PACKAGE_REFUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    PERCENT_INVALID: HTTPStatus.BAD_REQUEST,
}


class DatabaseUnavailable(exceptions.APIException):
    """The database is lost, and the answer cannot do without it."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "database_unavailable"
    default_detail = DATABASE_UNAVAILABLE
    wait = RETRY_SECONDS


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER. What nobody foresaw becomes Django's 500, in the same shape."""
    if isinstance(exc, ImageError):
        return _failure(STATUS[type(exc)], exc.code, exc.message)
    if isinstance(exc, UnknownModel):
        return _failure(HTTPStatus.NOT_FOUND, "unknown_model", str(exc))
    if isinstance(exc, ModelUnavailable):
        retry = {"Retry-After": str(RETRY_SECONDS)}
        return _failure(HTTPStatus.SERVICE_UNAVAILABLE, "model_unavailable", str(exc), retry)
    if isinstance(exc, (ActivationRefused, FeedbackRefused)):
        return _failure(_REFUSALS.get(exc.code, HTTPStatus.CONFLICT), exc.code, exc.message)
    exc = _as_api_exception(exc)
    if not isinstance(exc, exceptions.APIException):
        return None
    return _failure(exc.status_code, _code(exc), _message(exc, context), _headers(exc))


def _failure(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    set_rollback()
    return Response(error_body(code, message), status=status, headers=headers)


def _as_api_exception(exc: Exception) -> Exception:
    """Django's own exceptions, as REST framework's."""
    if isinstance(exc, DATABASE_LOST):
        return DatabaseUnavailable()
    if isinstance(exc, Http404):
        return exceptions.NotFound()
    if isinstance(exc, TooManyFilesSent):
        return exceptions.ParseError(TOO_MANY_FILES, "too_many_files")
    if isinstance(exc, (SuspiciousOperation, UnreadablePostError)):  # Too many parts, say, or a lost client.
        return exceptions.ParseError("The request is malformed or incomplete.")
    return exc


def _code(exc: exceptions.APIException) -> str:
    """The stable code of an exception; those of a validation differ by field, so they share one."""
    codes = exc.get_codes()
    return codes if isinstance(codes, str) else "invalid_request"


def _message(exc: exceptions.APIException, context: dict[str, Any]) -> str:
    """One or a few sentences that name the way out."""
    if isinstance(exc, exceptions.NotAuthenticated):
        return "Send a token in the header 'Authorization: Token KEY'. POST /api/v1/token gives one."
    if isinstance(exc, exceptions.UnsupportedMediaType):
        accepted = ", ".join(parser.media_type for parser in context["view"].parser_classes)
        return f"{exc.detail} This address reads {accepted}."
    return _sentence(exc.detail)


def _sentence(detail: Any) -> str:
    """What is wrong, in words; of a validation each field that is wrong, with its name."""
    if isinstance(detail, dict):
        return " ".join(f"{field}: {_sentence(errors)}" for field, errors in detail.items())
    if isinstance(detail, list):
        return " ".join(_sentence(error) for error in detail)
    return str(detail)


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = {
        "WWW-Authenticate": getattr(exc, "auth_header", None),
        "Retry-After": getattr(exc, "wait", None),
    }
    return {name: str(value) for name, value in headers.items() if value}
