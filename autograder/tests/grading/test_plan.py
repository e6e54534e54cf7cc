"""The plan of a suite is read from its source, and is what pytest collects."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError
from autograder.grading.judge.plan import read_plan, read_requirements

COURSE = Course.of_this_checkout()
MODULE = COURSE.load("m06_partitioned_logs")
SUITE = COURSE.suites / MODULE.id

GOOD = '''
import pytest

@pytest.mark.graded("W1", points=3)
def test_one(student):
    """It does one thing.

    More words.
    """
'''


@pytest.fixture
def assignment() -> Assignment:
    """Return an assignment with one checkpoint of three points."""
    writer = MODULE.checkpoints[0].model_copy(update={"points": 3})
    return MODULE.model_copy(update={"checkpoints": (writer,)})


def suite_of(folder: Path, source: str) -> Path:
    """Write a suite."""
    (folder / "test_writer.py").write_text(source)
    (folder / "requirements.toml").write_text('W1 = "It does."\n')
    return folder


def test_a_test_is_planned_with_its_title_and_points(
    tmp_path: Path, assignment: Assignment
) -> None:
    """The docstring's first line is the title."""
    plan = read_plan(assignment, suite_of(tmp_path, GOOD))

    (test,) = plan.tests
    assert (test.id, test.title, test.requirement, test.points) == (
        "writer/one",
        "It does one thing",
        "W1",
        3,
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("points=3", "points=2"), "worth 2 points together"),
        (('"W1"', '"W9"'), "which requirements.toml does not define"),
        (('@pytest.mark.graded("W1", points=3)', ""), "needs a mark"),
        (("points=3", "points=three"), "needs a mark"),
        (("points=3", "points=3, close_answer=True"), "its mark has .close_answer."),
        (('"""It does one thing.\n\n    More words.\n    """', "pass"), "needs a docstring"),
        (("@pytest.mark.g", "@pytest.mark.parametrize('a', [1])\n@pytest.mark.g"), "parametrized"),
        (("def test_one(", "def test_one(("), "cannot be read"),
    ],
)
def test_a_mistake_in_a_suite_is_reported_in_one_line(
    tmp_path: Path, assignment: Assignment, change: tuple[str, str], message: str
) -> None:
    """The line names the file, and the test if the mistake is in a test."""
    suite = suite_of(tmp_path, GOOD.replace(*change))

    with pytest.raises(AssignmentError, match=message) as caught:
        read_plan(assignment, suite)

    assert "\n" not in str(caught.value)


def test_the_digest_changes_with_any_file(tmp_path: Path, assignment: Assignment) -> None:
    """Each grade names the version of the suite by this digest."""
    before = read_plan(assignment, suite_of(tmp_path, GOOD)).digest

    (tmp_path / "helpers.py").write_text("x = 1\n")

    assert read_plan(assignment, tmp_path).digest != before


def test_the_plan_is_what_pytest_collects() -> None:
    """Reading the source and collecting agree for the real suite, of 40 tests or more."""
    planned = [test.node_id for test in read_plan(MODULE, SUITE).tests]

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", SUITE, "--collect-only"],
        capture_output=True,
        text=True,
        check=False,
    )

    collected = [line.rsplit("/", 1)[-1] for line in ran.stdout.splitlines() if "::" in line]
    assert len(planned) >= 40
    assert sorted(collected) == sorted(planned)


def test_every_closed_question_is_marked_as_closed() -> None:
    """A question without the mark would reveal its answer before the deadline."""
    tests = read_plan(MODULE, SUITE).tests

    marked = {test.id for test in tests if test.closed_answer}

    by_machine = {
        test.id for test in tests if test.checkpoint == "concepts" and test.marked_by == "machine"
    }
    assert marked == by_machine
    assert len(marked) == 16


def test_every_requirement_is_judged_and_is_in_the_handout() -> None:
    """Each requirement has a test, and students can read each of them."""
    requirements = read_requirements(SUITE)
    handout = (COURSE.assignments / MODULE.id / "README.md").read_text()

    judged = {test.requirement for test in read_plan(MODULE, SUITE).tests}

    assert judged == set(requirements)
    assert [
        requirement
        for requirement in requirements
        if f'<a id="{requirement.lower()}"></a>{requirement}' not in handout
    ] == []


def test_the_handout_states_the_points_and_limits_of_the_grader() -> None:
    """Its tables agree with the values that the grader uses."""
    handout = " ".join((COURSE.assignments / MODULE.id / "README.md").read_text().split())
    limits = MODULE.limits

    stated = [
        *(f"({checkpoint.points} points)" for checkpoint in MODULE.checkpoints),
        f"| processor time | {limits.cpu_seconds:g} s |",
        f"| sleep, in virtual time | {limits.virtual_seconds:g} s |",
        f"sleep does not count) | {limits.still_seconds:g} s |",
        f"| real time | {limits.wall_seconds:g} s;",
        f"all calls together {limits.submission_seconds / 60:g} minutes |",
        f"| requests to AWS | {limits.aws.api_calls},",
        f"| data to and from AWS | {limits.aws.traffic_mib} MiB |",
        f"| memory | {limits.memory_mib >> 10} GiB |",
        f"| processes and threads | {limits.processes} |",
        f"| printed text | {limits.output_kib} KiB |",
        f"| returned data | {limits.return_kib >> 10} MiB |",
        f"say that you are caught up | {limits.aws.idle_reads} |",
    ]

    assert [statement for statement in stated if statement not in handout] == []
