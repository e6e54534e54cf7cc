"""Fingerprints of code: runs of its syntax, without what is changed easily.

They do not depend on names, texts, numbers, comments, docstrings, type hints or layout, nor on the
order of keyword arguments, on the kind of a loop, or on the way in which a text is formatted. Names
behind a dot and those of keyword arguments count, as most come from AWS. What is only written
around code is taken off: `[x][0]`, `(y := x)`, `if True:`, `pass`, `getattr(x, "name")`,
`exec("...")`. Every run of `RUN` parts of the syntax tree is a fingerprint, so code in another
order, or with other code between, has most of its fingerprints still. Runs so short occur in honest
code too: who compares must weigh them.

Code is parsed, never run.
"""

import ast
import builtins
import codecs
import hashlib
import io
import re
import tokenize
import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

RUN = 6
"""Parts of one fingerprint: a call with an argument or two. With 8 a fifth fewer fingerprints of
disguised copies stay the same; with 4 honest solutions of one exercise are half alike."""

_BUILTINS = frozenset(dir(builtins))
_NAMED_ALIKE: dict[type[ast.AST], str] = {
    ast.For: "loop",
    ast.AsyncFor: "loop",
    ast.While: "loop",
    ast.AsyncFunctionDef: "FunctionDef",
    ast.AsyncWith: "With",
}
_SKIPPED = (
    ast.Pass,
    ast.Module,
    ast.Expr,
    ast.arguments,
    ast.expr_context,
    ast.Await,
    ast.FormattedValue,
)
_UNCOMPARED_FIELDS = frozenset({"annotation", "returns", "type_params", "format_spec"})
_SLOW_ENCODINGS = frozenset({"idna", "punycode"})
"""They take quadratic time."""
_DEEPEST_HIDDEN = 4
"""How often code in a text may be in code in a text."""
_BEGIN = re.compile(r"(?!(?:elif|else|except|finally)\b)[^\W\d]|@")
"""How the first line of a statement of a module begins."""


class IncomparableError(Exception):
    """A file that cannot be compared; the text says why."""


class Fingerprint(NamedTuple):
    """One run of parts of the syntax tree."""

    value: int
    lines: tuple[int, ...]
    """The lines on which the parts begin, from 1."""


class Fingerprinted(NamedTuple):
    """The fingerprints of a file."""

    fingerprints: tuple[Fingerprint, ...]
    """From top to bottom."""
    unread_lines: int
    """How many lines are not valid Python."""


def read_source(content: bytes) -> str:
    """Read a Python file as Python does, by its `coding:`; its lines then end in line feeds.

    Raises:
        IncomparableError: It is not written in its encoding.
    """
    encoding = "utf-8-sig"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if codecs.lookup(encoding).name in _SLOW_ENCODINGS:
            raise IncomparableError(f"its encoding is {encoding}")
        text = content.decode(encoding)
    except (SyntaxError, ValueError, LookupError):
        raise IncomparableError(
            f"it is not {'UTF-8' if encoding.startswith('utf-8') else encoding}"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def size_of_code(content: bytes, most: int) -> int:
    """Return how many bytes a file has without comments; more than `most` is not told apart."""
    if len(content) <= most:
        return len(content)
    size = 0
    try:
        for token in tokenize.tokenize(io.BytesIO(content).readline):
            if token.type != tokenize.COMMENT:
                size += len(token.string.encode("utf-8", "surrogatepass"))
            if size > most:
                break
    except (tokenize.TokenError, SyntaxError, ValueError, LookupError):
        return len(content)
    return size


def fingerprints_of(source: str) -> Fingerprinted:
    """Take the fingerprints of Python code.

    If it has a syntax error, the statements of the module are read one by one, and those with
    errors are left out.

    Raises:
        IncomparableError: Nothing of it is Python.
    """
    tree = _parse(source)
    if tree is not None:
        return Fingerprinted(tuple(_runs(tree, 0)), 0)
    found: list[Fingerprint] = []
    unread = 0
    for first_line, part in _statements(source):
        tree = _parse(part)
        if tree is None:
            unread += part.count("\n") + 1
        else:
            found += _runs(tree, first_line)
    if not found:
        raise IncomparableError("it is not Python")
    return Fingerprinted(tuple(found), unread)


def _parse(source: str) -> ast.Module | None:
    """Parse code; None if it is not Python, or nested too deeply."""
    try:
        with warnings.catch_warnings():
            # Of strings such as "\d": the student's matter.
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _statements(source: str) -> Iterator[tuple[int, str]]:
    """Split code at lines that begin a statement of the module, with the lines before each."""
    lines = source.split("\n")
    begins = [
        number
        for number, line in enumerate(lines)
        if _BEGIN.match(line) and not (number and lines[number - 1].startswith("@"))
    ]
    for begin, end in pairwise([*begins, len(lines)]):
        yield begin, "\n".join(lines[begin:end])


def _runs(tree: ast.Module, lines_before: int) -> Iterator[Fingerprint]:
    parts = list(_parts(tree))
    for at in range(len(parts) - RUN + 1):
        run = parts[at : at + RUN]
        lines = sorted({lines_before + line for _, line in run})
        yield Fingerprint(_hash("\n".join(label for label, _ in run)), tuple(lines))


def _hash(text: str) -> int:
    """Hash the same in every process, which Python's own hash does not."""
    encoded = text.encode("utf-8", "backslashreplace")
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=8).digest())


