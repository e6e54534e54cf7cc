"""When the grader fails at one test, only that test's points are open, in every output."""

import ast
import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from autograder.assignment import Course
from autograder.classroom50.scores import read_scores, with_overrides
from autograder.cli.app import app
from autograder.cli.grade_class import unreadable_line
from autograder.course.class_outcomes import ClassAction, StudentOutcome, outcome_of
from autograder.course.class_run import RunSettings, grade_class
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.push_feedback import PushFeedback, feedback_on_push
from autograder.feedback.actions import as_workflow_log
from autograder.feedback.content import Detail
from autograder.feedback.data import as_csv, as_json
from autograder.feedback.html import as_html
from autograder.feedback.markdown import as_markdown
from autograder.feedback.text import print_grade
from autograder.github.queries import CommitStatus, StatusState
from autograder.gradebook.book import Book
from autograder.gradebook.entries import BookEntry, entry_of
from autograder.gradebook.exports import FORMATS
from autograder.gradebook.handins import Handin
from autograder.gradebook.standing import StandingStatus
from autograder.grading.grade import Grade, GradedTest, checkpoint_of
from autograder.grading.grade import Outcome as TestOutcome
from autograder.grading.results import read_result
from autograder.intake.hand_ins import StudentHandIn
from autograder.policy import read_policy
from autograder.reports.class_figures import figures_of
from autograder.reports.class_page import as_page
from autograder.reports.class_results import ClassResults, State, read_class
from autograder.tests.course.classroom import POLICY
from autograder.tests.gradebook.students import (
    ASSIGNMENT,
    COURSE,
    ID,
    SOLUTION,
    a_grade,
    make_book,
    write_result,
)

TEST = "reader/oldest_records_come_first"
POINTS = next(
    test.max_score
    for checkpoint in a_grade().checkpoints
    for test in checkpoint.tests
    if test.id == TEST
)
MOST = 25.0
OPEN = f"{POINTS:g} points open: the grader failed"
SAID = (
    "This test could not be graded, which is not your fault. "
    f"Its {POINTS:g} points are open until it is graded again."
)


@dataclass(frozen=True)
class ClassRun:
    """One student's right submission, graded as a class."""

    folder: Path
    outcome: StudentOutcome

    @property
    def grade(self) -> Grade:
        """The stored grade."""
        grade = read_result(self.folder / "results" / "ada.json")
        assert grade is not None
        return grade


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hand in the solution."""
    folder = tmp_path_factory.mktemp("submissions")
    shutil.copytree(SOLUTION, folder / "ada")
    return folder


@pytest.fixture(scope="module")
def sound(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> ClassRun:
    """Grade with the suite as it is."""
    return graded(submissions, COURSE, tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def faulty(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> ClassRun:
    """Grade with a suite in which one test breaks before it calls the student's code."""
    root = tmp_path_factory.mktemp("course")
    for folder in ("assignments", "solutions", "autograder/suites"):
        shutil.copytree(COURSE.suites.parents[1] / folder, root / folder)
    break_test(root / "autograder" / "suites" / ID / "test_reader.py", TEST.partition("/")[2])
    return graded(submissions, Course(root), tmp_path_factory.mktemp("faulty"))


def break_test(path: Path, name: str) -> None:
    """Make a hidden test raise an error right after its docstring."""
    source = path.read_text()
    (function,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == f"test_{name}"
    )
    lines = source.splitlines(keepends=True)
    lines.insert(function.body[1].lineno - 1, "    raise RuntimeError('no room')\n")
    path.write_text("".join(lines))


def graded(submissions: Path, course: Course, output: Path) -> ClassRun:
    """Grade a class of one student."""
    handed_in = [StudentHandIn.of_folder("ada", submissions / "ada")]
    run = grade_class(ClassSubmissions(handed_in), ASSIGNMENT, course, output, RunSettings())
    outcomes = {outcome.student: outcome for outcome in run}
    return ClassRun(output, outcomes["ada"])


def by_id(grade: Grade) -> dict[str, GradedTest]:
    """Return all tests by id."""
    return {test.id: test for checkpoint in grade.checkpoints for test in checkpoint.tests}


def lines(text: str) -> list[str]:
    """Return the lines of a text with blanks collapsed, so the width of tables does not matter."""
    return [" ".join(line.split()) for line in text.splitlines()]


