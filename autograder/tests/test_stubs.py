"""Stubs hold no line of a solution, whatever marks they are made from."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import admission
from autograder.assignment import Course
from autograder.errors import AssignmentError
from autograder.stubs import build, check, make_stub

RULES = "checks/admission.py"
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
    """The rest of the file stays as it is."""
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
    """Handing out a whole solution by oversight is not possible."""
    with pytest.raises(AssignmentError, match="no region"):
        make_stub("x = 1\n", "a.py")


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_no_line_of_a_region_survives(numbers: list[int]) -> None:
    """Whatever stands within the marks is gone."""
    secrets = [f"    secret_{number} = {number}" for number in numbers]
    source = "\n".join(["def f():", "    ### BEGIN SOLUTION", *secrets, "    ### END SOLUTION", ""])

    stub = make_stub(source, "a.py")

    assert "secret" not in stub


def test_build_writes_and_check_tells_what_is_out_of_date(tmp_path: Path) -> None:
    """A second build finds nothing to do; a changed stub is told by name."""
    solutions, assignment = tmp_path / "solutions", tmp_path / "assignment"
    solutions.mkdir()
    assignment.mkdir()
    (solutions / "a.py").write_text(SOLUTION)

    before = check(solutions, assignment, "3.12")
    written = build(solutions, assignment, "3.12")
    again = build(solutions, assignment, "3.12")
    (assignment / "a.py").write_text("changed by hand\n")
    after = check(solutions, assignment, "3.12")

    both = ("a.py", ".python-version")
    assert (before, written, again, after) == (both, both, (), ("a.py",))


def test_build_names_the_python_of_the_assignment_wherever_one_is_named(tmp_path: Path) -> None:
    """For uv and Actions in one file, for a Codespace in the tag of its image."""
    solutions, assignment = tmp_path / "solutions", tmp_path / "assignment"
    solutions.mkdir()
    (assignment / ".devcontainer").mkdir(parents=True)
    (solutions / "a.py").write_text(SOLUTION)
    container = assignment / ".devcontainer" / "devcontainer.json"
    container.write_text('{"image": "mcr.microsoft.com/devcontainers/python:3.0.6-3.12-bookworm"}')

    build(solutions, assignment, "3.14")

    assert (assignment / ".python-version").read_text() == "3.14\n"
    assert "python:3.0.6-3.14-bookworm" in container.read_text()


def test_the_stubs_of_this_checkout_are_up_to_date() -> None:
    """Whoever changes a solution runs `autograder build`."""
    course = Course.of_this_checkout()

    stale = {
        name: check(course.solutions / name, course.assignments / name, course.load(name).python)
        for name in course.ids()
    }

    assert not any(stale.values())


def test_stubs_are_those_that_nbgrader_makes() -> None:
    """Our marks mean what nbgrader's mean, so that both tools can be used on a solution."""
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
    """A copy that differs is out of date, as a stub is."""
    solutions, assignment = tmp_path / "solutions", tmp_path / "assignment"
    solutions.mkdir()
    (assignment / "checks").mkdir(parents=True)
    (solutions / "a.py").write_text(SOLUTION)

    assert build(solutions, assignment, "3.12") == ("a.py", ".python-version", RULES)
    assert (assignment / RULES).read_text().endswith(Path(admission.__file__).read_text())
    assert check(solutions, assignment, "3.12") == ()
    (assignment / RULES).write_text("MAX_FILES = 1000\n")
    assert check(solutions, assignment, "3.12") == (RULES,)
