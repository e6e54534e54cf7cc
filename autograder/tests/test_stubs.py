"""Stubs hold no line of a solution, wherever its marks are."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import admission
from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError
from autograder.stubs import build, check, make_stub

RULES = "checks/admission.py"
SETTINGS = """
id = "{id}"
title = 'Module 7: The "demo"'
python = "3.13"
"""
CHECKPOINT = """
[[checkpoints]]
id = "only"
title = "Only"
points = 1
files = ["a.py"]
"""
SOLUTION = '''"""A module."""


def double(number: int) -> int:
    """Double it."""
    ### BEGIN SOLUTION
    secret = number * 2
    return secret
    ### END SOLUTION


def main() -> None:
    """Stay."""
    print(double(1))
'''


def test_a_region_becomes_a_stub_at_its_indentation() -> None:
    """The rest of the file does not change."""
    stub = make_stub(SOLUTION, "a.py")

    assert "    # YOUR CODE HERE\n    raise NotImplementedError\n" in stub
    assert "secret" not in stub
    assert stub.startswith('"""A module."""')
    assert stub.endswith("print(double(1))\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("    ### BEGIN SOLUTION\n", ""), "was never begun"),
        (("    ### END SOLUTION\n", ""), "never ends"),
        (("    secret = number", "    ### BEGIN SOLUTION\n    secret = number"), "within that"),
        (("### BEGIN SOLUTION", "## BEGIN SOLUTION"), "looks like a mark"),
        (("### BEGIN SOLUTION", "### Begin Solution"), "looks like a mark"),
        (("### BEGIN SOLUTION", "### BEGIN SOLUTIONS"), "looks like a mark"),
        (("### END SOLUTION", "###END SOLUTION"), "looks like a mark"),
        (("### END SOLUTION", "### END HIDDEN TESTS"), "never begun"),
        (("    ### BEGIN SOLUTION", "### BEGIN SOLUTION"), "outside any function"),
    ],
)
def test_a_wrong_mark_is_an_error_that_names_the_line(
    change: tuple[str, str], message: str
) -> None:
    """A mark that could leak a solution stops the build with file and line."""
    source = SOLUTION.replace(*change)

    with pytest.raises(AssignmentError) as caught:
        make_stub(source, "a.py")

    assert message in str(caught.value)
    assert str(caught.value).startswith("a.py:")


def test_a_file_without_any_region_is_an_error() -> None:
    """Otherwise, a forgotten mark would hand out the whole solution."""
    with pytest.raises(AssignmentError, match="no region"):
        make_stub("x = 1\n", "a.py")


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_no_line_of_a_region_survives(numbers: list[int]) -> None:
    """All lines between the marks are removed."""
    secrets = [f"    secret_{number} = {number}" for number in numbers]
    source = "\n".join(["def f():", "    ### BEGIN SOLUTION", *secrets, "    ### END SOLUTION", ""])

    stub = make_stub(source, "a.py")

    assert "secret" not in stub


def course_of(folder: Path, settings: str = "", id: str = "demo") -> tuple[Course, Assignment]:  # noqa: A002 - the key's name
    """Make a course whose assignment has one solution, `a.py`."""
    course = Course(folder)
    for part in (course.assignments, course.solutions):
        (part / id).mkdir(parents=True)
    (course.solutions / id / "a.py").write_text(SOLUTION)
    text = SETTINGS.format(id=id) + settings
    (course.assignments / id / "assignment.toml").write_text(f"{text}{CHECKPOINT}")
    return course, course.load(id)


def test_build_writes_and_check_names_what_is_out_of_date(tmp_path: Path) -> None:
    """A second build has nothing to do; a changed stub is named."""
    course, assignment = course_of(tmp_path)

    before = check(course, assignment)
    written = build(course, assignment)
    again = build(course, assignment)
    (course.assignments / "demo" / "a.py").write_text("changed by hand\n")
    after = check(course, assignment)

    assert before[0] == "a.py"
    assert (written, again, after) == (before, (), ("a.py",))


def test_build_adds_the_student_kit(tmp_path: Path) -> None:
    """A file of the kit that is changed or missing is out of date."""
    course, assignment = course_of(tmp_path)
    folder = course.assignments / "demo"

    build(course, assignment)

    assert (folder / ".github/workflows/grade.yml").is_file()
    (folder / "checks/hand_in.py").write_text("")
    (folder / "pyproject.toml").unlink()
    assert check(course, assignment) == ("checks/hand_in.py", "pyproject.toml")


def test_the_simulated_aws_is_added_if_the_assignment_uses_it(tmp_path: Path) -> None:
    """Otherwise, only the rules of admission name AWS, boto3 or moto."""
    course, assignment = course_of(tmp_path / "with", "simulated_aws = true\n")
    other, plain = course_of(tmp_path / "without")

    build(course, assignment)
    build(other, plain)

    assert "boto3==" in (course.assignments / "demo/requirements.txt").read_text()
    assert (course.assignments / "demo/checks/faults.py").is_file()
    texts = {
        path.name: path.read_text().lower()
        for path in other.assignments.rglob("*")
        if path.is_file() and path.name != "admission.py"
    }
    assert "pytest==" in texts["requirements.txt"]
    words = re.compile(r"\b(aws|boto3|botocore|moto|kinesis|sqs)\b")
    assert {name: words.findall(text) for name, text in texts.items() if words.search(text)} == {}


def test_the_kit_names_the_assignment_and_its_python(tmp_path: Path) -> None:
    """In one file for uv and Actions, and in the image's tag for a Codespace."""
    course, assignment = course_of(tmp_path, id="m07_word_count")
    folder = course.assignments / assignment.id

    build(course, assignment)

    container = json.loads((folder / ".devcontainer/devcontainer.json").read_text())
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert (folder / ".python-version").read_text() == "3.13\n"
    assert container["name"] == 'The "demo"'
    assert "python:3.0.6-3.13-bookworm" in container["image"]
    assert project["name"] == "word-count"
    assert project["description"] == 'Module 7: The "demo"'
    unfilled = re.compile(r"@\w+@")
    texts = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    assert not [text for text in texts if unfilled.search(text)]


