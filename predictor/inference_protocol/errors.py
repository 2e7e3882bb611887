"""Every failure below /v2 in the protocol's own shape, `{"error": "..."}`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import APIException

from predictor.api.errors import api_exception_handler
from predictor.error_responses import STATUS, protocol_error
from predictor.recognition.errors import ImageError


class TooLarge(APIException):
    """The request exceeds a limit, which the message names."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "request_too_large"


class UnknownEncoding(APIException):
    """The body is compressed in a way that is not read here."""

    status_code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    default_code = "unsupported_media_type"


class BadPicture(APIException):
    """One picture of a request cannot be recognised; the message names its index."""

    def __init__(self, index: int, error: ImageError) -> None:
        super().__init__(f"image[{index}]: {error.message}", error.code)
        self.status_code = STATUS[type(error)]


def protocol_exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler below /v2: what the API would answer, in the protocol's shape."""
    answer = api_exception_handler(exc, context)
    if answer is None:
        return None
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Type"}
    return protocol_error(answer.data["error"]["message"], answer.status_code, headers)
