"""Evaluates GraphQL queries: fields, aliases, arguments, variables and fragments."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(r'[\s,]*(\.\.\.|"(?:[^"\\]|\\.)*"|-?\d+|[_A-Za-z]\w*|[{}()\[\]:$!=])')

Resolver = Callable[[Mapping[str, Any]], Any]
"""Computes a field's value from its arguments."""


class QueryError(Exception):
    """The query is wrong, or a field cannot be read. `kind` is the error's `type` at GitHub."""

    def __init__(self, message: str, kind: str = "INVALID") -> None:
        super().__init__(message)
        self.kind = kind


@dataclass
class _Field:
    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    inner: "list[_Field | _On] | None" = None


@dataclass
class _On:
    """`... on Type { }`, or `...Name` with the type of the fragment."""

    name: str
    inner: "list[_Field | _On] | None"


@dataclass(frozen=True)
class _Variable:
    name: str


def execute(query: str, variables: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """Evaluate a query, and return the response's JSON.

    Args:
        query: Its text.
        variables: The values of its variables.
        root: Fields by name: values, dicts of fields, lists of these, or resolvers of any of these.
    """
    try:
        selection, fragments = _parsed(query)
        errors: list[dict[str, Any]] = []
        data = _select(root, selection, fragments, variables, errors, [])
    except QueryError as error:
        return {"errors": [{"message": str(error)}]}
    return {"data": data} | ({"errors": errors} if errors else {})


def _select(
    of: Mapping[str, Any],
    selection: "list[_Field | _On]",
    fragments: Mapping[str, _On],
    variables: Mapping[str, Any],
    errors: list[dict[str, Any]],
    path: list[str],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for chosen in selection:
        if isinstance(chosen, _On):
            fragment = fragments.get(chosen.name, chosen) if chosen.inner is None else chosen
            if fragment.inner is None:
                raise QueryError(f"no fragment {chosen.name}")
            if of.get("__typename", fragment.name) == fragment.name:
                found |= _select(of, fragment.inner, fragments, variables, errors, path)
            continue
        if chosen.name not in of:
            raise QueryError(
                f"Field '{chosen.name}' doesn't exist on type '{of.get('__typename')}'"
            )
        given = {
            name: variables[value.name] if isinstance(value, _Variable) else value
            for name, value in chosen.arguments.items()
        }
        here = [*path, chosen.alias]
        try:
            value = of[chosen.name](given) if callable(of[chosen.name]) else of[chosen.name]
        except QueryError as error:
            errors.append({"type": error.kind, "path": here, "message": str(error)})
            found[chosen.alias] = None
            continue

        def part(value: Any, inner: Any = chosen.inner, here: list[str] = here) -> Any:
            if isinstance(value, list):
                return [part(element) for element in value]
            if isinstance(value, Mapping):
                if inner is None:
                    raise QueryError(f"'{here[-1]}' must have selections")
                return _select(value, inner, fragments, variables, errors, here)
            return value

        found[chosen.alias] = part(value)
    return found


@lru_cache(maxsize=1000)
def _parsed(query: str) -> "tuple[list[_Field | _On], dict[str, _On]]":
    return _Parser(query).document()


class _Parser:
    def __init__(self, text: str) -> None:
        text = re.sub(r"#[^\n]*", "", text)
        self._tokens: list[str] = []
        position = 0
        while text[position:].strip(" \t\r\n,"):
            match = _TOKEN.match(text, position)
            if match is None:
                raise QueryError(f"Parse error at {text[position : position + 20]!r}")
            self._tokens.append(match[1])
            position = match.end()
        self._next = 0

    def document(self) -> "tuple[list[_Field | _On], dict[str, _On]]":
        """Read one operation and its fragments."""
        operation: list[_Field | _On] | None = None
        fragments: dict[str, _On] = {}
        while self._next < len(self._tokens):
            if self._peek() == "fragment":
                self._take("fragment")
                name = self._take()
                self._take("on")
                fragments[name] = _On(self._take(), self._selection())
                continue
            while self._peek() != "{":
                if self._peek() == "(":
                    self._skip_declarations()
                else:
                    self._take()
            operation = self._selection()
        if operation is None:
            raise QueryError("no operation")
        return operation, fragments

    def _skip_declarations(self) -> None:
        while self._take() != ")":
            pass

    def _selection(self) -> "list[_Field | _On]":
        self._take("{")
        found: list[_Field | _On] = []
        while self._peek() != "}":
            if self._peek() == "...":
                self._take()
                if self._peek() == "on":
                    self._take()
                    found.append(_On(self._take(), self._selection()))
                else:
                    found.append(_On(self._take(), None))
                continue
            alias = name = self._take()
            if self._peek() == ":":
                self._take()
                name = self._take()
            selected = _Field(name, alias)
            if self._peek() == "(":
                self._take()
                while self._peek() != ")":
                    key = self._take()
                    self._take(":")
                    selected.arguments[key] = self._value()
                self._take()
            if self._peek() == "{":
                selected.inner = self._selection()
            found.append(selected)
        self._take()
        return found

    def _value(self) -> Any:
        token = self._take()
        if token == "$":
            return _Variable(self._take())
        if token[0] == '"' or token[0] in "-0123456789":
            return json.loads(token)
        return {"true": True, "false": False, "null": None}.get(token, token)

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self, wanted: str | None = None) -> str:
        token = self._peek()
        if not token or wanted not in (None, token):
            raise QueryError(f"Parse error on {token!r} (expected {wanted!r})")
        self._next += 1
        return token
