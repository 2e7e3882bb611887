"""Every error code of the API with its status and an example of its message."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

REQUEST_ID = "1d3e5f0c2b9a4c7e8d6f1a2b3c4d5e6f"

FAILURES: dict[int, dict[str, str]] = {
    400: {
        "bad_request": "The request is malformed.",
        "parse_error": "The request is malformed or incomplete.",
        "invalid_request": "explain: Say true or false.",
        "invalid_json": "The body is not valid JSON: see line 1, column 2.",
        "invalid_base64": "image: This is not base64.",
        "missing_file": (
            "Send one picture: as the file 'file' of a multipart form, as the body with Content-Type "
            'image/*, or as JSON {"image": "<base64>"}.'
        ),
        "too_many_files": (
            "The request has 2 files. Send one picture per request; the batch endpoint /api/v1/predict/batch "
            "takes several."
        ),
        "empty_file": "The file is empty.",
        "damaged_image": "The file is damaged or incomplete.",
        "unknown_label": "label: The model does not know it; name one of its labels.",
        "percent_invalid": "A share is 0 to 100 percent, not 101.",
    },
    401: {
        "not_authenticated": (
            "Send a token in the header 'Authorization: Token KEY'. POST /api/v1/token gives one."
        ),
        "invalid_token": "The token is malformed, unknown, expired or revoked.",
        "invalid_credentials": "There is no active user with this name and password.",
    },
    403: {
        "insufficient_scope": "This needs the scope 'predict'.",
        "scope_not_allowed": "You may not give all of these scopes.",
        "permission_denied": "You may not do this.",
        "model_not_allowed": "This token may not ask the model 'fashion-cnn'; it may ask: mnist-cnn.",
        "feedback_off": "This site keeps no feedback.",
        "rotation_not_allowed": "A token rotates itself alone; log in to rotate others.",
    },
    404: {
        "not_found": "Nothing lives at this address. Check its spelling.",
        "unknown_model": "There is no model 'nobody'; installed: mnist-cnn, mnist-sgd.",
    },
    405: {"method_not_allowed": 'Method "PUT" not allowed.'},
    406: {"not_acceptable": "Could not satisfy the request Accept header."},
    409: {
        "feedback_full": "As many pictures are kept as there is room for. Thank you all the same.",
        "already_rotated": "The token a04d599ec0bab47b was rotated or revoked already.",
        "token_ended": "The token a04d599ec0bab47b has ended; make a new one.",
        "nothing_to_roll_back": (
            "mnist-sgd: no previous version is known; activate a version by its number."
        ),
        "already_active": "mnist-sgd 1.1.0 is the active version; choose another.",
    },
    411: {"length_required": "The body came in chunks. Send it in one piece, with its Content-Length."},
    413: {
        "request_too_large": (
            "The request is too large; up to 6.7 MB are taken here. Send fewer or smaller pictures."
        ),
        "file_too_large": "The file has 6000000 bytes; the limit is 5242880.",
        "too_many_pixels": "The picture has 25000000 pixels; the limit is 20000000.",
    },
    415: {
        "unsupported_media_type": 'Unsupported media type "text/plain" in request.',
        "unsupported_format": "The file is no picture in a known format.",
    },
    422: {
        "nothing_drawn": "There is nothing drawn on this picture.",
        "too_many_digits": (
            "The picture shows 80 things that may be digits, 64 at most are read. Send a part of it."
        ),
        "package_refused": "mnist-sgd 1.1.0: there is no model.sig; sign the package (signature_missing).",
    },
    429: {
        "rate_limited": "This token may ask for 6000 pictures a minute; 0 are left. Come back in 41 seconds.",
        "locked_out": "Too many failed log-ins. Try again in 15 minutes.",
    },
    500: {
        "server_error": (
            "The mistake is ours and has been logged. Please try again, and name the request id if it stays."
        )
    },
    503: {
        "model_unavailable": "Model mnist-cnn 1.0.0 is not available: digest_mismatch.",
        "database_unavailable": (
            "The database cannot be reached at the moment. Please try again in a few seconds."
        ),
        "limits_unavailable": "Requests cannot be counted at the moment. Please try again.",
    },
}

# What any address may answer.
EVERYWHERE = (
    *("bad_request", "parse_error", "method_not_allowed", "not_acceptable", "server_error"),
    *("rate_limited", "limits_unavailable", "database_unavailable"),
)
WITH_BODY = ("length_required", "request_too_large", "unsupported_media_type")
WITH_TOKEN = ("not_authenticated", "invalid_token")
WITH_SCOPE = (*WITH_TOKEN, "insufficient_scope")


def failures(*codes: str) -> dict[int, OpenApiResponse]:
    """The answers of an address that may fail with these codes, and with those of every address.

    Raises:
        KeyError: a code is not in `FAILURES`.
    """
    statuses: dict[int, list[str]] = {}
    for code in dict.fromkeys((*codes, *EVERYWHERE)):
        statuses.setdefault(_status(code), []).append(code)
    return {status: _response(status, named) for status, named in sorted(statuses.items())}


def _status(code: str) -> int:
    for status, named in FAILURES.items():
        if code in named:
            return status
    raise KeyError(code)


def _response(status: int, codes: list[str]) -> OpenApiResponse:
    return OpenApiResponse(
        {"$ref": "#/components/schemas/Error"},
        f"{HTTPStatus(status).phrase}: {', '.join(f'`{code}`' for code in codes)}",
        list(_examples(status, codes)),
    )


def _examples(status: int, codes: list[str]) -> Iterator[OpenApiExample]:
    for code in codes:
        error: dict[str, Any] = {"code": code, "message": FAILURES[status][code], "request_id": REQUEST_ID}
        yield OpenApiExample(code, {"error": error})
