"""The OpenAPI document for programs, `/api/schema/`, and for people, `/api/docs/`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular import renderers
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictor.api.openapi import operations as _operations  # noqa: F401 - importing it describes the views
from predictor.api.openapi.document import openapi_document
from predictor.api.openapi.reading import operations_by_tag


class SchemaView(APIView):
    """The OpenAPI document, as JSON or YAML: by `Accept`, or by `?format=`."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (
        renderers.OpenApiJsonRenderer2,
        renderers.OpenApiJsonRenderer,
        renderers.OpenApiYamlRenderer2,
        renderers.OpenApiYamlRenderer,
    )

    def get(self, request: Request) -> Response:
        """Answer with the document."""
        return Response(openapi_document())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the document as a page."""
    document = openapi_document()
    context: dict[str, Any] = {
        "groups": operations_by_tag(document),
        "schemes": document["components"]["securitySchemes"],
    }
    return render(request, "predictor/api_docs.html", context)
