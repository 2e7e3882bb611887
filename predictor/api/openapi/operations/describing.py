"""How an operation is described: its answers, its forms, its parameters, its texts."""

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

from predictor.api.openapi.forms import Schema, ref


def answer(component: str, description: str, *values: Any) -> OpenApiResponse:
    """An answer of that form, with examples."""
    named = [OpenApiExample(f"example {number}", value) for number, value in enumerate(values, start=1)]
    return OpenApiResponse(ref(component), description, named)


def form(properties: dict[str, Schema], *required: str) -> Schema:
    """The fields of a request's form or JSON."""
    named = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties} | named


def json_or_form(fields: Schema, example: dict[str, Any]) -> dict[str, Any]:
    """A request that sends its fields as JSON or as a form."""
    return {
        "application/json": OpenApiRequest(fields, examples=[OpenApiExample("example", example)]),
        "multipart/form-data": fields,
        "application/x-www-form-urlencoded": fields,
    }


def query(name: str, schema: Schema) -> OpenApiParameter:
    """An optional parameter in the address."""
    return OpenApiParameter(name, schema, description=schema["description"])


def describe(view: Any, method: str, operation_id: str, tag: str, **more: Any) -> None:
    """Say of a view's method what the document shall say; summary and description are its class's own."""
    summary, _, text = view.__doc__.strip().partition("\n")
    said = {"summary": summary.rstrip("."), "description": " ".join(text.split()) or summary} | more
    extend_schema_view(**{method: extend_schema(operation_id=operation_id, tags=[tag], **said)})(view)
