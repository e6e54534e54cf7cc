"""What the source of a hidden suite must not do: go around the one bounded view.

A test that parses a student's bytes itself, or reaches into the simulated AWS, meets hostile data
without bounds. So a suite imports `autograder.testing`, its own modules and a few of Python's that
cannot read anything.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

SAFE_MODULES = frozenset(
    {
        "collections",
        "collections.abc",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
        "itertools",
        "math",
        "pytest",
        "random",
        "re",
        "typing",
        "autograder.testing",
    }
)
JSON_WRITERS = frozenset({"dumps"})
"""Of `json`, which arranging needs; to read, there is `parsed_json`."""
UNSAFE_BUILTINS = frozenset(
    {"__import__", "compile", "eval", "exec", "getattr", "globals", "input", "open", "vars"}
)


def detours(suite: Path) -> list[str]:
    """List where a suite goes around `autograder.testing`: `FILE:LINE: what to do instead`."""
    found: list[str] = []
    for path in sorted(suite.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [f"{path.name}:{line}: {text}" for line, text in _in(tree)]
    return found


def _in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for name in names:
                    if name.name != "json" and name.name not in SAFE_MODULES:
                        yield (
                            node.lineno,
                            f"import what you need from autograder.testing, not {name.name}",
                        )
            case ast.ImportFrom(module=module, level=level) if not _is_safe(module, level):
                yield node.lineno, f"import what you need from autograder.testing, not {module}"
            case ast.Attribute(value=ast.Name(id="json"), attr=name) if name not in JSON_WRITERS:
                yield node.lineno, f"read with parsed_json or Record.json, not json.{name}"
            case ast.Attribute(value=value, attr=name) if name.startswith("_") and not (
                isinstance(value, ast.Name) and value.id == "self"
            ):
                yield node.lineno, f"{name} is private: use what autograder.testing gives"
            case ast.Name(id=name) if name in UNSAFE_BUILTINS:
                yield node.lineno, f"{name} reads or runs input without bounds"


def _is_safe(module: str | None, level: int) -> bool:
    """Whether a suite may import from a module; `.module` is in the suite."""
    return level == 1 or (level == 0 and module in SAFE_MODULES)