def _parts(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield what counts of a syntax tree, each part before what is in it, and its line.

    Without recursion, as code may be nested as deeply as the parser allows.
    """
    # Each node, its line, and how deep it is in code inside a text, which keeps the text's line.
    waiting: list[tuple[ast.AST, int, int]] = [(tree, 1, 0)]
    while waiting:
        node, line, depth = waiting.pop()
        node = _unwrapped(node)
        if not depth:
            line = getattr(node, "lineno", line)
        children: list[ast.AST]
        hidden = _hidden_code(node) if depth < _DEEPEST_HIDDEN else None
        values = _formatted_values(node)
        if hidden is not None:
            depth += 1
            children = [*hidden.body]
        elif values is not None:
            yield "text", line
            children = values
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
            children = [*(node.body if node.test.value else node.orelse)]
        else:
            if not isinstance(node, _SKIPPED):
                yield _label(node), line
            children = list(_children(node))
        waiting += [(child, line, depth) for child in reversed(children)]


def _unwrapped(node: ast.AST) -> ast.AST:
    """Return an expression without what is only written around it."""
    while True:
        match node:
            case ast.Subscript(
                value=ast.List(elts=[element]) | ast.Tuple(elts=[element]),
                slice=ast.Constant(value=0) | ast.UnaryOp(ast.USub(), ast.Constant(value=1)),
            ) if not isinstance(element, ast.Starred):
                node = element
            case ast.NamedExpr(value=value):
                node = value
            case ast.IfExp(test=ast.Constant(value=chosen), body=body, orelse=orelse):
                node = body if chosen else orelse
            case ast.Call(
                func=ast.Name(id="getattr"),
                args=[value, ast.Constant(value=str() as name)],
                keywords=[],
            ):
                return ast.copy_location(ast.Attribute(value, name, ast.Load()), node)
            case _:
                return node


def _hidden_code(node: ast.AST) -> ast.Module | None:
    """Return the code in `exec("...")`, `eval("...")`, also with `compile`; else None."""
    match node:
        case ast.Call(func=ast.Name(id="exec" | "eval"), args=[argument, *_]):
            match argument:
                case ast.Call(func=ast.Name(id="compile"), args=[inner, *_]):
                    argument = inner
            match argument:
                case ast.Constant(value=str() as source):
                    return _parse(source)
                case ast.Constant(value=bytes() as content):
                    return _parse(content.decode("utf-8", "replace"))
    return None


def _formatted_values(node: ast.AST) -> list[ast.AST] | None:
    """Return what f-strings, `"...".format(...)` and `"..." % ...` put into a text; else None."""
    match node:
        case ast.JoinedStr():
            return [part for part in node.values if isinstance(part, ast.FormattedValue)]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return [*node.args, *(keyword.value for keyword in node.keywords)]
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod(), right=ast.Tuple() as right):
            return list(right.elts)
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()):
            return [node.right]
    return None


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children that count; a text that is a statement, such as a docstring, does not."""
    for name, value in ast.iter_fields(node):
        if name in _UNCOMPARED_FIELDS:
            continue
        children = [child for child in (value if isinstance(value, list) else [value])
                    if isinstance(child, ast.AST) and not _is_bare_constant(child)]  # fmt: skip
        if name == "keywords":
            children.sort(key=lambda keyword: getattr(keyword, "arg", None) or "")
        yield from children


def _is_bare_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _label(node: ast.AST) -> str:
    match node:
        case ast.Name():
            return node.id if node.id in _BUILTINS else "name"
        case ast.Attribute():
            return f".{node.attr}"
        case ast.keyword():
            return f"{node.arg or '**'}="
        case ast.Constant(value=str()):
            return "text"
        case ast.Constant():
            return type(node.value).__name__
    return _NAMED_ALIKE.get(type(node)) or type(node).__name__
