"""Programs pass on what people say of answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from predictor.access.client import client_of
from predictor.access.model_limits import check_model
from predictor.access.permissions import HasScope
from predictor.access.scopes import FEEDBACK
from predictor.api.parsers import JSONParser
from predictor.api.serializers import FeedbackForm
from predictor.api.uploads import requested_model, uploaded_picture
from predictor.feedback.keeping import keep_feedback
from predictor.request_id import current_request_id
from predictor.serving import served_models


class FeedbackView(APIView):
    """Say what a picture shows, so that it is kept as an example.

    Send the picture as for a prediction, as the file "file" of a form or as base64 in the JSON field "image",
    and "label": one of the model's labels, or an empty one for none of them. The model looks again, and its
    answer is kept beside. Send only pictures whose owners agree.
    """

    name = "Say what a picture shows"
    permission_classes = (HasScope,)
    required_scope = FEEDBACK
    parser_classes = (MultiPartParser, JSONParser)
    serializer_class: type[Serializer[Any]] = FeedbackForm
    curl = '-H "Authorization: Token $KEY" -F file=@7.png -F label=7'

    def post(self, request: Request) -> Response:
        """Keep it, and answer with what was kept."""
        body: Any = request.data
        picture, label = uploaded_picture(request), body.get("label")
        if not isinstance(label, str):
            raise ParseError(
                "label: Say what the picture shows; empty for none of the labels.", "invalid_request"
            )
        selector = requested_model(request)
        check_model(client_of(request), selector)
        recognizer = served_models().recognizer(selector)
        kept = keep_feedback(recognizer, picture, label, token=client_of(request))
        answer = {
            "label": kept.correct_label,
            "answer": kept.answer,
            "right": kept.was_right,
            "model": {"name": kept.model_name, "version": kept.model_version},
            "request_id": current_request_id(),
        }
        return Response(answer, HTTPStatus.CREATED)
