"""Results of a class run are read with the roster; broken files are reported and skipped."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.gradebook.ungraded import NOT_HANDED_IN, NOT_READABLE, Ungraded, write_ungraded
from autograder.grading.grade import Outcome
from autograder.policy import EVERYTHING_COUNTS, Deadline
from autograder.reports.class_results import State, read_class
from autograder.tests.gradebook.students import a_grade
from autograder.tests.reports.classes import TESTS, WHOLE, write_class

POLICY = EVERYTHING_COUNTS.model_copy(
    update={"deadline": Deadline(at=datetime(2026, 12, 2, 23, tzinfo=UTC))}
)


def test_results_roster_and_attempts_come_together(tmp_path: Path) -> None:
    """A row has the name, missing, late, earlier scores and the path of the feedback page."""
    folder = write_class(tmp_path / "class", 6)

    rows = {row.id: row for row in read_class(folder, folder, POLICY).rows}

    assert len(rows) == 9
    assert [rows[f"student-000{number}"].late for number in range(3)] == [False, False, True]
    assert rows["student-0003"].name == "Name Of3"
    assert len(rows["student-0003"].attempts) == 4
    assert rows["student-0001"].page == "feedback/student-0001.html"
    assert rows["student-0008"].state is State.MISSING


def test_who_has_no_points_has_the_state_that_says_why(tmp_path: Path) -> None:
    """Nothing handed in, nothing readable, and nothing that can be graded are three things."""
    folder = write_class(tmp_path / "class", 1)
    nothing = a_grade(dict.fromkeys(TESTS, Outcome.MISSING))
    (folder / "results" / "student-0001.json").write_text(nothing.model_dump_json())
    rows = [Ungraded("student-0002", NOT_READABLE, "work.rar cannot be opened")]
    write_ungraded(folder / "results", rows)

    found = {row.id: row for row in read_class(folder, folder).rows}

    assert [found[f"student-000{number}"].state for number in (1, 2, 3)] == [
        State.NOTHING_GRADABLE,
        State.UNGRADED,
        State.MISSING,
    ]


def test_the_class_run_knows_better_than_the_gradebook_what_is_unreadable(tmp_path: Path) -> None:
    """What only the gradebook knows is shown, too."""
    folder = write_class(tmp_path / "class", 1)
    known = [Ungraded(f"student-000{number}", NOT_READABLE, "work.rar") for number in (0, 1, 2)]
    write_ungraded(folder, known)
    write_ungraded(folder / "results", [Ungraded("student-0001", NOT_HANDED_IN, "")])

    states = [row.state for row in read_class(folder, folder).rows]

    assert states == [State.WAITING, State.MISSING, State.UNGRADED, State.MISSING]


def test_lateness_is_not_known_without_a_deadline(tmp_path: Path) -> None:
    """Without one, nobody is shown as in time."""
    folder = write_class(tmp_path / "class", 2)

    rows = read_class(folder, folder).rows

    assert {row.late for row in rows} == {None}


def test_a_plain_folder_of_results_is_enough(tmp_path: Path) -> None:
    """`grade-pushes` writes such a folder."""
    (tmp_path / "ada.json").write_text(WHOLE.model_dump_json())

    (row,) = read_class(tmp_path).rows

    assert (row.id, row.name, row.page) == ("ada", "", None)


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"schema_version": 99}', "\0", "[" * 10**5])
def test_a_file_that_is_not_a_result_is_named_and_left_out(tmp_path: Path, content: str) -> None:
    """The other results are shown."""
    folder = write_class(tmp_path / "class", 2)
    (folder / "results" / "eve.json").write_text(content)

    found = read_class(folder)

    assert [row.id for row in found.rows] == ["student-0000", "student-0001"]
    assert found.oddities == ("eve.json: is not a result, or is broken",)


@pytest.mark.parametrize("points", ["NaN", "Infinity", "-1", "1e300"])
@pytest.mark.parametrize("where", ["grade", "checkpoint", "test"])
def test_a_result_with_impossible_points_is_named_and_left_out(
    tmp_path: Path, points: str, where: str
) -> None:
    """The grader never writes such points; the other results are shown."""
    folder = write_class(tmp_path / "class", 1)
    grade = WHOLE.model_dump()
    checkpoint = grade["checkpoints"][0]
    {"grade": grade, "checkpoint": checkpoint, "test": checkpoint["tests"][0]}[where]["score"] = (
        float(points)
    )
    (folder / "results" / "eve.json").write_text(json.dumps(grade))

    found = read_class(folder)

    assert [row.id for row in found.rows] == ["student-0000"]
    assert found.oddities == ("eve.json: holds impossible points",)


def test_another_assignment_s_result_is_left_out(tmp_path: Path) -> None:
    """It has different tests."""
    folder = write_class(tmp_path / "class", 1)
    other = WHOLE.model_copy(update={"assignment": "m07"})
    (folder / "results" / "zoe.json").write_text(other.model_dump_json())

    found = read_class(folder)

    assert len(found.rows) == 1
    assert "zoe.json: is a result of m07" in found.oddities[0]


@pytest.mark.parametrize(
    "text",
    ["", "student,score,max_score\nx\n", "a,b,c\nstudent-0000,nan,1\nstudent-0000,1,0\n", "\xff"],
)
def test_invalid_attempts_are_ignored(tmp_path: Path, text: str) -> None:
    """Attempts are optional."""
    folder = write_class(tmp_path / "class", 1)
    (folder / "attempts.csv").write_bytes(text.encode("latin-1"))

    (row,) = read_class(folder).rows

    assert len(row.attempts) == 1


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_results_is_reported_in_one_line(tmp_path: Path, name: str) -> None:
    """There is nothing to show."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(AutograderError) as refused:
        read_class(tmp_path / name)

    assert str(refused.value)
    assert "\n" not in str(refused.value)


def test_people_who_are_not_in_the_roster_have_no_row(tmp_path: Path) -> None:
    """A line names them; a result under a student's earlier id is the student's."""
    folder = write_class(tmp_path / "class", 2)
    book = tmp_path / "book"
    book.mkdir()
    (book / "roster.csv").write_text("id,name,earlier_id\nada,Ada,student-0000\neve,Eve,\n")

    found = read_class(folder, book)

    assert [(row.id, row.state) for row in found.rows] == [
        ("ada", State.WAITING),
        ("eve", State.MISSING),
    ]
    assert found.oddities == ()
    assert found.off_roster.startswith(
        f"1 student with results or marks is not in {book / 'roster.csv'}: student-0001: "
    )
