"""Choosing the versions of a model: which one answers, and which second one is tried beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework import serializers
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from predictor.access.permissions import MayChooseVersions
from predictor.access.scopes import ADMIN_MODELS
from predictor.activation import activate, roll_back, set_canary, set_shadow
from predictor.api.parsers import JSONParser
from predictor.audit import author_of
from predictor.models import ModelActivation
from predictor.serving import served_models
from predictor.versions.answers import activation_answer, versions_answer


class VersionChoice(serializers.Serializer[Any]):
    """One version of the model that the address names."""

    version = serializers.CharField(max_length=64, help_text="An installed version, such as 1.0.0.")


class CanaryChoice(VersionChoice):
    """A version and its share."""

    # How much of it is right, `set_canary` says.
    percent = serializers.IntegerField(help_text="Share of the requests that name no version, 0 to 100.")


@method_decorator(never_cache, name="dispatch")
class _VersionsView(APIView):
    """What these views share."""

    permission_classes = (MayChooseVersions,)
    required_scope = ADMIN_MODELS
    parser_classes = (
        JSONParser,
        MultiPartParser,
        FormParser,
    )
    curl = '-H "Authorization: Token $KEY" -H "Content-Type: application/json"'


class VersionsView(_VersionsView):
    """Which versions of a model are active, canary and shadow; what workers serve; history."""

    name = "Versions"

    def get(self, request: Request, name: str) -> Response:
        """Describe the model's versions."""
        served_models().state(name)
        return Response(versions_answer(name))


class ActivateView(_VersionsView):
    """Let a version answer for its model, once it is verified, loaded and has answered.

    Running workers follow within seconds. A package that is refused changes nothing.
    """

    name = "Activate a version"
    serializer_class: type[Serializer[Any]] = VersionChoice

    def post(self, request: Request, name: str) -> Response:
        """Activate it."""
        return _changed(partial(activate, name, **_body(VersionChoice, request)), request)


class RollBackView(_VersionsView):
    """Activate the version that was active before. A second call is refused and leads nowhere."""

    name = "Roll back"

    def post(self, request: Request, name: str) -> Response:
        """Roll back."""
        return _changed(partial(roll_back, name), request)


class CanaryView(_VersionsView):
    """Let a second version answer a share of the requests that name no version."""

    name = "Canary"
    serializer_class = CanaryChoice

    def put(self, request: Request, name: str) -> Response:
        """Choose the version and its share."""
        return _changed(partial(set_canary, name, **_body(CanaryChoice, request)), request)

    def delete(self, request: Request, name: str) -> Response:
        """End it."""
        return _changed(partial(set_canary, name, "", 0), request)


class ShadowView(_VersionsView):
    """Have a second version asked beside the active one. Its answers are counted and never given."""

    name = "Shadow"
    serializer_class = VersionChoice

    def put(self, request: Request, name: str) -> Response:
        """Choose the version."""
        return _changed(partial(set_shadow, name, **_body(VersionChoice, request)), request)

    def delete(self, request: Request, name: str) -> Response:
        """End it."""
        return _changed(partial(set_shadow, name, ""), request)


def _body(form: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    choice = form(data=request.data)
    choice.is_valid(raise_exception=True)
    return dict(choice.validated_data)


def _changed(change: Callable[..., ModelActivation], request: Request) -> Response:
    return Response(activation_answer(change(author=author_of(request))))
