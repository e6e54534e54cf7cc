"""Turn what a student's function returned into plain JSON values, or say why that cannot be.

Containers and numbers of a subclass (namedtuple, defaultdict, IntEnum) become the plain kind.
"""

import math
from collections.abc import Iterator
from typing import Any, TypeGuard, TypeVar

from .vocabulary import UnsendableReason

MAX_DEPTH = 32
"""Levels of lists and dicts: more than any answer has, and fewer than any parser gives up at."""
MAX_DIGITS = 100
"""Of a whole number: more than a sequence number has, and Python prints it quickly."""

_HUGE = 10**MAX_DIGITS
_Kind = TypeVar("_Kind")
_FLOAT_BYTES = 4
"""Counted for a float: JSON writes up to 24, and the frame leaves room for six times the count."""
_SHOWN_KEY = 40
"""Characters of a dict's key in the name of a place."""

# Where a value sits: the place of what holds it, and its index or key there; None for the whole. It
# is written down only where something is wrong, which saves more time than the rest of the walk
# takes.
_Place = tuple["_Place | None", int | str]


class UnsendableError(Exception):
    """A value that is not plain JSON: its place, its type, and what is wrong."""

    def __init__(self, place: "_Place | None", type_name: str, reason: UnsendableReason) -> None:
        super().__init__(place, type_name, reason)
        self.where = _written(place)
        self.type_name = type_name
        self.reason = reason


def plain(value: object, max_bytes: int) -> Any:
    """Rebuild a value from plain JSON parts.

    Args:
        value: What the function returned.
        max_bytes: About how large it may be; a bound that keeps the walk short. Written down as
            JSON it is at most six times as large.

    Raises:
        UnsendableError: It holds something else, itself, or too much.
    """
    return _Walk(max_bytes).take(value, None, 0)


def _written(place: _Place | None) -> str:
    """Write a place as Python would reach it, such as `[0]['data']`."""
    parts: list[str] = []
    while place is not None:
        place, part = place
        parts.append(f"[{part[:_SHOWN_KEY]!r}]" if isinstance(part, str) else f"[{part}]")
    return "".join(reversed(parts))


def _is(value: object, kind: type[_Kind]) -> TypeGuard[_Kind]:
    """Tell a value's kind; unlike isinstance, this believes no `__class__` of the value's own."""
    return issubclass(type(value), kind)


class _Walk:
    def __init__(self, max_bytes: int) -> None:
        self._left = max_bytes

    def take(self, value: object, where: _Place | None, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise UnsendableError(where, type(value).__name__, UnsendableReason.CYCLE_OR_DEPTH)
        self._spend(1, where, value)
        if value is None or value is True or value is False:
            return value
        if _is(value, str):
            return self._text(str.__str__(value), where, UnsendableReason.BAD_TEXT)
        if _is(value, int):
            number = int.__int__(value)
            if not -_HUGE < number < _HUGE:
                raise UnsendableError(where, type(value).__name__, UnsendableReason.HUGE_INT)
            self._spend(number.bit_length() // 16, where, value)
            return number
        if _is(value, float):
            real = float.__float__(value)
            if not math.isfinite(real):
                raise UnsendableError(where, repr(real), UnsendableReason.NAN)
            self._spend(_FLOAT_BYTES, where, value)
            return real
        if _is(value, list):
            return self._items(list.__iter__(value), where, depth)
        if _is(value, tuple):
            return self._items(tuple.__iter__(value), where, depth)
        if _is(value, dict):
            table: dict[str, Any] = {}
            for key, item in dict.items(value):
                if not _is(key, str):
                    raise UnsendableError(where, type(key).__name__, UnsendableReason.KEY)
                name = self._text(str.__str__(key), where, UnsendableReason.BAD_TEXT)
                table[name] = self.take(item, (where, name), depth + 1)
            return table
        raise UnsendableError(where, type(value).__name__, UnsendableReason.TYPE)

    def _items(self, items: Iterator[object], where: _Place | None, depth: int) -> list[Any]:
        return [self.take(item, (where, i), depth + 1) for i, item in enumerate(items)]

    def _text(self, text: str, where: _Place | None, reason: UnsendableReason) -> str:
        if len(text) > self._left:
            raise UnsendableError(where, "str", UnsendableReason.TOO_LARGE)  # before it is copied
        try:
            self._spend(len(text.encode()), where, text)
        except UnicodeEncodeError:
            raise UnsendableError(where, "str", reason) from None
        return text

    def _spend(self, size: int, where: _Place | None, value: object) -> None:
        self._left -= size
        if self._left < 0:
            raise UnsendableError(where, type(value).__name__, UnsendableReason.TOO_LARGE)
