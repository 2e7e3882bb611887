"""The words of which the forms of answers are made."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}
MOMENT: Schema = {"type": "string", "format": "date-time"}
URI: Schema = {"type": "string", "format": "uri"}


def ref(name: str) -> Schema:
    """Point to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(properties: dict[str, Schema], optional: dict[str, Schema] | None = None, **more: Any) -> Schema:
    """An object of these fields and no others."""
    return {
        "type": "object",
        "properties": properties | (optional or {}),
        "required": list(properties),
        "additionalProperties": False,
    } | more


def array(items: Schema, **more: Any) -> Schema:
    """A list."""
    return {"type": "array", "items": items} | more


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def described(schema: Schema, description: str) -> Schema:
    """The same with a sentence."""
    return schema | {"description": description}