def as_text(grade: Grade) -> str:
    """Return a grade as printed into a pipe."""
    file = io.StringIO()
    print_grade(grade, Console(file=file, width=100, highlight=False, markup=False))
    return file.getvalue()


def test_every_other_test_keeps_its_verdict(sound: ClassRun, faulty: ClassRun) -> None:
    """The checkpoint loses only the points of the test that broke."""
    before, after = by_id(sound.grade), by_id(faulty.grade)

    assert after[TEST].outcome is TestOutcome.GRADER_ERROR
    assert {**before, TEST: after[TEST]} == after
    assert faulty.grade.open_points == sound.grade.open_points + POINTS
    assert faulty.grade.score == sound.grade.score - POINTS


@pytest.mark.parametrize("form", [as_text, as_markdown, as_html, as_workflow_log])
def test_every_form_for_people_shows_just_these_points_as_open(
    sound: ClassRun, faulty: ClassRun, form: Callable[[Grade], str]
) -> None:
    """The explanation is there, and the other checkpoints' lines do not change."""
    before, after = form(sound.grade), form(faulty.grade)

    assert OPEN not in before
    assert after.count(OPEN) == 1
    assert after.count(SAID) == 1
    assert f"open / {POINTS:g}" in after
    assert f"{sound.grade.open_points + POINTS:g} points open" in after
    assert f"{MOST - POINTS:g} / {MOST:g}" in after
    assert not re.search(r"points lost|^::(error|warning)", after, re.MULTILINE)
    titles = [
        checkpoint.title for checkpoint in sound.grade.checkpoints if checkpoint.id != "reader"
    ]
    assert [line for line in lines(before) if any(title in line for title in titles)] == [
        line for line in lines(after) if any(title in line for title in titles)
    ]


def test_the_table_and_the_data_have_it_open(sound: ClassRun, faulty: ClassRun) -> None:
    """One row differs: its score is empty, and it has the outcome and the explanation."""
    before, after = as_csv(sound.grade), as_csv(faulty.grade)
    (row,) = set(after.splitlines()) - set(before.splitlines())
    data = json.loads(as_json(faulty.grade))

    cells = next(csv.reader([row]))
    assert cells[2] == TEST
    assert cells[5:8] == ["grader_error", "", str(POINTS)]
    assert SAID in cells[8]
    assert data["schema_version"] == 4
    assert [checkpoint["status"] for checkpoint in data["checkpoints"]] == [
        *("complete", "incomplete", "complete", "complete", "unmarked")
    ]


def published(grade: Grade, folder: Path) -> PushFeedback:
    """Return the feedback that would be published for a grade."""
    (folder / "course.toml").write_text(POLICY)
    (folder / "roster.csv").write_text("login\nada\n")
    policy = read_policy(folder / "course.toml")
    student = make_book(folder / "book").roster().students[0]
    handin = Handin(handed_in_at=datetime(2026, 3, 1, tzinfo=UTC))
    return feedback_on_push(
        entry_of(student, grade, handin, policy), "a" * 40, Detail.FULL, policy, ""
    )


def test_one_status_and_the_comment_have_it_open(
    sound: ClassRun, faulty: ClassRun, tmp_path: Path
) -> None:
    """The checkpoint keeps its other points, and its state is `error` rather than `failure`."""
    before, after = published(sound.grade, tmp_path), published(faulty.grade, tmp_path)

    assert [status for status in after.statuses if status not in before.statuses] == [
        CommitStatus(
            "grade/reader", StatusState.ERROR, f"{MOST - POINTS:g} / {MOST:g}, {OPEN}, 18/19 tests"
        )
    ]
    assert OPEN in after.comment
    assert SAID in after.comment


def test_lost_points_are_a_failure_although_others_are_open(tmp_path: Path) -> None:
    """The points of the wrong answer are lost, whatever else the grader failed at."""
    other = next(test for test in by_id(a_grade()) if test.startswith("reader") and test != TEST)
    grade = a_grade({TEST: TestOutcome.GRADER_ERROR, other: TestOutcome.WRONG})

    status = published(grade, tmp_path).statuses[1]

    assert status.state == "failure"
    assert OPEN in status.description


