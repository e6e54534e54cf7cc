"""At the end of a term, a student reads the same numbers everywhere: those of the oracle."""

import csv
import html
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.push_feedback import PushFeedback, feedback_on_push
from autograder.feedback.content import Detail
from autograder.gradebook.book import Book
from autograder.gradebook.entries import entry_of
from autograder.gradebook.exports import FORMATS
from autograder.gradebook.handins import Handin
from autograder.gradebook.standing import Standing, StandingStatus
from autograder.gradebook.student import Student
from autograder.policy import read_policy
from autograder.reports.class_results import read_class
from autograder.tests.course.made_class import MOST, MadeStudent, made_class, write_course
from autograder.tests.gradebook.students import ASSIGNMENT, a_grade, look_at_migrations_once

CLASS = {student.id: student for student in made_class(200, seed=12)}
HANDED_IN = {name: student for name, student in CLASS.items() if student.handed_in_at}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the course: all is graded and marked; return its file."""
    look_at_migrations_once()
    return write_course(tmp_path_factory.mktemp("term"), list(CLASS.values()))


def run(course: Path, *arguments: str) -> str:
    """Run a command of this course, and return what it prints."""
    done = CliRunner().invoke(
        app, [*arguments, "--course", str(course)], env={"COLUMNS": "250"}, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.output


def number(text: str) -> Decimal | None:
    """Read a number of a table; None if there is none."""
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text.strip()) else None


def shown(points: Decimal) -> str:
    """Write points as short as they can be."""
    return f"{float(points):g}"


def test_the_class_has_students_of_all_kinds() -> None:
    """Otherwise the tests below would prove less than they say.

    An unreadable hand-in alone is not among them: it lacks points that could differ.
    """
    kinds = [
        (student.status, student.percent > 0, student.extended_to is not None, student.counts)
        for student in CLASS.values()
    ]

    assert {status for status, *_ in kinds} == set(StandingStatus) - {StandingStatus.UNGRADED}
    assert len(set(kinds)) >= 14


def posted(course: Path, student: MadeStudent) -> PushFeedback:
    """Return what is posted at the commit of a student; people's marks are not in it."""
    policy = read_policy(course)
    handin = Handin(handed_in_at=student.handed_in_at, commit="a" * 40)
    entry = entry_of(Student(id=student.id), a_grade(student.outcomes), handin, policy)
    return feedback_on_push(entry, "a" * 40, Detail.FULL, policy, "")


def test_comment_and_statuses(course: Path) -> None:
    """The points so far, what remains of them, and why."""
    for student in HANDED_IN.values():
        feedback = posted(course, student)

        assert feedback.comment.startswith(
            f"# `m06_partitioned_logs`: {shown(student.points(marked=False))} / {shown(MOST)}\n"
        )
        assert told(feedback.comment) == expected_note(student, marked=False)
        for status in feedback.statuses:
            assert (f"late, {student.percent} % off" in status.description) == (
                student.percent > 0 and student.counts
            )
            assert ("too late to count" in status.description) == (not student.counts)
            assert ("excused" in status.description) == student.excused


def told(text: str) -> tuple[bool, bool, str]:
    """Read from a page or a comment: excused, too late to count, and what remains of the points."""
    taken = re.search(r"(\d+)% of the points are taken off: (\S+) of (\S+) remain", text)
    return (
        "counts neither for you nor against you" in text,
        "and does not count" in text,
        " ".join(taken.groups()) if taken else "",
    )


def expected_note(student: MadeStudent, *, marked: bool) -> tuple[bool, bool, str]:
    """Say what a student must be told, by the oracle."""
    before, after = student.points(marked=marked), student.remaining(marked=marked)
    is_less = student.percent > 0 and student.counts
    taken = f"{student.percent} {shown(after)} {shown(before)}" if is_less else ""
    return student.excused, not student.counts, taken


def test_the_feedback_page(course: Path, tmp_path: Path) -> None:
    """With people's marks; it names the dropped test and the one that everybody gets."""
    run(course, "gradebook", "feedback", "--output", str(tmp_path / "pages"))

    assert {page.stem for page in (tmp_path / "pages").iterdir()} == set(HANDED_IN)
    for name, student in HANDED_IN.items():
        text = html.unescape((tmp_path / "pages" / f"{name}.html").read_text(encoding="utf-8"))
        before, counting = student.points(), student.remaining()
        headline = before if student.excused else counting
        assert f"<strong>{shown(headline)} / {shown(MOST)}</strong>" in text
        assert (f"; {shown(before)} / {shown(MOST)} before the late penalty" in text) == (
            student.percent > 0 and not student.excused
        )
        assert told(text) == expected_note(student, marked=True)
        assert "was dropped: it counts for nobody" in text
        assert "was corrected: everybody gets its points" in text


def test_gradebook_status(course: Path) -> None:
    """Each student's row: points after the penalty, penalty, status, lateness."""
    rows = {
        cells[0]: cells
        for line in run(course, "gradebook", "status").splitlines()
        if line.startswith("│")
        for cells in [[cell.strip() for cell in line.strip("│").split("│")]]
    }

    assert set(rows) == set(CLASS)
    for name, student in CLASS.items():
        _, _, points, penalty, _, status, late, _ = rows[name]
        total = number(points.partition(" /")[0])
        assert total == student.total
        assert total is None or points.endswith(f" / {shown(MOST)}")
        counts = student.handed_in_at and not student.excused
        taken = student.points() - student.remaining() if counts else Decimal(0)
        assert -(number(penalty) or 0) == taken
        assert status == student.status
        assert ("extended" in late) == (student.extended_to is not None)
        assert ("late" in late) == (student.days_late > 0)


