"""A whole term by the instructor's guide, from an empty organisation to the last extension."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.course import grade_pushes
from autograder.distribution.solutions import released_solutions
from autograder.github import client
from autograder.grading.judge.plan import read_plan
from autograder.tests.course import guide
from autograder.tests.course.classroom import FakeExaminers
from autograder.tests.course.command_line import CommandLine
from autograder.tests.course.repositories import checkout, files_of
from autograder.tests.course.term import TEMPLATE, Term
from autograder.tests.distribution.secrets import ASSIGNMENT, COURSE, student_repository
from autograder.tests.github.workflows import DESK, WORKFLOWS
from autograder.tests.github_stand_in import StandIn
from autograder.tests.hostile.corpus import read_attacks
from autograder.tests.student_repository.clone import CORPUS, SOLUTION

NAMES = {"ada-l": "Ada Lovelace", "bob-r": "Bob Ross", "eve-m": "Eve Moneypenny"}
READER, BROKERS = "kinesis_read_shards.py", "compare_with_sqs.py"
WRONG = CORPUS["wrong/drops_the_last_page"]
HOSTILE = "gain/exits_with_zero_at_import"
BY_READER = ("reader", "replay")
"""The checkpoints of that file."""
POINTS = {checkpoint.id: checkpoint.points for checkpoint in ASSIGNMENT.checkpoints}
NOTHING = dict.fromkeys(POINTS, 0.0)
PLAN = read_plan(ASSIGNMENT, COURSE.suites / ASSIGNMENT.id)
SOLUTIONS = released_solutions(COURSE, ASSIGNMENT)
OPEN = sum(test.points for test in PLAN.of("concepts") if test.marked_by == "person")
"""The points that a person must mark."""
BEFORE = {
    "PUBLISH_TOKEN": (),
    "SETUP_TOKEN": ("publish",),
    "UPDATE_TOKEN": ("publish", "make-repositories"),
    "RELEASE_TOKEN": ("publish", "make-repositories"),
}
"""The commands that come before that of a token."""
ASKED_LAST = "pull_requests"
"""The right without which a command has changed something before it fails."""


def lessened(secret: str) -> list[tuple[str, str]]:
    """List each right of a token with each lower level, first those that are asked for first."""
    less = [
        (permission, lower)
        for permission, level in guide.secrets()[secret].rights.items()
        for lower in ("", "read")[: ("read", "write").index(level) + 1]
    ]
    return sorted(less, key=lambda right: right[0] == ASKED_LAST)


alone = pytest.mark.parametrize("term", [{"ada-l": "Ada Lovelace"}], indirect=True, ids=["alone"])
"""With a single student, since each right is tried."""
COMMANDS = (
    "publish",
    "make-repositories",
    "update-repositories",
    "grade-pushes",
    "release-solutions",
)


@pytest.fixture
def term(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Term]:
    """Begin a term: work is due in 5 days, for the last student in 12.

    As a parameter, a test may ask for other students.
    """
    names: dict[str, str] = getattr(request, "param", NAMES)
    made = checkout(tmp_path / "instructors")
    monkeypatch.setattr(Course, "of_this_checkout", lambda: made)
    monkeypatch.chdir(made.assignments.parent)
    monkeypatch.setattr(client, "WRITE_PAUSE", 0.0)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "students").mkdir()
    with StandIn(tmp_path / "github") as github:
        yield Term(
            github,
            tmp_path / "students",
            CommandLine(monkeypatch, capsys),
            due=5,
            extension=([*names][-1], 12),
            names=names,
        )


def hostile_files(folder: Path) -> dict[str, bytes]:
    """Write an attack into a folder, and read its files."""
    folder.mkdir()
    (attack,) = [attack for attack in read_attacks() if attack.name == HOSTILE]
    attack.lay_out(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def points_left(checkpoint: str) -> float:
    """Return the points of a checkpoint that the wrong submission should earn, as it declares."""
    return sum(test.points for test in PLAN.of(checkpoint) if test.id not in WRONG.fails)


def test_a_term(term: Term, tmp_path: Path) -> None:
    """Each push is graded once, by GitHub's time, and each student gets the solutions when due."""
    term.run("publish", dry_run=True)
    term.run("publish")
    term.run("make-repositories", dry_run=True)
    term.run("make-repositories")
    ada, bob, eve = students = [term.join(login) for login in NAMES]
    right = ada.push(SOLUTION.files)
    wrong = bob.push({READER: WRONG.assemble(SOLUTION).files[READER]})
    hostile = eve.push(hostile_files(tmp_path / "attack"))
    term.run("grade-pushes")
    titles = ada.comments(right)
    too_early = [term.attempt("release-solutions")]

    term.pass_days(6.5)
    late = bob.push({READER: SOLUTION.files[READER]})
    extended = eve.push({BROKERS: SOLUTION.files[BROKERS]})
    term.run("grade-pushes")
    too_early += [term.attempt("release-solutions")]
    released_early = [student.pull_requests for student in students]

    term.pass_days(3)
    term.run("release-solutions", dry_run=True)
    term.run("release-solutions")
    released_in_time = [student.pull_requests for student in students]

    term.pass_days(6)
    term.run("release-solutions")
    term.run("grade-pushes")  # the deadline in `course.toml` has moved, and so must the comments
    released_at_last = [student.pull_requests for student in students]
    published = files_of(term.github.repository(TEMPLATE).folder)
    term.revise({"NEWS.md": b"Sample solutions are there.\n"})
    term.run("publish")
    term.run("update-repositories", dry_run=True)
    term.run("update-repositories")
    updated = [student.pull_requests for student in students]
    term.github.requests.clear()
    for name in COMMANDS:
        term.run(name)

    assert published == student_repository()

    assert ada.scores(right) == POINTS | {"concepts": POINTS["concepts"] - OPEN}
    assert bob.scores(wrong) == NOTHING | {
        checkpoint: points_left(checkpoint) for checkpoint in BY_READER
    }
    assert eve.scores(hostile) == NOTHING
    assert bob.scores(late) == NOTHING | {
        checkpoint: POINTS[checkpoint] for checkpoint in BY_READER
    }
    assert eve.scores(extended) == NOTHING | {"brokers": POINTS["brokers"]}

    (on_wrong,), (on_hostile,) = bob.comments(wrong), eve.comments(hostile)
    (on_late,), (on_extended,) = bob.comments(late), eve.comments(extended)
    assert "**Late.**" not in on_wrong + on_hostile + on_extended
    assert "up to 2 days late. What counts is what you had pushed" in on_late
    assert len(ada.comments(right)) == len(titles) == 1
    assert ada.comments(right) != titles

    assert [done.status for done in too_early] == [2, 2]
    assert all("work counts until" in done.err for done in too_early)
    assert released_early == [0, 0, 0]
    assert released_in_time == [1, 1, 0]
    assert released_at_last == [1, 1, 1]
    assert updated == [2, 2, 2]
    for each in students:
        branch = files_of(term.github.repository(each.name).folder, "solutions")
        assert branch.items() >= SOLUTIONS.items()

    assert term.writes() == []