# --- the gradebook


def all_marked(grade: Grade) -> Grade:
    """Return the grade without open answers to mark, so that a sound grade has a total."""
    checkpoints = tuple(
        checkpoint_of(
            checkpoint.id,
            checkpoint.title,
            tuple(
                test.model_copy(update={"outcome": TestOutcome.UNIMPLEMENTED})
                if test.marked_by == "person"
                else test
                for test in checkpoint.tests
            ),
        )
        for checkpoint in grade.checkpoints
    )
    return grade.model_copy(update={"checkpoints": checkpoints})


@pytest.fixture
def book(sound: ClassRun, faulty: ClassRun, tmp_path: Path) -> Book:
    """Make a gradebook: ada's grade is complete, and the grader failed at a test of bob's."""
    made = make_book(tmp_path / "book", {"ada": "Ada", "bob": "Bob"})
    write_result(tmp_path / "results", "ada", all_marked(sound.grade))
    write_result(tmp_path / "results", "bob", all_marked(faulty.grade))
    made.sync([tmp_path / "results"])
    return made


def entries(book: Book) -> Mapping[str, BookEntry]:
    """Return all entries by student."""
    return {entry.student.id: entry for entry in book.entries()}


def change_cell(book: Book, student: str, manual_score: float | None) -> None:
    """Save the reader's cell as formgrader does."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{book.database}") as gradebook:
        cell = gradebook.find_grade("reader", "checkpoints", book.code_assignment, student)
        cell.manual_score, cell.needs_manual_grade = manual_score, False
        gradebook.db.commit()


def test_the_database_keeps_what_is_decided_and_asks_for_a_person(book: Book) -> None:
    """The cell of the affected checkpoint has both."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{book.database}") as gradebook:
        cells = {
            (student, checkpoint.id): (cell.auto_score, cell.needs_manual_grade)
            for student in ("ada", "bob")
            for checkpoint in ASSIGNMENT.checkpoints
            for cell in [
                gradebook.find_grade(checkpoint.id, "checkpoints", book.code_assignment, student)
            ]
        }

    assert cells["bob", "reader"] == (MOST - POINTS, True)
    for checkpoint in ASSIGNMENT.checkpoints:
        assert cells["ada", checkpoint.id][1] is False
        if checkpoint.id != "reader":
            assert cells["bob", checkpoint.id] == cells["ada", checkpoint.id]


def test_the_standing_has_no_points_for_this_checkpoint_alone(book: Book) -> None:
    """The number of open points is there."""
    ada, bob = entries(book)["ada"].standing, entries(book)["bob"].standing

    assert (ada.status, ada.open_points) == (StandingStatus.COMPLETE, 0)
    assert (bob.status, bob.open_points, bob.total) == (StandingStatus.UNDECIDED, POINTS, None)
    assert [checkpoint.id for checkpoint in bob.checkpoints if checkpoint.open_points] == ["reader"]
    assert [checkpoint.score for checkpoint in bob.checkpoints] == [
        None if checkpoint.id == "reader" else checkpoint.score for checkpoint in ada.checkpoints
    ]


@pytest.mark.parametrize(
    ("form", "without_points", "cells"),
    [
        ("csv", 3, [f"{POINTS:g}", "undecided"]),
        ("canvas", 1, []),
        ("moodle", 2, [f"({POINTS:g} points open)"]),
        ("gradescope", 2, ["Ungraded"]),
        ("github-classroom", 1, []),
        ("classroom50", 3, []),
    ],
)
def test_every_export_leaves_out_the_checkpoint_and_the_total(
    book: Book, form: str, without_points: int, cells: list[str]
) -> None:
    """Everything else is as for the student whose tests all ran."""
    text = FORMATS[form](ID, "Logs", [entry.standing for entry in book.entries()])
    *_, ada, bob = csv.reader(io.StringIO(text))

    differing = [
        (before, after)
        for before, after in zip(ada, bob, strict=True)
        if before != after and "bob" not in after.lower() and after != "101"
    ]

    emptied = [after for before, after in differing if before and after in ("", "-")]
    others = [after for before, after in differing if after not in ("", "-")]
    assert len(emptied) == without_points
    assert len(others) == len(cells)
    assert all(word in after for word, after in zip(sorted(cells), sorted(others), strict=True))


