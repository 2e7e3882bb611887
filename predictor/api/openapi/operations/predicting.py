"""Pictures in, answers out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiRequest

from predictor.api import feedback_views, reading_views, views
from predictor.api.openapi import examples
from predictor.api.openapi.failures import WITH_BODY, WITH_SCOPE, failures
from predictor.api.openapi.forms import STRING, Schema, array, described
from predictor.api.openapi.operations.describing import answer, describe, form, query

BINARY: Schema = {"type": "string", "format": "binary"}
MODEL = described(
    STRING,
    "NAME, for its active version or its canary, or NAME@VERSION; without it the default model.",
)
LABEL = described(STRING, "What the picture shows: one of the model's labels, or empty for none of them.")
BASE64 = described(STRING, "The file in base64; a data: URL does as well.") | {"minLength": 1}
EXPLAIN: Schema = {"type": "boolean", "description": "Whether to say what in the picture decided."}
EXPLAIN_TEXT: Schema = {"enum": ["true", "false"], "description": EXPLAIN["description"]}

UNREADABLE = ("invalid_request", "missing_file", "too_many_files")
BAD_PICTURE = (
    *("empty_file", "damaged_image", "file_too_large", "too_many_pixels", "unsupported_format"),
    "nothing_drawn",
)
PREDICTING = (
    *WITH_BODY,
    *WITH_SCOPE,
    *UNREADABLE,
    "model_not_allowed",
    "unknown_model",
    "model_unavailable",
)
ONE_PICTURE = (*PREDICTING, *BAD_PICTURE, "invalid_json", "invalid_base64")


def picture_request(in_form: dict[str, Schema], in_json: dict[str, Schema]) -> dict[str, Any]:
    """The three ways to send one picture, with these fields beside it."""
    json_form = form({"image": BASE64} | in_json, "image")
    example = OpenApiExample("example", {"image": "iVBORw0KGgoAAAANSUhEUg..."})
    return {
        "multipart/form-data": form({"file": described(BINARY, "The picture.")} | in_form, "file"),
        "application/json": OpenApiRequest(json_form, examples=[example]),
        "image/*": BINARY,
        "application/octet-stream": BINARY,
    }


PREDICTED = {
    200: answer("Prediction", "The answer, accepted or in doubt.", examples.PREDICTION, examples.DOUBT)
}
describe(
    views.PredictView,
    "post",
    "predict",
    "Predicting",
    request=picture_request({"model": MODEL, "explain": EXPLAIN_TEXT}, {"model": MODEL, "explain": EXPLAIN}),
    parameters=[query("model", MODEL), query("explain", EXPLAIN_TEXT)],
    responses=PREDICTED | failures(*ONE_PICTURE),
)
describe(
    views.VersionPredictView,
    "post",
    "predict_by_version",
    "Predicting",
    request=picture_request({"explain": EXPLAIN_TEXT}, {"explain": EXPLAIN}),
    parameters=[query("explain", EXPLAIN_TEXT)],
    responses=PREDICTED | failures(*ONE_PICTURE, "not_found"),
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
    reading_views.ReadView,
    "post",
    "read",
    "Predicting",
    request=picture_request({"model": MODEL}, {"model": MODEL}),
    parameters=[query("model", MODEL)],
    responses={200: answer("Reading", "The digits in their order.", examples.READING)}
    | failures(*ONE_PICTURE, "too_many_digits"),
)
describe(
    feedback_views.FeedbackView,
    "post",
    "feedback",
    "Predicting",
    request={
        "multipart/form-data": form(
            {"file": described(BINARY, "The picture."), "label": LABEL, "model": MODEL}, "file", "label"
        ),
        "application/json": form({"image": BASE64, "label": LABEL, "model": MODEL}, "image", "label"),
    },
    parameters=[query("model", MODEL)],
    responses={201: answer("Feedback", "It is kept.", examples.FEEDBACK)}
    | failures(*ONE_PICTURE, "unknown_label", "feedback_off", "feedback_full"),
)
