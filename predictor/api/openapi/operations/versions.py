"""Which version of a model answers, and which second one is tried beside it."""

from __future__ import annotations

from predictor.api import version_views
from predictor.api.openapi import version_examples as examples
from predictor.api.openapi.failures import WITH_BODY, WITH_SCOPE, failures
from predictor.api.openapi.forms import STRING, Schema, described
from predictor.api.openapi.operations.describing import answer, describe, form, json_or_form

TAG = "Versions"
VERSION: Schema = described(STRING, "An installed version, such as 1.0.0.") | {
    "minLength": 1,
    "maxLength": 64,
}
PERCENT: Schema = {
    "type": "integer",
    "minimum": 0,
    "maximum": 100,
    "description": "Its share of the requests that name no version.",
}

OF_A_MODEL = (*WITH_SCOPE, "model_not_allowed", "unknown_model", "not_found")
CHOOSING = (*OF_A_MODEL, *WITH_BODY, "invalid_request", "invalid_json", "package_refused")
A_SECOND = (*CHOOSING, "already_active")


describe(
    version_views.VersionsView,
    "get",
    "get_versions",
    TAG,
    responses={200: answer("ModelVersions", "Wanted and served.", examples.VERSIONS)} | failures(*OF_A_MODEL),
)
describe(
    version_views.ActivateView,
    "post",
    "activate_version",
    TAG,
    request=json_or_form(form({"version": VERSION}, "version"), {"version": "1.1.0"}),
    responses={200: answer("Activation", "What is wanted from now on.", examples.ACTIVATED)}
    | failures(*CHOOSING),
)
describe(
    version_views.RollBackView,
    "post",
    "roll_back",
    TAG,
    request=None,
    responses={200: answer("Activation", "What is wanted from now on.", examples.ROLLED_BACK)}
    | failures(*OF_A_MODEL, "nothing_to_roll_back", "package_refused"),
)
describe(
    version_views.CanaryView,
    "put",
    "set_canary",
    TAG,
    description="Its package is verified, loaded and asked before anything changes. The choice is each "
    "request's own, by chance.",
    request=json_or_form(
        form({"version": VERSION, "percent": PERCENT}, "version", "percent"),
        {"version": "1.2.0", "percent": 10},
    ),
    responses={200: answer("Activation", "What is wanted from now on.", examples.WITH_CANARY)}
    | failures(*A_SECOND, "percent_invalid"),
)
describe(
    version_views.CanaryView,
    "delete",
    "end_canary",
    TAG,
    summary="End the canary",
    description="The active version answers everything again. Without a canary nothing changes.",
    responses={200: answer("Activation", "What is wanted from now on.", examples.ACTIVATED)}
    | failures(*OF_A_MODEL),
)
describe(
    version_views.ShadowView,
    "put",
    "set_shadow",
    TAG,
    summary="Have a second version asked beside the active one",
    description="Its answers are counted and never given. Its package is verified, loaded and asked before "
    "anything changes.",
    request=json_or_form(form({"version": VERSION}, "version"), {"version": "1.2.0"}),
    responses={200: answer("Activation", "What is wanted from now on.", examples.WITH_SHADOW)}
    | failures(*A_SECOND),
)
describe(
    version_views.ShadowView,
    "delete",
    "end_shadow",
    TAG,
    summary="End the shadow",
    description="The counts stay. Without a shadow nothing changes.",
    responses={200: answer("Activation", "What is wanted from now on.", examples.ACTIVATED)}
    | failures(*OF_A_MODEL),
)