def test_a_sync_again_or_a_look_in_formgrader_decides_nothing(book: Book) -> None:
    """The points are open until they are graded or given."""
    change_cell(book, "bob", None)

    assert entries(book)["bob"].standing.open_points == POINTS
    book.sync([book.folder / "results"])
    assert entries(book)["bob"].standing.open_points == POINTS


@pytest.mark.parametrize(("points", "outcome"), [(MOST, "passed"), (MOST - POINTS, "wrong")])
def test_points_that_a_person_gives_close_them(book: Book, points: float, outcome: str) -> None:
    """They count in the total and on the student's page, and survive the next sync."""
    change_cell(book, "bob", points)
    book.sync([book.folder / "results"])

    bob = entries(book)["bob"]

    assert bob.grade is not None
    assert (bob.standing.open_points, bob.grade.open_points) == (0, 0)
    assert bob.standing.checkpoints[1].score == points
    assert by_id(bob.grade)[TEST].outcome == outcome
    assert "points open" not in as_text(bob.grade)


def test_classroom50_keeps_its_points_while_some_are_open(book: Book, tmp_path: Path) -> None:
    """The student is named with the reason."""
    submission = {
        "submission": "submit/2026-11-02T23-59-00Z-ab12cd3",
        "commit": f"https://github.com/o/r/commit/{'a' * 40}",
        "score": 1,
        "max-score": 9,
        "tests": [],
    }
    bucket = {
        "type": "individual",
        "entries": [{"owner": name, "submissions": [submission]} for name in ("ada", "bob")],
    }
    path = tmp_path / "scores.json"
    path.write_text(
        json.dumps({"schema": "classroom50/scores/v1", "assignments": {"logs": bucket}})
    )

    done = with_overrides(read_scores(path, "logs"), [entry.standing for entry in book.entries()])

    assert done.written == ("ada",)
    assert done.left == (f"bob: the total is not known yet ({POINTS:g} points open)",)


# --- the class


def test_the_class_s_table_has_decided_and_open_points(sound: ClassRun, faulty: ClassRun) -> None:
    """The checkpoint's column has the decided points, and a reason says what failed."""
    before, after = (
        next(csv.DictReader((run.folder / "grades.csv").read_text().splitlines()))
        for run in (sound, faulty)
    )

    differing = {key: after[key] for key in after if after[key] != before[key]}
    assert differing == {
        "reader": f"{MOST - POINTS:g}",
        "score": f"{sound.grade.score - POINTS:g}",
        "open_points": f"{sound.grade.open_points + POINTS:g}",
        "state": "incomplete",
        "reason": "the grader failed: see trouble/ada.txt",
    }
    assert "no room" in faulty.outcome.problem
    assert "no room" in (faulty.folder / "trouble" / "ada.txt").read_text()


def test_only_students_whose_points_the_grader_left_open_are_graded_again(
    sound: ClassRun, faulty: ClassRun, submissions: Path, tmp_path: Path
) -> None:
    """With the fixed suite, that student has all points; the other result is kept."""
    shutil.copytree(faulty.folder, tmp_path / "faulty")
    shutil.copytree(sound.folder, tmp_path / "sound")

    fixed = graded(submissions, COURSE, tmp_path / "faulty")
    kept = graded(submissions, COURSE, tmp_path / "sound")

    assert (fixed.outcome.action, kept.outcome.action) == (ClassAction.GRADED, ClassAction.KEPT)
    assert fixed.grade == sound.grade
    assert not (tmp_path / "faulty" / "trouble" / "ada.txt").exists()


def class_of(folder: Path, **grades: Grade) -> ClassResults:
    """Read a class with these results."""
    for student, grade in grades.items():
        write_result(folder, student, grade)
    return read_class(folder)


def test_the_class_report_leaves_out_these_points_alone(
    sound: ClassRun, faulty: ClassRun, tmp_path: Path
) -> None:
    """The student counts with all that is decided."""
    found = class_of(tmp_path / "results", ada=sound.grade, bob=faulty.grade)

    figures = figures_of(found.rows)
    page = as_page(found.rows, "Logs")

    assert [row.state for row in found.rows] == [State.WAITING, State.INCOMPLETE]
    assert (figures.bins[-1], figures.median) == (2, 1.0)
    assert [checkpoint.tried for checkpoint in figures.checkpoints] == [2] * 5
    assert {test.id: test.tried for test in figures.tests if test.tried != 2} == {TEST: 1}
    assert f">{MOST - POINTS:g}</td>" in page
    assert f'data-key="{faulty.grade.open_points:g}"' in page
    assert "incomplete: the grader failed" in page


