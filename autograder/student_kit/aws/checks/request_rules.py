"""What Kinesis refuses of any request: values that boto3's model of Kinesis does not allow."""

import re
from collections.abc import Iterator
from typing import Any

from moto.core.utils import get_service_model

_TYPES = {"integer": int, "list": list, "map": dict, "string": str, "structure": dict}


def why_refused(operation: str, parameters: dict[str, Any]) -> str | None:
    """Return the message of the ValidationException, or None if all values are allowed."""
    shape = get_service_model("kinesis").operation_model(operation).input_shape
    found = list(_violations(shape, parameters, ""))
    if not found:
        return None
    errors = "validation error" if len(found) == 1 else "validation errors"
    return f"{len(found)} {errors} detected: {'; '.join(found[:10])}"


def _violations(shape: Any, value: Any, name: str) -> Iterator[str]:
    """Yield a sentence for each rule of a shape that a value breaks."""
    if value is None:
        yield f"Value null at '{name}' failed to satisfy constraint: Member must not be null"
    elif not isinstance(value, _TYPES.get(shape.type_name, object)):
        yield f"Value at '{name}' failed to satisfy constraint: Member must be a {shape.type_name}"
    elif shape.type_name == "structure":
        for key, member in shape.members.items():
            if value.get(key) is not None or key in shape.required_members:
                path = f"{name}.{key[0].lower()}{key[1:]}".lstrip(".")
                yield from _violations(member, value.get(key), path)
    else:
        if shape.type_name == "list":
            for number, member in enumerate(value, 1):
                yield from _violations(shape.member, member, f"{name}.{number}.member")
        if shape.type_name == "map":
            for key, member in value.items():
                yield from _violations(shape.key, key, f"{name}.key")
                yield from _violations(shape.value, member, f"{name}.value")
        if rule := _broken_rule(shape, value):
            shown = value if isinstance(value, str | int) else f"[{len(value)} members]"
            yield f"Value '{shown}' at '{name}' failed to satisfy constraint: Member must {rule}"


def _broken_rule(shape: Any, value: Any) -> str | None:
    """Return the rule that a value breaks by itself, or None."""
    rules, kind = shape.metadata, shape.type_name
    if kind in ("integer", "string", "list", "map"):
        size, what = (value, "value") if kind == "integer" else (len(value), "length")
        if size < rules.get("min", size):
            return f"have {what} greater than or equal to {rules['min']}"
        if size > rules.get("max", size):
            return f"have {what} less than or equal to {rules['max']}"
    if "enum" in rules and value not in rules["enum"]:
        return f"satisfy enum value set: [{', '.join(rules['enum'])}]"
    pattern = rules.get("pattern", ".*")
    if pattern.startswith("arn:"):
        is_allowed = re.fullmatch(pattern.replace(".*", "[^:]*"), value)
    else:
        is_allowed = ".*" in pattern or re.fullmatch(pattern, value)
    if not is_allowed:
        return f"satisfy regular expression pattern: {pattern}"
    return None
