"""Rules about names that `ruff` does not check."""

import ast
from collections import Counter
from collections.abc import Iterator

from autograder.assignment import Course

PACKAGE = Course.of_this_checkout().assignments.parent / "autograder"
EMPTY_NAMES = frozenset({"one", "thing", "stuff"})
"""As the name of a variable, these do not say what it holds."""


def our_modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the package's modules, without submissions and attacks."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if "/submissions/" not in name and "/attacks/" not in name:
            yield name, ast.parse(path.read_text("utf-8"))


def test_no_class_name_is_used_twice() -> None:
    """A name means one class everywhere.

    Tests and the student kit are left out: the kit is for another repository, and uses the same
    names as the hidden tests for the same things.
    """
    names = Counter(
        node.name
        for name, tree in our_modules()
        if not name.startswith(("tests/", "student_kit/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )

    assert [name for name, times in names.items() if times > 1] == []


def test_variables_say_what_they_hold() -> None:
    """No variable is called `one`."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in our_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in EMPTY_NAMES
    ]

    assert found == []
