"""Examples for the OpenAPI document: those the schemas give, and where one gives none, one made of its fields' examples."""

import re
from typing import Any

_BY_FORMAT = {
    "uuid": "0199a4c2-8d5e-7b3a-9c41-5f6e2d7a8b90",
    "date-time": "2026-11-15T12:00:00Z",
    "password": "correct horse",
    "ipvanyaddress": "192.0.2.10",
    "binary": "",
}
_BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "array": [], "null": None}


def add_examples(schemas: dict[str, Any]) -> None:
    """Give every object of the document an example."""
    for schema in schemas.values():
        if schema.get("type") == "object" and "properties" in schema and not schema.get("examples"):
            schema["examples"] = [_example_of(schema, schemas)]


def _example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example_of(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _example_of(schema[key][0], schemas)
    return _plain_example(schema, schemas)


def _plain_example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    kind = schema.get("type", "null")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _example_of(inner, schemas) for name, inner in properties.items()}
    if kind == "array" and "items" in schema:
        return [_example_of(schema["items"], schemas)]
    if kind == "string" and re.fullmatch(r"\^\w+\$", schema.get("pattern", "")):
        return schema["pattern"].strip("^$")
    if kind == "string":
        return _BY_FORMAT.get(schema.get("format", ""), "text" * (1 + schema.get("minLength", 0) // 4))
    return max(schema.get("minimum", 1), 1) if kind == "integer" else _BY_TYPE.get(kind)