def test_a_result_of_an_earlier_version_is_graded_again_and_stops_nothing(
    sound: ClassRun, submissions: Path, tmp_path: Path
) -> None:
    """In that version, a checkpoint could be ungraded as a whole."""
    shutil.copytree(sound.folder, tmp_path / "out")
    book = make_book(tmp_path / "book", {"ada": "Ada", "bob": "Bob"})
    for name in ("ada", "bob"):
        write_result(tmp_path / "results", name, all_marked(sound.grade))
    book.sync([tmp_path / "results"])
    for path in (tmp_path / "out" / "results", book.folder / "results"):
        old = json.loads((path / "ada.json").read_text())
        old["schema_version"], old["checkpoints"][1]["status"] = 1, "ungraded"
        (path / "ada.json").write_text(json.dumps(old))

    again = graded(submissions, COURSE, tmp_path / "out")
    standings = {name: entry.standing for name, entry in entries(book).items()}
    synced = book.sync([book.folder / "results"])

    assert again.outcome.action is ClassAction.GRADED
    assert standings["ada"].status is StandingStatus.UNDECIDED
    assert standings["ada"].open_points == 100
    assert standings["bob"].status is StandingStatus.COMPLETE
    assert synced.written == ("bob",)
    assert "earlier version" in synced.problems[0]


# --- unreadable tests


@pytest.mark.parametrize(
    ("form", "label"),
    [
        (as_text, r"^  ! R\d+ .* 0 / \d\.?\d*  unreadable$"),
        (as_markdown, r"\| unreadable \|$"),
        (as_html, r'<span class="unreadable">unreadable</span>'),
        (as_csv, r'"unreadable"'),
        (as_workflow_log, r"^::warning title=unreadable"),
        (as_json, r'"outcome": "unreadable"'),
    ],
)
def test_an_unreadable_test_has_a_separate_label(form: Callable[[Grade], str], label: str) -> None:
    """Its points are lost like any others."""
    grade = a_grade({TEST: TestOutcome.UNREADABLE})

    text = form(grade)

    assert re.search(label, text, re.MULTILINE)
    assert grade.checkpoints[1].open_points == 0


def test_a_class_s_summary_and_report_tell_an_instructor_to_look(tmp_path: Path) -> None:
    """They name the first few students; the anonymous page names nobody."""
    second = next(test_id for test_id in by_id(a_grade()) if test_id.startswith("writer"))
    both = a_grade({TEST: TestOutcome.UNREADABLE, second: TestOutcome.UNREADABLE})
    one_of_them = a_grade({TEST: TestOutcome.UNREADABLE})
    grades = {"ada": both, "bob": one_of_them, "cyd": a_grade()}
    warning = "tests of 2 students unreadable: look at them"

    the_class = ClassSubmissions(())
    outcomes = [
        outcome_of(name, ClassAction.GRADED, the_class.entry(name, grade))
        for name, grade in grades.items()
    ]
    rows = class_of(tmp_path / "results", **grades).rows

    assert unreadable_line(outcomes) == f"3 {warning} (ada, bob)"
    assert f"<strong>3</strong> {warning} (ada, bob)" in as_page(rows, "Logs")
    assert f"<strong>3</strong> {warning}</li>" in as_page(rows, "Logs", anonymous=True)
    assert 'data-states="waiting unreadable"' in as_page(rows, "Logs")


def test_the_status_command_shows_open_points(book: Book) -> None:
    """They have a column between the points and the state."""
    done = CliRunner().invoke(
        app, ["gradebook", "status", "--gradebook", str(book.folder)], env={"COLUMNS": "200"}
    )

    bob = next(line for line in done.stdout.splitlines() if "bob" in line)
    cells = [cell.strip() for cell in bob.split("\u2502")]
    assert cells[cells.index("undecided") - 1] == f"{POINTS:g}"
