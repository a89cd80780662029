"""What the OpenAPI document calls its schemas, which is what a generated client calls its types. Pure."""

import re
from typing import Any

_PREFIX = "#/components/schemas/"


def short_name(name: str) -> str:
    """`Page_RouterOut_` → `RouterPage`; `Body_create_token` → `CreateTokenForm`; any other as it is."""
    if page := re.fullmatch(r"Page_(\w+?)(Out)?_", name):
        return f"{page[1]}Page"
    if form := re.fullmatch(r"Body_(\w+)", name):
        return f"{form[1].title().replace('_', '')}Form"
    return name


def shorten_names(document: dict[str, Any]) -> None:
    """Give every schema of the document its short name, wherever it is referred to."""
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {short_name(name): schema for name, schema in sorted(schemas.items())}
    _refer(document)


def _refer(node: Any) -> None:
    if isinstance(node, list):
        for each in node:
            _refer(each)
    elif isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str) and reference.startswith(_PREFIX):
            node["$ref"] = _PREFIX + short_name(reference.removeprefix(_PREFIX))
        for each in node.values():
            _refer(each)
