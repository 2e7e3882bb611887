"""One picture out of a request, whichever of the three ways it was sent."""

from __future__ import annotations

import base64
from typing import Any, Protocol

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

WAYS = (
    "Send one picture: as the file 'file' of a multipart form, as the body with Content-Type image/*, "
    'or as JSON {"image": "<base64>"}.'
)

BATCH_WAY = f"Send 1 to {settings.MAX_UPLOAD_FILES} pictures, each as a file 'file' of one multipart form."
TOO_MANY_FILES = (
    "These are too many files. /api/v1/predict takes one picture per request, "
    f"/api/v1/predict/batch up to {settings.MAX_UPLOAD_FILES}."
)


class Upload(Protocol):
    """A request beside its picture: the fields of its body, which may be bytes, and the query."""

    @property
    def data(self) -> Any: ...  # noqa: D102 - see above

    @property
    def query_params(self) -> Any: ...  # noqa: D102 - see above


def uploaded_picture(request: Request) -> bytes:
    """The bytes of the one picture that a request carries.

    Raises:
        ParseError: codes "missing_file", "too_many_files" and "invalid_base64".
    """
    body: Any = request.data
    return _from_form(request) if isinstance(body, QueryDict) else body_picture(body)


def body_picture(body: Any) -> bytes:
    """The picture in a body that is no form: bytes, or a JSON object.

    Raises:
        ParseError: codes "missing_file" and "invalid_base64".
    """
    if isinstance(body, bytes):
        return body
    if "image" in body:
        return _from_base64(body["image"])
    raise ParseError(WAYS, "missing_file")


def uploaded_pictures(request: Request) -> list[UploadedFile[bytes]]:
    """The pictures of a batch, in the order of the form; Django has counted them.

    Raises:
        ParseError: code "missing_file", there is none, or a file has another name than "file".
    """
    if list(request.FILES) != ["file"]:
        raise ParseError(BATCH_WAY, "missing_file")
    files: list[UploadedFile[bytes]] = request.FILES.getlist("file")
    return files


def requested_model(request: Upload) -> str | None:
    """The model that the body or else the address names; None is the default one.

    Raises:
        ParseError: code "invalid_request", it is not a string.
    """
    body: Any = request.data
    named = None if isinstance(body, bytes) else body.get("model")
    selector = named or request.query_params.get("model") or None
    if selector is not None and not isinstance(selector, str):
        raise ParseError("model: Name it as a string, NAME or NAME@VERSION.", "invalid_request")
    return selector


def wants_explanation(request: Upload) -> bool:
    """Whether the body or else the address asks what decided the answer; without either, it does not.

    Raises:
        ParseError: code "invalid_request", `explain` is neither true nor false.
    """
    body: Any = request.data
    in_body = not isinstance(body, bytes) and "explain" in body
    value = body["explain"] if in_body else request.query_params.get("explain", "false")
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise ParseError("explain: Say true or false.", "invalid_request")
    return bool(value == "true")


def _from_form(request: Request) -> bytes:
    files = [(field, file) for field, several in request.FILES.lists() for file in several]
    if len(files) > 1:
        raise ParseError(
            f"The request has {len(files)} files. Send one picture per request; "
            "the batch endpoint /api/v1/predict/batch takes several.",
            "too_many_files",
        )
    if not files or files[0][0] != "file":
        raise ParseError(WAYS, "missing_file")
    content: bytes = files[0][1].read()
    return content


def _from_base64(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ParseError("image: Send one picture, as a base64 string.", "invalid_base64")
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)  # MIME breaks base64 into lines.
    except ValueError as error:
        raise ParseError("image: This is not base64.", "invalid_base64") from error
