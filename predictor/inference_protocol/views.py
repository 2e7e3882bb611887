"""The protocol's addresses. Views read, call one function and answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from predictor.access.authentication import TokenAuthentication
from predictor.access.client import client_of
from predictor.access.limits import spend
from predictor.access.permissions import HasScope, MayChooseVersions
from predictor.access.scopes import ADMIN_MODELS, PREDICT
from predictor.activation import switch_off, switch_on
from predictor.api.renderers import JSONRenderer
from predictor.audit import author_of
from predictor.error_responses import RETRY_SECONDS, protocol_error
from predictor.health import readiness_problems
from predictor.inference_protocol import repository
from predictor.inference_protocol.body import read_object
from predictor.inference_protocol.descriptions import SERVER, describe_model
from predictor.inference_protocol.errors import protocol_exception_handler
from predictor.inference_protocol.infer_answer import infer_answer, selector_of
from predictor.models import ModelActivation
from predictor.serving import served_models
from predictor.versions.watcher import follow_now


class ProtocolView(APIView):
    """What all addresses share: tokens and nothing else prove who asks, and every failure has one shape."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication,)
    permission_classes: Sequence[Any] = (AllowAny,)
    schema = None  # The protocol describes itself; it is no part of the REST API's schema.

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Any]:
        """The protocol's own."""
        return protocol_exception_handler

    def perform_content_negotiation(
        self,
        request: HttpRequest,
        force: bool = False,  # noqa: FBT001, FBT002 - REST framework's signature
    ) -> tuple[BaseRenderer, str]:
        """JSON, whatever the client says it accepts: several send what does not fit."""
        return JSONRenderer(), "application/json"


class HealthView(ProtocolView):
    """Health is asked without a token, and not refused for a bad one."""

    authentication_classes = ()
    throttle_classes = ()


class ServerView(ProtocolView):
    """`GET /v2`."""

    def get(self, request: Request) -> HttpResponse:
        """Name the server and the extensions that it speaks."""
        return JsonResponse(SERVER)


class LiveView(HealthView):
    """`GET /v2/health/live`."""

    def get(self, request: Request) -> HttpResponse:
        """The process answers."""
        return JsonResponse({"live": True})


class ReadyView(HealthView):
    """`GET /v2/health/ready`."""

    def get(self, request: Request) -> HttpResponse:
        """Whether `/readyz` says so. The protocol's text has `live` here, its clients read `ready`."""
        if problems := readiness_problems():
            what = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
            retry = {"Retry-After": str(RETRY_SECONDS)}
            return protocol_error(f"Not ready: {what}.", HTTPStatus.SERVICE_UNAVAILABLE, retry)
        return JsonResponse({"ready": True, "live": True})


class ModelListView(ProtocolView):
    """`GET /v2/models`, as KServe has it."""

    def get(self, request: Request) -> HttpResponse:
        """List the names of the models."""
        return JsonResponse({"models": [state.name for state in served_models().states() if state.active]})


class ModelView(ProtocolView):
    """`GET /v2/models/NAME[/versions/VERSION]`."""

    def get(self, request: Request, name: str, version: str = "") -> HttpResponse:
        """Describe the model's inputs and outputs."""
        recognizer = served_models().recognizer(selector_of(name, version))
        return JsonResponse(describe_model(recognizer, served_models().states()))


class ModelReadyView(HealthView):
    """`GET /v2/models/NAME[/versions/VERSION]/ready`."""

    def get(self, request: Request, name: str, version: str = "") -> HttpResponse:
        """Whether it can answer; 503 where its package was refused."""
        served_models().recognizer(selector_of(name, version))
        return JsonResponse({"name": name, "ready": True})


class InferView(ProtocolView):
    """`POST /v2/models/NAME[/versions/VERSION]/infer`."""

    permission_classes = (HasScope,)
    required_scope = PREDICT

    def post(self, request: Request, name: str, version: str = "") -> HttpResponse:
        """Answer for a batch of pictures."""
        # `request.body` would apply the limit of other addresses.
        body = request.read()
        paying = partial(spend, request)
        content, headers = infer_answer(
            body, request.META, client_of(request), paying, name=name, version=version
        )
        return HttpResponse(content, headers=headers)


class RepositoryIndexView(ProtocolView):
    """`POST /v2/repository/index`."""

    permission_classes = (HasScope,)
    required_scope = ADMIN_MODELS

    def post(self, request: Request) -> HttpResponse:
        """List every installed version; with `{"ready": true}` only those that answer."""
        only_ready = read_object(request.read(), request.META).get("ready", False)
        if not isinstance(only_ready, bool):
            raise ParseError("ready must be true or false.")
        return JsonResponse(repository.index(served_models().states(), only_ready=only_ready), safe=False)


class _SwitchView(ProtocolView):
    """What loading and unloading share. The worker that is asked follows at once, the others in seconds."""

    permission_classes = (MayChooseVersions,)
    required_scope = ADMIN_MODELS

    def _answer(self, request: Request, name: str, switch: Callable[..., ModelActivation]) -> HttpResponse:
        repository.check_parameters(read_object(request.read(), request.META))
        switch(name, author=author_of(request))
        follow_now()
        return JsonResponse({})


class LoadView(_SwitchView):
    """`POST /v2/repository/models/NAME/load`."""

    def post(self, request: Request, name: str) -> HttpResponse:
        """Switch the model on, once its package is verified."""
        return self._answer(request, name, switch_on)


class UnloadView(_SwitchView):
    """`POST /v2/repository/models/NAME/unload`."""

    def post(self, request: Request, name: str) -> HttpResponse:
        """Switch the model off."""
        return self._answer(request, name, switch_off)
