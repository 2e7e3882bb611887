"""The answer of every page that needs a model while there is none, or no such one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from predictor.error_responses import RETRY_SECONDS, error_response
from predictor.serving import ModelUnavailable, UnknownModel

View = Callable[[HttpRequest], HttpResponse]


def answers_unavailable(view: View) -> View:
    """Turn a refused model into a 503 that says when to come back, and an unknown one into a 404."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except UnknownModel as error:
            return error_response(request, HTTPStatus.NOT_FOUND, "unknown_model", str(error))
        except ModelUnavailable as error:
            return error_response(
                request,
                HTTPStatus.SERVICE_UNAVAILABLE,
                "model_unavailable",
                _("The model cannot answer right now; the Models page says why. (%(reason)s)")
                % {"reason": error},
                {"Retry-After": str(RETRY_SECONDS)},
            )

    return answer
