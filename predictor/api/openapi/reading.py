"""The OpenAPI document, made ready for a template: references followed, forms as lists of fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from predictor.api.openapi.document import METHODS

Document = dict[str, Any]


def operations_by_tag(document: Document) -> dict[str, list[dict[str, Any]]]:
    """Every operation with all that the page says of it, under its tag."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = _operation(document, path, method, methods[method])
                groups.setdefault(operation["tag"], []).append(operation)
    return groups


def _operation(document: Document, path: str, method: str, operation: Document) -> dict[str, Any]:
    responses = [_response(document, status, response) for status, response in operation["responses"].items()]
    return {
        "id": operation["operationId"],
        "tag": operation["tags"][0],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": _plain(operation["description"]),
        "access": _access(operation.get("security", [])),
        "parameters": [_parameter(parameter) for parameter in operation.get("parameters", [])],
        "bodies": _bodies(document, operation.get("requestBody", {}).get("content", {})),
        "answers": [response for response in responses if response["status"] < "400"],
        "failures": [response for response in responses if response["status"] >= "400"],
    }


def _access(security: list[dict[str, Any]]) -> str:
    schemes = {name for alternative in security for name in alternative}
    if "basicAuth" in schemes:
        return "User name and password"
    return "Open; a token is checked if sent" if {} in security else "A token"


def _parameter(parameter: Document) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "type": describe_type(parameter["schema"]),
        "required": parameter.get("required", False),
        "description": parameter.get("description", ""),
    }


def _bodies(document: Document, contents: Document) -> list[dict[str, Any]]:
    """What may be sent; media types with the same fields share one entry."""
    bodies: list[dict[str, Any]] = []
    for body in (_body(document, media_type, content) for media_type, content in contents.items()):
        same = next((one for one in bodies if one["fields"] and one["fields"] == body["fields"]), None)
        if same is None:
            bodies.append(body)
        else:
            same["media_types"] += body["media_types"]
            same["examples"] += body["examples"]
    return bodies


def _body(document: Document, media_type: str, content: Document) -> dict[str, Any]:
    schema = _followed(document, content["schema"])
    return {
        "media_types": [media_type],
        "type": describe_type(schema),
        "fields": list(_fields(document, schema)),
        "examples": list(_examples(document, content)),
    }


def _response(document: Document, status: str, response: Document) -> dict[str, Any]:
    contents = response.get("content", {}).items()
    return {
        "status": status,
        "description": _plain(response["description"]),
        "headers": ", ".join(response["headers"]),
        "bodies": [_body(document, media_type, content) for media_type, content in contents],
    }


def _plain(markdown: str) -> str:
    """Without the marks of Markdown, which the page does not read."""
    return markdown.replace("`", "")


def _examples(document: Document, content: Document) -> Iterator[str]:
    for example in content.get("examples", {}).values():
        yield json.dumps(_followed(document, example)["value"], indent=1)


def _fields(document: Document, schema: Document) -> Iterator[dict[str, Any]]:
    required = schema.get("required", [])
    for name, value in schema.get("properties", {}).items():
        field = _followed(document, value)
        yield {
            "name": name,
            "type": describe_type(field),
            "required": name in required,
            "description": field.get("description", ""),
        }


def _followed(document: Document, value: Document) -> Document:
    """The value, or what it refers to."""
    found: Any = value
    if "$ref" in value:
        found = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    return dict(found)


def describe_type(schema: Document) -> str:
    """A schema's kind of value in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " or ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(describe_type(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {describe_type(schema.get('items', {}))}"
    if schema.get("format") == "binary":
        return "file"
    limits = [
        f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema
    ]
    return " ".join([str(schema.get("type", "any")), *limits])