def test_the_stubs_of_this_checkout_are_up_to_date() -> None:
    """After a change of a solution, `autograder build` must run."""
    course = Course.of_this_checkout()

    stale = {name: check(course, course.load(name)) for name in course.ids()}

    assert not any(stale.values())


def test_stubs_are_those_that_nbgrader_makes() -> None:
    """Our marks mean the same as nbgrader's, so both tools work on a solution."""
    preprocessors = pytest.importorskip("nbgrader.preprocessors", reason="extra `gradebook`")
    nbformat = pytest.importorskip("nbformat.v4")

    source = Path(Course.of_this_checkout().solutions / "m06_partitioned_logs")
    for path in source.glob("*.py"):
        text = path.read_text()
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.new_notebook(
            cells=[nbformat.new_code_cell(text)], metadata={"kernelspec": kernel}
        )
        clear = preprocessors.ClearSolutions(
            enforce_metadata=False,
            code_stub={"python": "# YOUR CODE HERE\nraise NotImplementedError"},
        )

        notebook, _ = clear.preprocess(notebook, {})

        assert notebook.cells[0].source.strip() == make_stub(text, path.name).strip()


def test_the_rules_of_admission_are_copied_into_the_checks(tmp_path: Path) -> None:
    """A copy that differs is out of date."""
    course, assignment = course_of(tmp_path)
    rules = course.assignments / "demo" / RULES

    build(course, assignment)

    assert rules.read_text().endswith(Path(admission.__file__).read_text())
    rules.write_text("MAX_FILES = 1000\n")
    assert check(course, assignment) == (RULES,)


def test_a_stub_without_a_solution_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    """A file that was renamed in the solutions would still be handed out under its old name."""
    course, assignment = course_of(tmp_path)
    build(course, assignment)
    (course.assignments / "demo" / "old_name.py").write_text("x = 1\n")

    with pytest.raises(AssignmentError, match=r"old_name\.py has no solution: remove it"):
        check(course, assignment)
