"""Checks requests to the REST API against GitHub's OpenAPI description.

`description.json` is a part of that description (github/rest-api-description, MIT; here from the
npm package @octokit/openapi 23.0.2): for the stand-in's routes, the parameters of the query and the
body. To make it from a newer version:

    python -m autograder.tests.github_stand_in.description api.github.com.json
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it brings no types

DESCRIPTION = Path(__file__).with_name("description.json")
_NAME = re.compile(r"\{\w+\}")
_FOR_READERS = ("description", "example", "examples", "title")
"""Keys that say nothing about what is valid."""


class Description:
    """What GitHub accepts, by method and path."""

    def __init__(self, operations: Mapping[str, Any]) -> None:
        self._operations = {
            (method, re.compile(_NAME.sub("[^/]+", path))): operation
            for key, operation in operations.items()
            for method, path in [key.split(" ")]
        }

    @classmethod
    def of_github(cls) -> "Description":
        """Read the description next to this file."""
        return cls(json.loads(DESCRIPTION.read_text("utf-8")))

    def complaints(
        self, method: str, path: str, query: Mapping[str, str], body: object
    ) -> list[str]:
        """List what does not match the description, such as an unknown name.

        Args:
            method: Such as `GET`.
            path: Without the API's prefix and without the query.
            query: By name.
            body: Parsed JSON; an empty object for a request without a body.
        """
        for (wanted, pattern), operation in self._operations.items():
            if wanted == method and pattern.fullmatch(path):
                return [
                    f"{method} {path}: {mistake}" for mistake in _mistakes(operation, query, body)
                ]
        return [f"{method} {path}: there is no such operation"]


def _mistakes(
    operation: Mapping[str, Any], query: Mapping[str, str], body: object
) -> Iterator[str]:
    asked = {
        name: int(value) if value.isdecimal() and _is_number(operation["query"], name) else value
        for name, value in query.items()
    }
    for schema, content in ((operation["query"], asked), (operation["body"], body)):
        for error in jsonschema.Draft202012Validator(schema).iter_errors(content):
            yield error.message


def _is_number(schema: Mapping[str, Any], name: str) -> bool:
    return bool(schema["properties"].get(name, {}).get("type") == "integer")


def cut_down(description: Mapping[str, Any], routes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a description that say what requests to these routes must be.

    Args:
        description: OpenAPI 3.0.
        routes: `METHOD /path/{name}` as keys. The parameters may have other names.
    """
    wanted = {_NAME.sub("{}", route) for route in routes}
    return {
        f"{method.upper()} {path}": _operation(description, operation)
        for path, operations in sorted(description["paths"].items())
        for method, operation in sorted(operations.items())
        if _NAME.sub("{}", f"{method.upper()} {path}") in wanted
    }


def _operation(description: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    parameters = _resolved(description, operation.get("parameters", []))
    query = [parameter for parameter in parameters if parameter["in"] == "query"]
    content = operation.get("requestBody", {}).get("content", {"application/json": {"schema": {}}})
    body = _resolved(description, content["application/json"]["schema"])
    return {
        "query": {
            "type": "object",
            "properties": {parameter["name"]: parameter["schema"] for parameter in query},
            "required": [parameter["name"] for parameter in query if parameter.get("required")],
            "additionalProperties": False,
        },
        "body": {"type": "object", "properties": {}, **body, "additionalProperties": False},
    }


def _resolved(description: Mapping[str, Any], part: Any) -> Any:
    """Follow references, drop keys for readers, and write `nullable` as JSON Schema does."""
    if isinstance(part, list):
        return [_resolved(description, element) for element in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        found: Any = description
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return _resolved(description, found)
    kept = {
        key: {name: _resolved(description, element) for name, element in value.items()}
        if key == "properties"
        else _resolved(description, value)
        for key, value in part.items()
        if key not in _FOR_READERS and not key.startswith("x-")
    }
    if kept.pop("nullable", False) and isinstance(kept.get("type"), str):
        kept["type"] = [kept["type"], "null"]
    return kept


if __name__ == "__main__":
    whole = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    kept = cut_down(whole, json.loads(DESCRIPTION.read_text("utf-8")))
    DESCRIPTION.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