@alone
@pytest.mark.parametrize("secret", BEFORE)
def test_each_right_of_the_guides_tokens_is_needed(term: Term, secret: str) -> None:
    """With less of a right, an error names the right."""
    for name in BEFORE[secret]:
        term.run(name)
    if secret == "UPDATE_TOKEN":
        term.revise({".github/workflows/more.yml": b"on: push\n"})
        term.run("publish")
    elif secret == "RELEASE_TOKEN":
        term.join("ada-l").push({READER: SOLUTION.files[READER]})
        term.pass_days(16)
    (command,) = (name for name in COMMANDS if guide.secret_of(name) == secret)

    printed = {}
    for permission, lower in lessened(secret):
        term.weaken(secret, permission, lower)
        done = term.attempt(command)
        printed[permission, lower] = done.out + done.err

    for (permission, _), text in printed.items():
        named = "`workflow` scope" if permission == "workflows" else f"needs {permission}="
        assert named in text


@alone
@pytest.mark.parametrize(("permission", "lower"), lessened("GRADING_TOKEN"))
def test_each_right_of_the_grading_token_is_needed(
    term: Term, monkeypatch: pytest.MonkeyPatch, permission: str, lower: str
) -> None:
    """In a first round, or in one after the deadline, which shows more."""
    monkeypatch.setattr(grade_pushes, "ExaminerPool", FakeExaminers)
    for name in ("publish", "make-repositories"):
        term.run(name)
    term.join("ada-l").push({READER: SOLUTION.files[READER]})
    term.weaken("GRADING_TOKEN", permission, lower)

    first = term.attempt("grade-pushes")
    term.pass_days(16)
    second = term.attempt("grade-pushes")

    assert f"needs {permission}=" in first.out + first.err + second.out + second.err


def test_the_guide_names_the_secrets_and_variables_of_the_workflows() -> None:
    """Each secret is listed with its rights."""
    texts = [workflow.text for workflow in WORKFLOWS if workflow.path != DESK]

    secrets = {name for text in texts for name in re.findall(r"secrets\.(\w+)", text)}
    variables = {name for text in texts for name in re.findall(r"vars\.(\w+)", text)}

    assert secrets == guide.stored_secrets()
    assert secrets <= set(guide.secrets())
    assert {name for name in variables if f"`{name}`" in guide.GUIDE.read_text()} == variables


def test_workflows_pass_each_command_the_token_that_the_guide_says() -> None:
    """And no step gets a token of another command."""
    steps = [
        step
        for workflow in WORKFLOWS
        if workflow.path != DESK
        for step in workflow.steps
        if "secrets." in str(step.get("env"))
    ]

    for step in steps:
        (command,) = re.findall(r"uv run --no-sync autograder ([\w-]+)", step["run"])
        used = re.findall(r"secrets\.(\w+)", str(step["env"]))
        assert used == [guide.secret_of(command)]
    assert len(steps) == len(guide.stored_secrets())
