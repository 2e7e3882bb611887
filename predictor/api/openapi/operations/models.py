"""What models there are."""

from __future__ import annotations

from predictor.api import views
from predictor.api.openapi import examples
from predictor.api.openapi.failures import failures
from predictor.api.openapi.operations.describing import answer, describe

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