@pytest.fixture(scope="module")
def standings(course: Path) -> list[Standing]:
    """Return what the exports are made of."""
    book = Book(course.parent / "gradebook", ASSIGNMENT, read_policy(course))
    return [entry.standing for entry in book.entries()]


def exported(standings: list[Standing], form: str) -> Mapping[str, dict[str, str]]:
    """Write an export, and read it by student."""
    text = FORMATS[form](ASSIGNMENT.id, ASSIGNMENT.title, standings)
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    return {name: row for row in read for name in [_name_in(row)] if name}


def _name_in(row: Mapping[str, str]) -> str:
    found = re.search(r"student-\d+", " ".join(value for value in row.values() if value))
    return found[0] if found else ""


TOTALS = {
    "csv": "total",
    "moodle": ": total",
    "blackboard": ": total",
    "brightspace": ": total Points Grade",
    "gradescope": "Total Score",
    "github-classroom": "points_awarded",
}


@pytest.mark.parametrize("form", TOTALS)
def test_exports_with_a_total(standings: list[Standing], form: str) -> None:
    """It is the oracle's; the checkpoints of an LMS's file add up to it."""
    rows = exported(standings, form)

    assert set(rows) == set(CLASS)
    for name, row in rows.items():
        (column,) = [column for column in row if column.endswith(TOTALS[form])]
        assert number(row[column]) == CLASS[name].total
        parts = [number(row[part]) for part in row if _is_checkpoint(part, form)]
        if CLASS[name].total is not None and parts:
            assert sum(part or 0 for part in parts) == CLASS[name].total


def _is_checkpoint(column: str, form: str) -> bool:
    """Whether a column of an LMS's file has the points of one checkpoint."""
    if form == "gradescope":
        return bool(re.match(r"\d: ", column))
    return form != "csv" and ": " in column and ": total" not in column


def test_the_table_for_people_says_how_a_total_came(standings: list[Standing]) -> None:
    """Points before the penalty, the penalty, days late."""
    for name, row in exported(standings, "csv").items():
        student = CLASS[name]
        assert row["status"] == student.status
        assert int(row["days_late"]) == student.days_late
        assert row["counts"] == ("yes" if student.counts and not student.excused else "no")
        assert number(row["penalty_percent"]) == student.percent
        assert number(row["max_score"]) == MOST
        if student.total is not None:
            assert number(row["before_penalty"]) == student.points()
            assert number(row["penalty"]) == student.points() - student.remaining()


def test_canvas_adds_up_to_the_total(standings: list[Standing]) -> None:
    """Its file has the checkpoints alone; EX means excused."""
    for name, row in exported(standings, "canvas").items():
        student = CLASS[name]
        cells = [row[column] for column in row if ": " in column]
        assert (set(cells) == {"EX"}) == student.excused
        if student.total is not None:
            assert sum(Decimal(cell) for cell in cells) == student.total


def test_classroom_50_has_whole_points(standings: list[Standing]) -> None:
    """Rounded half up."""
    for name, row in exported(standings, "classroom50").items():
        total = CLASS[name].total
        whole = None if total is None else total.quantize(Decimal(1), "ROUND_HALF_UP")
        assert number(row["score"]) == whole
        assert row["late"] in ("", str(CLASS[name].days_late > 0).lower())


def test_nbgrader_s_database(course: Path) -> None:
    """Its own scores, penalties taken off, add up to the total once all is decided."""
    run(course, "gradebook", "sync", str(course.parent / "gradebook" / "results"))

    scores = dict(scores_in_nbgrader(course.parent / "gradebook" / "gradebook.db"))

    for name, student in HANDED_IN.items():
        if student.total is not None:
            assert scores[name] == pytest.approx(float(student.total), abs=1e-6)


def scores_in_nbgrader(database: Path) -> Iterator[tuple[str, float]]:
    """Yield each student's score, computed as `nbgrader export` does."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{database}") as gradebook:
        for student in gradebook.students:
            yield (
                student.id,
                sum(
                    max(0.0, submission.score - submission.late_submission_penalty)
                    for submission in student.submissions
                ),
            )


def test_the_report(course: Path) -> None:
    """Each row has the total, whether it is late, and the state."""
    gradebook = course.parent / "gradebook"
    rows = {row.id: row for row in read_class(gradebook, gradebook, read_policy(course)).rows}

    assert set(rows) == set(CLASS)
    for name, student in CLASS.items():
        row = rows[name]
        assert row.standing is not None
        assert row.standing.status == student.status
        assert row.standing.total == student.total or row.standing.total == pytest.approx(
            float(student.total or 0)
        )
        assert row.late == (student.days_late > 0 if student.handed_in_at else None)
        if row.grade is not None:
            assert row.grade.score == float(student.points())
            assert row.grade.max_score == float(MOST)
