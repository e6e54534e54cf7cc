"""Parses text that a student's code wrote, within bounds: nothing here raises or takes long."""

import ast
import json
from math import isfinite
from typing import Any

LARGEST_JSON = 64 << 10
"""In bytes. An event has about a hundred."""
LARGEST_LITERAL = 2 << 10
"""In bytes. Python's parser takes a third of a second for some texts of 64 KiB."""
DEEPEST = 32
"""Levels of lists and dicts: many times those of an event."""
MOST_PARTS = 20_000
"""Values within one value."""
LARGEST_NUMBER = 10**18
"""Larger numbers are not event numbers, and Python refuses to print those of 4,300 digits."""


def is_plain(value: object) -> bool:
    """Return whether a value is JSON within bounds: depth, number of parts, size of numbers.

    >>> is_plain([1, "two", None]), is_plain(10**400)
    (True, False)
    """
    level: list[object] = [value]
    parts = 0
    for _ in range(DEEPEST):
        following: list[object] = []
        for part in level:
            if isinstance(part, dict):
                following += part.keys()
                following += part.values()
            elif isinstance(part, list):
                following += part
            elif not _is_plain_leaf(part):
                return False
        parts += len(level)
        if parts > MOST_PARTS:
            return False
        if not following:
            return True
        level = following
    return False


def _is_plain_leaf(part: object) -> bool:
    if isinstance(part, float):
        return isfinite(part)
    if isinstance(part, int):
        return abs(part) <= LARGEST_NUMBER
    return part is None or isinstance(part, str)


def parsed_json(text: str | bytes) -> Any:
    """Parse JSON that a student's code wrote; None if it is not JSON, or exceeds the bounds.

    >>> parsed_json(b'{"eventId": 7}'), parsed_json("{'eventId': 7}")
    ({'eventId': 7}, None)
    """
    if _size(text) > LARGEST_JSON:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if is_plain(value) else None


def parsed_literal(text: str) -> Any:
    """Parse a Python literal, such as `str(event)` returns; None if JSON could not hold its value.

    >>> parsed_literal("{'eventId': 7}"), parsed_literal("open('x')")
    ({'eventId': 7}, None)
    """
    if _size(text) > LARGEST_LITERAL:
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None
    return value if is_plain(value) else None


def _size(text: str | bytes) -> int:
    """Return the size in bytes, of text as UTF-8."""
    return len(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
