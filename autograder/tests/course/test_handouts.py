"""What was handed out is known by the ids that git gives it."""

from pathlib import Path

from autograder.assignment import Course
from autograder.course.handouts import graded_content, known_handouts
from autograder.github.pushes import Tree, TreeEntry
from autograder.tests.course.classroom import HANDOUT
from autograder.tests.course.repositories import checkout, git
from autograder.tests.distribution.secrets import ASSIGNMENT


def test_the_committed_files_are_the_handout(tmp_path: Path) -> None:
    """A change that is not committed was not published."""
    course = checkout(tmp_path)
    folder = course.assignments / ASSIGNMENT.id
    (folder / "compare_with_sqs.py").write_text("changed = True\n")

    known = known_handouts(course)

    ids = {
        name: git(tmp_path, "rev-parse", f"HEAD:assignments/{ASSIGNMENT.id}/{name}")
        for name in HANDOUT
    }
    assert known.trees == {git(tmp_path, "rev-parse", f"HEAD:assignments/{ASSIGNMENT.id}")}
    assert known.contents == {frozenset(ids.items())}


def test_a_folder_without_git_is_no_handout(tmp_path: Path) -> None:
    """It cannot have been published."""
    course = checkout(tmp_path / "course")
    (course.assignments.parent / ".git").rename(tmp_path / "elsewhere")

    known = known_handouts(Course(course.assignments.parent))

    assert (known.trees, known.contents) == (frozenset(), frozenset())


def test_code_notebooks_archives_and_folders_may_be_graded() -> None:
    """All else of a commit is not compared."""
    kinds = {
        "blob": ("a.py", "b.IPYNB", "m06.zip", "README.md", ".env", "requirements.txt"),
        "tree": ("src", "checks", ".github", "__pycache__"),
        "commit": ("library",),
    }
    entries = [TreeEntry(name, kind, name) for kind, names in kinds.items() for name in names]

    content = graded_content(Tree("1", tuple(entries)))

    assert {name for name, _ in content} == {"a.py", "b.IPYNB", "m06.zip", "src", "library"}
