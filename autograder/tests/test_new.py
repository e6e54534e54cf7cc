"""`autograder new` writes an assignment that works with every command."""

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.tests.checkout import FIRST, OURS, copy_checkout, run
from autograder.validation.visible import lay_out, run_visible_checks

ID = "m98_example"
TITLE = 'Module 7: The "example"'


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a course with a new assignment."""
    folder = copy_checkout(tmp_path_factory.mktemp("course") / "checkout")
    done = run(folder, "new", ID, "--title", TITLE)
    assert done.status == 0, done.errors
    return folder


def test_it_is_up_to_date_and_can_be_graded(checkout: Path) -> None:
    """All commands that `new` suggests succeed."""
    build = run(checkout, "build", "--check", "--assignment", ID)
    grade = run(checkout, "grade", checkout / "solutions" / ID)
    validate = run(checkout, "validate", "--assignment", ID, "--workers", "1", "--format", "json")

    assert (build.status, build.output) == (0, "")
    assert "10 / 10" in grade.output
    assert validate.status == 0, validate.output + validate.errors
    report = json.loads(validate.output)
    assert (report["right"], report["wrong"], report["findings"]) == (1, 1, [])


def test_its_visible_checks_run(checkout: Path, tmp_path: Path) -> None:
    """The solution passes them, and the stub fails them."""
    course = Course(checkout)
    solution = (course.solutions / ID / "greeting.py").read_bytes()
    lay_out(course.assignments / ID, tmp_path / "right", {"greeting.py": solution})
    lay_out(course.assignments / ID, tmp_path / "stub", {})

    right = run_visible_checks(tmp_path / "right", [], {})
    stub = run_visible_checks(tmp_path / "stub", [], {})

    assert "greeting 1 of 1 visible checks" in right.stdout, right.stdout
    assert "greeting 0 of 1 visible checks" in stub.stdout, stub.stdout


def test_it_has_the_title_and_the_python_of_the_course(checkout: Path) -> None:
    """In the settings and in the handout."""
    course = Course(checkout)

    assignment = course.load(ID)

    handout = (course.assignments / ID / "README.md").read_text("utf-8")
    assert (assignment.title, assignment.python) == (TITLE, course.load(FIRST).python)
    assert handout.startswith(f"# {TITLE}\n")
    assert f"You need Python {assignment.python}" in handout


def test_it_is_written_in_the_style_of_the_project(checkout: Path) -> None:
    """The linter finds nothing in what was written; mypy checks its templates."""
    bin_folder = Path(sysconfig.get_path("scripts"))
    (checkout / "pyproject.toml").write_bytes((OURS / "pyproject.toml").read_bytes())
    written = [f"{part}/{ID}" for part in ("assignments", "solutions", "autograder/suites")]

    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [bin_folder / "ruff", *command, *written],
            cwd=checkout,
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([FIRST], "exists already"),
        ([ID], "exists already"),
        (["M07-Example"], "is not a valid id"),
        (["../m08"], "is not a valid id"),
        (["m08_example", "--title", ""], "--title"),
        (["m08_example", "--title", "Two\nlines"], "--title"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line(
    arguments: list[str], reason: str, checkout: Path
) -> None:
    """And nothing is written."""
    before = sorted(checkout.rglob("*"))

    done = run(checkout, "new", *arguments)

    assert done.status == 2
    assert reason in done.errors
    assert done.errors.count("\n") == 1
    assert sorted(checkout.rglob("*")) == before


@pytest.mark.parametrize(
    ("id", "title"),
    [
        ("m08_example", "Module 8: Example"),
        ("m10_word_count", "Module 10: Word count"),
        ("warm_up", "Warm up"),
    ],
)
def test_without_a_title_it_is_made_from_the_id(id: str, title: str, tmp_path: Path) -> None:  # noqa: A002 - as it is called in the settings
    """Also in an empty course."""
    done = run(tmp_path, "new", id)

    assert done.status == 0, done.errors
    assert Course(tmp_path).load(id).title == title
    assert f"autograder/suites/{id} written" in done.output
