"""Rules about names and modules that `ruff` does not check."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter

import grimp

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


SILENCED = re.compile(r"# (?:noqa|type: ignore)\b(?P<rest>.*)")
REASON = re.compile(r"[:\[][^#]*(?: - |  # )\S")


def test_each_silenced_rule_has_its_reason_next_to_it() -> None:
    """As `# noqa: S603 - a list, no shell` or `# type: ignore[misc]  # it has no types`."""
    found = [
        f"{name}:{number}"
        for name, _ in our_modules()
        for number, line in enumerate((PACKAGE / name).read_text("utf-8").splitlines(), 1)
        for silenced in [SILENCED.search(line)]
        if silenced and not REASON.match(silenced["rest"])
    ]

    assert found == []


LONGEST_MODULE = 350
LONG_MODULES = frozenset(
    {
        "admission.py",  # `build` lays it into student repositories, where it must be one file
        "cases.py",  # the same
        "classroom50/entrypoint.py",  # Classroom 50 runs it as one file, without the package
    }
)
MOST_FLOORS = 5


def test_modules_are_short_enough_to_read() -> None:
    """At most 350 lines, except for files that must be one file. A suite has one per checkpoint."""
    long_modules = {
        name
        for name, _ in our_modules()
        if not name.startswith(("tests/", "suites/", "student_kit/", "conformance/"))
        and len((PACKAGE / name).read_text("utf-8").splitlines()) > LONGEST_MODULE
    }

    assert long_modules == LONG_MODULES


def test_no_package_has_more_than_five_floors() -> None:
    """Within a package, no chain of imports has more than five modules, and none is a cycle."""
    graph = grimp.build_graph("autograder")
    packages: dict[str, set[str]] = {}
    for module in graph.modules:
        if not module.startswith(("autograder.tests", "autograder.student_kit")):
            packages.setdefault(module.rpartition(".")[0], set()).add(module)

    for package, modules in packages.items():
        below = {name: graph.find_modules_directly_imported_by(name) & modules for name in modules}
        if package != "autograder":
            order = tuple(TopologicalSorter(below).static_order())
            floors: dict[str, int] = {}
            for name in order:
                floors[name] = 1 + max((floors[other] for other in below[name]), default=0)
            assert max(floors.values()) <= MOST_FLOORS, (package, floors)
