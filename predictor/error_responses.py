"""Every failure in one shape: `{"error": {"code", "message", "request_id"}}`, or a page that says the same.

Programs are answered in JSON: all under /api and /predict, and whoever asks for JSON. People get a page.
Below /v2 the Open Inference Protocol has its own shape.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from predictor.outage import DATABASE_LOST
from predictor.pages.preferences import preferences
from predictor.recognition.errors import (
    ImageError,
    ImageTooLarge,
    InvalidImage,
    NothingDrawn,
    NotLookedAt,
    TooManyDigits,
    UnsupportedImage,
)
from predictor.request_id import current_request_id

STATUS: dict[type[ImageError], int] = {
    InvalidImage: HTTPStatus.BAD_REQUEST,
    UnsupportedImage: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ImageTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyDigits: HTTPStatus.UNPROCESSABLE_ENTITY,
    NothingDrawn: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotLookedAt: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,  # Fewer pictures at a time would fit.
}

# Programs read it as it stands here, people in the language of their page.
DATABASE_UNAVAILABLE = gettext_noop(
    "The database cannot be reached at the moment. Please try again in a few seconds."
)

RETRY_SECONDS = 5  # When to ask again for what is not ready: a process loads its models in less.

_TITLES = {
    400: _("This request could not be read"),
    403: _("This is not allowed"),
    404: _("There is no such page"),
    413: _("That is too large"),
    415: _("This is not a picture we can read"),
    422: _("Nothing to recognise"),
    429: _("Too many attempts"),
    500: _("Something broke on our side"),
    503: _("Not ready at the moment"),
}
_TITLES_BY_CODE: dict[str, Any] = {"csrf_failed": _("This page is too old")}


def error_body(code: str, message: str) -> dict[str, dict[str, str]]:
    """The error shape of the contract, with the id of the request being answered."""
    return {"error": {"code": code, "message": message, "request_id": current_request_id()}}


def prefers_json(request: HttpRequest) -> bool:
    """Whether the one who asks is a program."""
    if request.path.startswith(("/api", "/predict")):
        return True
    try:
        return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    except ValueError:  # An Accept header that cannot be read prefers nothing.
        return False


def speaks_inference_protocol(request: HttpRequest) -> bool:
    """Whether a request is for the Open Inference Protocol, whose errors have a shape of their own."""
    return request.path == "/v2" or request.path.startswith("/v2/")


def protocol_error(message: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    """One failure in the shape of the Open Inference Protocol, `{"error": "..."}`."""
    return JsonResponse({"error": message}, status=status, headers=headers)


def error_response(
    request: HttpRequest,
    status: int,
    code: str,
    message: str,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """One failure, as JSON or as a page."""
    if speaks_inference_protocol(request):
        return protocol_error(message, status, headers)
    if prefers_json(request):
        return _varying(JsonResponse(error_body(code, message), status=status, headers=headers))
    context = {
        "status": int(status),
        "title": _TITLES_BY_CODE.get(code) or _TITLES.get(int(status), HTTPStatus(status).phrase),
        "message": message,
        "request_id": current_request_id(),
    } | preferences(request)
    # After a server error the session or the database may be what broke: such a page asks neither.
    page_request = request if status < HTTPStatus.INTERNAL_SERVER_ERROR else None
    page = render_to_string("error.html", context, page_request)
    return _varying(HttpResponse(page, status=status, headers=headers))


def _varying(response: HttpResponse) -> HttpResponse:
    """Tell caches that the form was chosen by what the client accepts."""
    patch_vary_headers(response, ["Accept"])
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: a suspicious request, whose reason goes to the log; or one with too many files."""
    if isinstance(exception, TooManyFilesSent):
        return error_response(
            request,
            HTTPStatus.BAD_REQUEST,
            "too_many_files",
            gettext("Send up to %(count)s pictures at a time, in several goes.")
            % {"count": settings.MAX_UPLOAD_FILES},
        )
    return error_response(
        request, HTTPStatus.BAD_REQUEST, "bad_request", gettext("The request is malformed.")
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return error_response(request, HTTPStatus.FORBIDDEN, "permission_denied", gettext("You may not do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return error_response(
        request,
        HTTPStatus.NOT_FOUND,
        "not_found",
        gettext("Nothing lives at this address. Check its spelling."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, called while it handles the exception. A lost database is none of our mistakes."""
    if isinstance(sys.exception(), DATABASE_LOST):
        retry = {"Retry-After": str(RETRY_SECONDS)}
        return error_response(
            request,
            HTTPStatus.SERVICE_UNAVAILABLE,
            "database_unavailable",
            gettext(DATABASE_UNAVAILABLE),
            retry,
        )
    return error_response(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "server_error",
        gettext(
            "The mistake is ours and has been logged. Please try again, and name the request id if it stays."
        ),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return error_response(
        request,
        HTTPStatus.FORBIDDEN,
        "csrf_failed",
        gettext(
            "The form's security token is missing or has expired. "
            "Reload the page with cookies on and try again."
        ),
    )


def locked_out(request: HttpRequest, response: Any, credentials: dict[str, Any] | None) -> HttpResponse:
    """django-axes' AXES_LOCKOUT_CALLABLE: too many failed log-ins for this name from this address."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return error_response(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        "locked_out",
        gettext("Too many failed log-ins. Try again in %(minutes)s minutes.") % {"minutes": minutes},
        {"Retry-After": str(minutes * 60)},
    )
