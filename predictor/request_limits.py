"""How much is taken from one request, decided before the first byte of its body is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from predictor.error_responses import error_response

View = Callable[..., HttpResponse]

# As many pictures as are allowed, at the megabyte that a phone's photo measures: they are held in memory.
MAX_BATCH_BYTES = settings.MAX_UPLOAD_FILES * 1024 * 1024

# What is read of a body that nobody wants: as much as Nginx lets pass, and no longer than a client may wait.
MAX_DROPPED_BYTES = 72 * 1024 * 1024
MAX_DROPPING_SECONDS = 5.0
_CHUNK_BYTES = 256 * 1024


class CappedMemoryUploadHandler(FileUploadHandler):
    """Keep files in memory and never on disk, and of each no more than tells that it is too large."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start with an empty file."""
        super().new_file(*args, **kwargs)
        self._content = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take what still fits; the rest of a file that is refused anyway is read past."""
        self._content += raw_data[: settings.MAX_IMAGE_BYTES + 1 - len(self._content)]

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        """Hand the file on."""
        return SimpleUploadedFile(self.file_name or "", bytes(self._content), self.content_type or "")


def takes_up_to(max_bytes: int) -> Callable[[View], View]:
    """Let a view take larger requests than the MAX_REQUEST_BYTES of all others."""

    def decorate(view: View) -> View:
        view.max_body_bytes = max_bytes  # type: ignore[attr-defined] # Read by the middleware below.
        return view

    return decorate


def max_body_bytes(view: View) -> int:
    """How long a body a view takes."""
    longest: int = getattr(view, "max_body_bytes", settings.MAX_REQUEST_BYTES)
    return longest


def drop_rest(request: HttpRequest) -> None:
    """Read what is left of a body that was refused unread, within bounds.

    Else the server closes the connection while the proxy still sends, and the proxy tells its client 502
    instead of the answer.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > MAX_DROPPED_BYTES:
        return
    until_s = time.monotonic() + MAX_DROPPING_SECONDS
    with suppress(UnreadablePostError):
        while request.read(_CHUNK_BYTES) and time.monotonic() < until_s:
            pass


class RequestSizeMiddleware:
    """Refuse a body by its declared length, and read the rest of any body that was refused.

    It stands before Django's CSRF middleware, which reads a form to find the token in it. A body without a
    valid length is empty to Django; one sent in chunks is told so instead of being lost.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self._get_response(request)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            drop_rest(request)
        return response

    def process_view(self, request: HttpRequest, view: View, *args: Any) -> HttpResponse | None:
        """Answer in the view's place where the body is longer than the view takes."""
        max_bytes = max_body_bytes(view)
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and "HTTP_TRANSFER_ENCODING" in request.META:
            return error_response(
                request,
                HTTPStatus.LENGTH_REQUIRED,
                "length_required",
                _("The body came in chunks. Send it in one piece, with its Content-Length."),
            )
        if not length.isdecimal() or int(length) <= max_bytes:
            return None
        return error_response(
            request,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "request_too_large",
            _("The request is too large; up to %(size)s are taken here. Send fewer or smaller pictures.")
            % {"size": filesizeformat(max_bytes)},
        )
