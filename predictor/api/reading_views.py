"""Several digits out of one picture."""

from __future__ import annotations

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from predictor.access.client import client_of
from predictor.access.permissions import HasScope
from predictor.access.scopes import PREDICT
from predictor.answers import reading_answer
from predictor.api.parsers import BinaryParser, JSONParser, PictureParser
from predictor.api.serializers import ReadForm
from predictor.api.uploads import requested_model, uploaded_picture
from predictor.predicting import choose_recognizer, read_picture
from predictor.request_id import current_request_id


class ReadView(APIView):
    """One picture of several digits in, an answer for each out.

    The digits are found and read line by line, from left to right. Send the picture as for a prediction: as
    the file "file" of a form, as the body with its own content type, or as base64 in the JSON field "image".
    The optional "model" is NAME or NAME@VERSION.
    """

    name = "Read several digits"
    permission_classes = (HasScope,)
    required_scope = PREDICT
    parser_classes = (MultiPartParser, JSONParser, PictureParser, BinaryParser)
    serializer_class: type[Serializer[Any]] = ReadForm
    curl = '-H "Authorization: Token $KEY" -F file=@471.png'

    def post(self, request: Request) -> Response:
        """Answer with the digits in their order."""
        picture = uploaded_picture(request)
        client = client_of(request)
        recognizer = choose_recognizer(requested_model(request), client)
        read = read_picture(recognizer, picture, client)
        return Response(reading_answer(recognizer.package.metadata, read, current_request_id()))
