"""Mechanical mutations of the reference solution, by the operators of mutmut.

A mutant is named by its file, its function and what it changes, so that a list of equivalent ones
outlives edits elsewhere. A second change of the same words in one function has `#2` at its end.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import AssignmentError

if TYPE_CHECKING:
    import libcst

EQUIVALENTS_FILE = "equivalent_mutants.toml"


@dataclass(frozen=True)
class Mutant:
    """The source of a graded file with one thing changed."""

    name: str
    file: str
    source: str


def read_equivalents(corpus: Path) -> Mapping[str, str]:
    """Read which mutants behave like the solution, and why: names to reasons.

    Raises:
        AssignmentError: The file cannot be read or gives no reason.
    """
    path = corpus / EQUIVALENTS_FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AssignmentError(f"{path}: cannot be read: {error}") from None
    found: dict[str, str] = {}
    for reason, names in table.items():
        if not isinstance(names, list):
            raise AssignmentError(f"{path}: {reason}: should be a list of mutants")
        found |= dict.fromkeys(map(str, names), reason)
    return found


def make_mutants(file: str, source: str) -> tuple[Mutant, ...]:
    """Make all mutants of a file's functions, other than `main`.

    Left out is what no test can or should see: docstrings, annotations, and what is printed.

    Raises:
        AssignmentError: mutmut is not installed.
    """
    try:
        import libcst as cst
    except ImportError:
        raise AssignmentError("mutants need the development tools: run `uv sync`") from None
    module = cst.parse_module(source)
    seen: Counter[str] = Counter()
    mutants = []
    for function in module.body:
        if not isinstance(function, cst.FunctionDef) or function.name.value == "main":
            continue
        for node, changed in _changes(function.body):
            mutated = module.deep_replace(node, changed)
            assert isinstance(mutated, cst.Module)
            words = f"{_words(module, node)} -> {_words(module, changed)}"
            name = f"{file}: {function.name.value}: {words}"
            seen[name] += 1
            if seen[name] > 1:
                name += f" #{seen[name]}"
            mutants.append(Mutant(name, file, mutated.code))
    return tuple(mutants)


def _changes(node: "libcst.CSTNode") -> "Iterator[tuple[libcst.CSTNode, libcst.CSTNode]]":
    """Yield each node that can be changed, and what it is changed into."""
    import libcst as cst
    from mutmut.mutation.mutators import mutation_operators

    if isinstance(node, cst.Annotation):
        return
    if (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value == "print"
    ):
        return
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            for changed in operator(node):
                yield node, changed
    for child in node.children:
        yield from _changes(child)


def _words(module: "libcst.Module", node: "libcst.CSTNode") -> str:
    return f"`{' '.join(module.code_for_node(node).split())}`"
