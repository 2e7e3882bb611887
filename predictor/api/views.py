"""Predicting, and the models that predict. Views read, call one function and answer."""

from __future__ import annotations

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from predictor.access.client import client_of
from predictor.access.limits import spend
from predictor.access.permissions import HasScope
from predictor.access.scopes import PREDICT
from predictor.answers import batch_answer, model_answer
from predictor.api.parsers import BinaryParser, JSONParser, PictureParser
from predictor.api.picture_answer import picture_answer
from predictor.api.serializers import BatchForm, PictureAndModelForm, PictureForm
from predictor.api.uploads import requested_model, uploaded_picture, uploaded_pictures
from predictor.predicting import choose_recognizer, predict_pictures
from predictor.request_id import current_request_id
from predictor.serving import ModelState, served_models


class RootView(APIView):
    """Everything starts here: the addresses of version 1."""

    name = "API"
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        """Name the addresses."""
        return Response(
            {
                name: reverse(f"api:{name}", request=request)
                for name in ("predict", "predict_batch", "read", "feedback", "models", "token", "tokens")
            }
        )


class PredictView(APIView):
    """One picture in, one prediction out.

    Send it as the file "file" of a form, as the body with its own content type, or as base64 in the JSON
    field "image". The optional "model" is NAME or NAME@VERSION; "explain" true adds what decided.
    """

    name = "Recognise a picture"
    permission_classes = (HasScope,)
    required_scope = PREDICT
    parser_classes = (
        MultiPartParser,
        JSONParser,
        PictureParser,
        BinaryParser,
    )
    serializer_class: type[Serializer[Any]] = PictureAndModelForm
    curl = '-H "Authorization: Token $KEY" -F file=@7.png'

    def post(self, request: Request, name: str = "", version: str = "") -> Response:
        """Answer with the prediction."""
        return Response(picture_answer(uploaded_picture(request), request, client_of(request), name, version))


class VersionPredictView(PredictView):
    """One picture in, the prediction of this version of the model out.

    Send it as the file "file" of a form, as the body with its own content type, or as base64 in the JSON
    field "image". The optional "explain" true adds what decided the answer.
    """

    serializer_class = PictureForm


class BatchView(APIView):
    """Several pictures in, an answer or an error for each out, in the same order.

    Send each as a file "file" of one form. The optional "model" is NAME or NAME@VERSION.
    """

    name = "Recognise several pictures"
    permission_classes = (HasScope,)
    required_scope = PREDICT
    parser_classes = (MultiPartParser,)
    serializer_class = BatchForm
    curl = '-H "Authorization: Token $KEY" -F file=@7.png -F file=@8.png'

    def post(self, request: Request) -> Response:
        """Answer with the predictions, in the order of the files; a bad picture is its own item's error."""
        files = uploaded_pictures(request)
        spend(request, len(files))
        recognizer = choose_recognizer(requested_model(request), client_of(request))
        outcomes = predict_pictures(recognizer, (file.read() for file in files), client_of(request))
        names = [file.name or "" for file in files]
        return Response(batch_answer(recognizer.package.metadata, names, outcomes, current_request_id()))


class ModelListView(APIView):
    """The active version of every installed model."""

    name = "Models"
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        """List the models."""
        active = [state for state in served_models().states() if state.active]
        return Response({"models": [_linked(state, request) for state in active]})


class ModelView(APIView):
    """The active version of one model, and which others there are."""

    name = "Model"
    permission_classes = (AllowAny,)

    def get(self, request: Request, name: str) -> Response:
        """Describe the model."""
        models = served_models()
        active = models.state(name)
        versions = [
            _version_link(state, request) | {"roles": models.roles(name, state.version)}
            for state in models.states()
            if state.name == name
        ]
        return Response(_linked(active, request) | {"versions": versions})


class ModelVersionView(APIView):
    """One version of one model."""

    name = "Model version"
    permission_classes = (AllowAny,)

    def get(self, request: Request, name: str, version: str) -> Response:
        """Describe the version."""
        return Response(_linked(served_models().state(f"{name}@{version}"), request))


def _linked(state: ModelState, request: Request) -> dict[str, Any]:
    address = [state.name, state.version]
    return model_answer(state) | {
        "url": reverse("api:model_version", address, request=request),
        "predict_url": reverse("api:model_version_predict", address, request=request),
    }


def _version_link(state: ModelState, request: Request) -> dict[str, Any]:
    return {
        "version": state.version,
        "active": state.active,
        "ready": state.ready,
        "url": reverse("api:model_version", [state.name, state.version], request=request),
    }
