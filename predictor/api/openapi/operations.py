"""What each address of the API takes and answers. Importing this describes the views to drf-spectacular."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiRequest,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from predictor.access.scopes import SCOPES
from predictor.access.tokens import MAX_DAYS
from predictor.api import token_views, views
from predictor.api.openapi import examples
from predictor.api.openapi.components import STRING, Schema, array, described, ref
from predictor.api.openapi.failures import WITH_BODY, WITH_TOKEN, failures

BINARY: Schema = {"type": "string", "format": "binary"}
MODEL = described(STRING, "NAME, for its active version, or NAME@VERSION; without it the default model.")
EXPLAIN: Schema = {"type": "boolean", "description": "Whether to say what in the picture decided."}
EXPLAIN_TEXT: Schema = {"enum": ["true", "false"], "description": EXPLAIN["description"]}

UNREADABLE = ("invalid_request", "missing_file", "too_many_files")
BAD_PICTURE = (
    *("empty_file", "damaged_image", "file_too_large", "too_many_pixels", "unsupported_format"),
    "nothing_drawn",
)
PREDICTING = (
    *WITH_BODY,
    *WITH_TOKEN,
    *UNREADABLE,
    "insufficient_scope",
    "unknown_model",
    "model_unavailable",
)
ONE_PICTURE = (*PREDICTING, *BAD_PICTURE, "invalid_json", "invalid_base64")


def answer(component: str, description: str, *values: Any) -> OpenApiResponse:
    """An answer of that form, with examples."""
    named = [OpenApiExample(f"example {number}", value) for number, value in enumerate(values, start=1)]
    return OpenApiResponse(ref(component), description, named)


def form(properties: dict[str, Schema], *required: str) -> Schema:
    """The fields of a request's form or JSON."""
    return {"type": "object", "properties": properties, "required": list(required)}


def query(name: str, schema: Schema) -> OpenApiParameter:
    """An optional parameter in the address."""
    return OpenApiParameter(name, schema, description=schema["description"])


def picture_request(fields: dict[str, Schema]) -> dict[str, Any]:
    """The three ways to send one picture, with these fields beside it."""
    in_form = fields | {"explain": EXPLAIN_TEXT}
    base64 = described(STRING, "The file in base64; a data: URL does as well.") | {"minLength": 1}
    in_json = form({"image": base64} | fields | {"explain": EXPLAIN}, "image")
    example = OpenApiExample("example", {"image": "iVBORw0KGgoAAAANSUhEUg..."})
    return {
        "multipart/form-data": form({"file": described(BINARY, "The picture.")} | in_form, "file"),
        "application/json": OpenApiRequest(in_json, examples=[example]),
        "image/*": BINARY,
        "application/octet-stream": BINARY,
    }


def describe(view: Any, method: str, operation_id: str, tag: str, **more: Any) -> None:
    """Say of a view's method what the document shall say; summary and description are its class's own."""
    summary, _, text = view.__doc__.strip().partition("\n")
    said = {"summary": summary.rstrip("."), "description": " ".join(text.split()) or summary} | more
    extend_schema_view(**{method: extend_schema(operation_id=operation_id, tags=[tag], **said)})(view)


PREDICTED = {
    200: answer("Prediction", "The answer, accepted or in doubt.", examples.PREDICTION, examples.DOUBT)
}
describe(
    views.PredictView,
    "post",
    "predict",
    "Predicting",
    request=picture_request({"model": MODEL}),
    parameters=[query("model", MODEL), query("explain", EXPLAIN_TEXT)],
    responses=PREDICTED | failures(*ONE_PICTURE),
)
describe(
    views.VersionPredictView,
    "post",
    "predict_by_version",
    "Predicting",
    request=picture_request({}),
    parameters=[query("explain", EXPLAIN_TEXT)],
    responses=PREDICTED | failures(*ONE_PICTURE),
)
describe(
    views.BatchView,
    "post",
    "predict_batch",
    "Predicting",
    request={
        "multipart/form-data": form(
            {"file": array(BINARY, minItems=1, maxItems=64, description="The pictures."), "model": MODEL},
            "file",
        )
    },
    parameters=[query("model", MODEL)],
    responses={200: answer("Batch", "An answer or an error for each.", examples.BATCH)}
    | failures(*PREDICTING),
)
describe(
    views.RootView,
    "get",
    "root",
    "Models",
    responses={200: answer("Root", "The addresses.", examples.ROOT)} | failures("invalid_token"),
)
describe(
    views.ModelListView,
    "get",
    "list_models",
    "Models",
    responses={200: answer("ModelList", "The models.", {"models": [examples.MODEL]})}
    | failures("invalid_token"),
)
describe(
    views.ModelView,
    "get",
    "get_model",
    "Models",
    responses={200: answer("ModelAndVersions", "The model.", examples.MODEL_AND_VERSIONS)}
    | failures("invalid_token", "unknown_model", "not_found"),
)
describe(
    views.ModelVersionView,
    "get",
    "get_model_version",
    "Models",
    responses={200: answer("Model", "The version.", examples.MODEL, examples.REFUSED)}
    | failures("invalid_token", "unknown_model", "not_found"),
)

CREDENTIALS = form(
    {
        "username": STRING | {"maxLength": 150},
        "password": STRING | {"maxLength": 4096, "format": "password"},
        "name": described(STRING, "What will use the token.") | {"maxLength": 100},
        "scopes": array({"enum": list(SCOPES)}, minItems=1, maxItems=len(SCOPES)),
        "expires_in_days": {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_DAYS,
            "description": "Without it the token does not expire.",
        },
    }
)
describe(
    token_views.TokenView,
    "post",
    "create_token",
    "Tokens",
    description="The key is in the answer and never shown again. Name and password come by HTTP Basic, or as "
    "fields of JSON or of a form; the other fields are optional.",
    request={
        "application/json": OpenApiRequest(
            CREDENTIALS, examples=[OpenApiExample("example", examples.CREDENTIALS)]
        ),
        "multipart/form-data": CREDENTIALS,
        "application/x-www-form-urlencoded": CREDENTIALS,
    },
    auth=[{"basicAuth": []}, {}],
    responses={201: answer("NewToken", "The token, with its key.", examples.NEW_TOKEN)}
    | failures(
        *WITH_BODY,
        "invalid_request",
        "invalid_json",
        "invalid_credentials",
        "scope_not_allowed",
        "locked_out",
    ),
)
describe(
    token_views.TokenListView,
    "get",
    "list_tokens",
    "Tokens",
    responses={200: answer("TokenList", "The tokens.", {"tokens": [examples.TOKEN]})} | failures(*WITH_TOKEN),
)
describe(
    token_views.TokenDetailView,
    "get",
    "get_token",
    "Tokens",
    description="One of your tokens.",
    responses={200: answer("Token", "The token.", examples.TOKEN)} | failures(*WITH_TOKEN, "not_found"),
)
describe(
    token_views.TokenDetailView,
    "delete",
    "revoke_token",
    "Tokens",
    summary="Revoke one of your tokens",
    description="At once and for good. Revoking it again changes nothing.",
    responses={204: OpenApiResponse(description="It is revoked.")} | failures(*WITH_TOKEN, "not_found"),
)
