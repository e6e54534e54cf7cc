"""Finds answers in a notebook: closed ones as values, without running anything, open ones as text.

A closed answer is the value of a name at the end: `c4 = "B"`, `c1["photos"] = "queue"`, also
`c3 = dict(shards=2 * 5)`. Only values and arithmetic count; a call of anything else cannot be read.
"""

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.notebook.cells import Notebook

LONGEST_CODE = 5_000
"""Characters of a code cell that are read; Python's parser can fail badly on giants."""
MOST_CODE = 100_000
"""Characters of all code cells that are read, from the top: a notebook of answers has 3,000."""
LARGEST_NUMBER = 10**15
MOST_PARTS = 1_000
"""Values within one answer; the largest has six."""
BLANK = "YOUR ANSWER HERE"

_OPERATIONS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "ceil": math.ceil,
    "float": float,
    "floor": math.floor,
    "int": int,
    "round": round,
}
# Each works line by line, so that its time is linear in the length of a cell.
_MAGIC = re.compile(r"[^\S\n]*[%!?].*|.*\?[^\S\n]*")
_GETS_A_VALUE = re.compile(r"([A-Za-z_]\w*)(?:\[[^\]\n]*\])?[^\S\n]*=(?!=)")


class _UnreadableError(Exception):
    """An expression whose value is not known without running it."""


@dataclass(frozen=True)
class Answers:
    """The closed answers of a notebook."""

    values: Mapping[str, Any]
    """Name to its value at the end."""
    unreadable: Mapping[str, str]
    """Name to why its value cannot be read, for the student."""


def closed_answers(notebook: Notebook) -> Answers:
    """Read every name that gets a value at the top level of a code cell."""
    values: dict[str, Any] = {}
    unreadable: dict[str, str] = {}
    left = MOST_CODE
    for source in notebook.code:
        left -= len(source)
        try:
            statements = _statements(source) if left >= 0 else None
            reason = "there is too much other code before it"
        except SyntaxError as error:
            statements, reason = None, f"its cell is not valid Python (line {error.lineno})"
        if statements is None:
            for line in source.split("\n"):
                if found := _GETS_A_VALUE.match(line):
                    values.pop(found[1], None)
                    unreadable[found[1]] = reason
            continue
        for target, expression in _assignments(statements):
            _assign(target, expression, values, unreadable)
    return Answers(values, unreadable)


def _statements(source: str) -> list[ast.stmt]:
    """Parse a cell, without the commands that only notebooks know.

    Raises:
        SyntaxError: It is not valid Python.
    """
    if len(source) > LONGEST_CODE:
        raise SyntaxError("too long", ("", 1, None, None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
        try:
            lines = ("" if _MAGIC.fullmatch(line) else line for line in source.split("\n"))
            return ast.parse("\n".join(lines)).body
        except (ValueError, RecursionError, MemoryError):
            raise SyntaxError("unreadable", ("", 1, None, None)) from None


def _assignments(statements: list[ast.stmt]) -> Iterator[tuple[ast.expr, ast.expr]]:
    for statement in statements:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield target, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield statement.target, statement.value


def _assign(
    target: ast.expr, expression: ast.expr, values: dict[str, Any], unreadable: dict[str, str]
) -> None:
    """Assign a value to a name, or to a part of its value."""
    name = target.value if isinstance(target, ast.Subscript) else target
    if not isinstance(name, ast.Name):
        return
    try:
        value = _value(expression, values)
        if isinstance(target, ast.Subscript):
            value = {**_parts(name.id, values), _value(target.slice, values): value}
    except (_UnreadableError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _UnreadableError) else "it cannot be calculated"
        values.pop(name.id, None)
        unreadable[name.id] = reason
        return
    values[name.id] = value
    unreadable.pop(name.id, None)


def _parts(name: str, values: Mapping[str, Any]) -> dict[Any, Any]:
    whole = values.get(name)
    if not isinstance(whole, dict):
        raise _UnreadableError(f"{name} is not a dictionary there")
    if len(whole) >= MOST_PARTS:
        raise _UnreadableError(f"{name} has too many parts")
    return whole


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Work out a value.

    Raises:
        _UnreadableError: Something else than values and arithmetic is in it.
    """
    match node:
        case ast.Constant(value=bool() | str() | None as value):
            return value
        case ast.Constant(value=int() | float() as value):
            return _bounded(value)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return [_value(part, names) for part in parts]
        case ast.Dict(keys=keys, values=parts):
            return {
                _value(key, names): _value(part, names)
                for key, part in zip(keys, parts, strict=True)
                if key is not None
            }
        case ast.Name(id=name) if isinstance(names.get(name), str | int | float):
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, names)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return +_number(operand, names)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Constant(value=bool(value))):
            return not value
        case ast.BinOp(op=operation, left=left, right=right) if type(operation) in _OPERATIONS:
            return _bounded(
                _OPERATIONS[type(operation)](_number(left, names), _number(right, names))
            )
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return {
                keyword.arg: _value(keyword.value, names) for keyword in keywords if keyword.arg
            }
        case ast.Call(func=function, args=[argument], keywords=[]):
            name = function.attr if isinstance(function, ast.Attribute) else ""
            name = function.id if isinstance(function, ast.Name) else name
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](_number(argument, names))
    raise _UnreadableError("it is not a plain value: write the value itself")


def _number(node: ast.expr, names: Mapping[str, Any]) -> int | float:
    value = _value(node, names)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _UnreadableError("it is not a plain value: write the value itself")
    return _bounded(value)


def _bounded(value: int | float) -> int | float:
    if abs(value) > LARGEST_NUMBER:
        raise _UnreadableError("it is a giant number")
    return value


def open_answer(notebook: Notebook, name: str, question: str) -> str:
    """Return what is written under an open question; empty if nothing is.

    Args:
        notebook: Where to look.
        name: The cell's id. Editors may lose it, so else it is what follows the question.
        question: Words of the question's cell.
    """
    named = [cell.source.strip() for cell in notebook.cells if cell.name == name]
    written = [text for text in named if not is_blank(text)]
    return "\n\n".join(written) or _below(notebook, question)


def _below(notebook: Notebook, question: str) -> str:
    """Put together the texts between a question and the next."""
    found: list[str] = []
    reading = False
    for cell in notebook.cells:
        if question in cell.source:
            reading = True
        elif reading and (cell.kind == "code" or cell.source.lstrip().startswith(("## ", "**C"))):
            break
        elif reading and not is_blank(cell.source):
            found.append(cell.source.strip())
    return "\n\n".join(found)


def is_blank(text: str) -> bool:
    """Return whether nothing was written in place of the words that ask for it."""
    return text.replace(BLANK, "").strip() == ""
