"""What students were given, so that an untouched copy of it is not taken for their work."""

from dataclasses import dataclass

from autograder.admission import CHECKS
from autograder.assignment import Course
from autograder.errors import AutograderError
from autograder.github.commits import committed_tree
from autograder.github.pushes import Tree

Content = frozenset[tuple[str, str]]
"""All of a commit that may be graded: names in its top folder with the ids of their objects."""

_SUFFIXES = (".py", ".ipynb", ".zip", ".tar", ".tgz", ".gz", ".rar", ".7z")


@dataclass(frozen=True)
class Handouts:
    """The assignments of this checkout, as they are published."""

    trees: frozenset[str]
    """The ids of their folders: a student's copy without any change has the same."""
    contents: frozenset[Content]


def known_handouts(course: Course) -> Handouts:
    """Return what this checkout hands out: the last commit of each folder of `assignments/`.

    A folder that is not committed cannot have been published, and is left out.
    """
    trees: list[Tree] = []
    for assignment in course.ids():
        try:
            trees.append(committed_tree(course.assignments / assignment))
        except AutograderError:
            continue
    return Handouts(
        frozenset(tree.id for tree in trees), frozenset(graded_content(tree) for tree in trees)
    )


def graded_content(tree: Tree) -> Content:
    """Return what may be graded of a commit: code, notebooks, archives, and folders with them.

    The checks, the handout's text, and names that begin with a dot are left out, such as workflows
    and what a service adds when a student accepts an assignment.
    """
    return frozenset(
        (entry.name, entry.id)
        for entry in tree.entries
        if not entry.name.startswith(".")
        and (
            entry.name.lower().endswith(_SUFFIXES)
            if entry.kind == "blob"
            else entry.name not in (CHECKS, "__pycache__")
        )
    )
