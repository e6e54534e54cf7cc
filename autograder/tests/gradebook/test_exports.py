"""The export formats: columns, keys that systems match by, undecided points, and inert texts."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from autograder.errors import ExportError
from autograder.gradebook.exports import FORMATS
from autograder.gradebook.exports.canvas import as_canvas
from autograder.gradebook.exports.classroom50 import COLUMNS as CLASSROOM_50
from autograder.gradebook.exports.classroom50 import whole_points
from autograder.gradebook.exports.github_classroom import COLUMNS as GITHUB_CLASSROOM
from autograder.gradebook.exports.gradescope import COLUMNS as GRADESCOPE
from autograder.gradebook.lms.comments import comment_of, is_ours, plain_comment
from autograder.gradebook.roster import read_roster
from autograder.gradebook.standing import CheckpointPoints, Standing, StandingStatus
from autograder.gradebook.student import Student
from autograder.tests.feedback.nasty import NASTY, SAME_EACH_TIME
from autograder.tests.feedback.test_table import computed, rows
from autograder.text import in_csv

TITLE = "Partitioned logs"
WHEN = datetime(2026, 11, 2, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
NAMES = (
    "=HYPERLINK(1)",
    '"JJ", Doe; Ö',
    "Doe, Jane",
    "李 🛰️",
    "\u05d3\u05d5\u05d3",
    "@a\nb\rc",
    "-1",
)


def points(writer: float | None, concepts: float | None) -> tuple[CheckpointPoints, ...]:
    """Return the points of two checkpoints; a person marks the second."""
    return (
        CheckpointPoints(id="writer", title="The writer", score=writer, max_score=30),
        CheckpointPoints(id="concepts", title="Concepts", score=concepts, max_score=15),
    )


def student(at: int = 1, **known: Any) -> Student:
    """Return a student whom every system knows."""
    return Student(
        **{
            "id": f"octo-{at}",
            "login": f"Octo-{at}",
            "name": f"Jane Doe {at}",
            "email": f"jane{at}@example.edu",
            "section": "A",
            "identifier": f"s{at}",
            "username": f"jane{at}",
            "idnumber": f"{1000 + at}",
            "canvas_id": f"{4000 + at}",
            "sis_user_id": f"sis{at}",
            "sis_login_id": f"jd{at}",
            **known,
        }
    )


COMPLETE = Standing(
    student=student(1),
    checkpoints=points(22.5, 10),
    handed_in_at=WHEN,
    late_seconds=3 * 3600 + 62,
    days_late=1,
    commit="ab12",
    repository="course/logs-octo-1",
)
UNDECIDED = Standing(student=student(2), checkpoints=points(0, None), handed_in_at=WHEN)
MISSING = Standing(student=student(3), checkpoints=points(None, None), missing=True)
UNREADABLE = Standing(
    student=student(5),
    checkpoints=points(None, None),
    ungraded="work.rar cannot be opened",
)
EXCUSED = Standing(
    student=student(4), checkpoints=points(12, None), handed_in_at=WHEN, excused=True
)
ALL = (COMPLETE, UNDECIDED, MISSING, EXCUSED)


def export(form: str, standings: Sequence[Standing]) -> list[dict[str, str]]:
    """Write standings in a format, and read the file again."""
    header, *found = rows(FORMATS[form]("m06", TITLE, standings))
    assert len(set(header)) == len(header)
    assert {len(row) for row in found} <= {len(header)}
    return [dict(zip(header, row, strict=True)) for row in found]


def named(name: str, at: int = 1) -> Standing:
    """Return the standing of a student of that name."""
    return COMPLETE.model_copy(update={"student": student(at, name=name)})


def names() -> st.SearchStrategy[str]:
    """Draw a name: an ordinary one, a hostile one, or any text that a file can hold."""
    anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
    known = [name for name in (*NAMES, *NASTY) if not any("\ud800" <= c <= "\udfff" for c in name)]
    return st.sampled_from(known) | anything


# --- standings


@pytest.mark.parametrize(
    ("standing", "status", "total"),
    [
        (COMPLETE, StandingStatus.COMPLETE, 32.5),
        (UNDECIDED, StandingStatus.UNDECIDED, None),
        (MISSING, StandingStatus.MISSING, None),
        (EXCUSED, StandingStatus.EXCUSED, None),
        (UNREADABLE, StandingStatus.UNGRADED, None),
        (UNREADABLE.model_copy(update={"excused": True}), StandingStatus.EXCUSED, None),
        (MISSING.model_copy(update={"checkpoints": points(0, 0)}), StandingStatus.MISSING, 0),
        (COMPLETE.model_copy(update={"excused": True}), StandingStatus.EXCUSED, None),
    ],
)
def test_there_is_a_total_once_all_is_decided(
    standing: Standing, status: StandingStatus, total: float | None
) -> None:
    """Part of a total would be read as a grade; an excused student does not have a total."""
    assert (standing.status, standing.total, standing.max_score) == (status, total, 45)


def test_points_after_the_penalty_add_up_to_the_total() -> None:
    """What rounding leaves over in one checkpoint goes to the next."""
    three = tuple(
        CheckpointPoints(id=name, title=name, score=0.05, max_score=1) for name in ("a", "b", "c")
    )

    late = Standing(student=student(), checkpoints=three, penalty_percent=10)

    assert late.final_scores == (0.04, 0.05, 0.05)
    assert late.total == 0.14
    assert late.before_penalty == pytest.approx(0.15)
    assert late.penalty == pytest.approx(0.01)


def test_what_came_too_late_has_no_points() -> None:
    """Also while an answer waits for a mark, which nobody needs to give."""
    late = UNDECIDED.model_copy(update={"penalty_percent": 100.0, "counts": False, "days_late": 9})

    assert (late.status, late.total) == (StandingStatus.TOO_LATE, 0)
    assert late.final_scores == (0, 0)


@pytest.mark.parametrize(
    ("form", "columns"),
    [
        ("canvas", [f"{TITLE}: The writer", f"{TITLE}: Concepts"]),
        ("moodle", [f"{TITLE}: The writer", f"{TITLE}: Concepts", f"{TITLE}: total"]),
        ("gradescope", ["1: The writer (30.0 pts)", "2: Concepts (15.0 pts)", "Total Score"]),
        ("github-classroom", ["points_awarded"]),
        ("csv", ["writer", "concepts", "before_penalty", "penalty", "total"]),
    ],
)
def test_the_penalty_is_in_each_format(form: str, columns: list[str]) -> None:
    """A system that adds up the checkpoints itself gets the total; the table shows how it came."""
    late = COMPLETE.model_copy(update={"penalty_percent": 20.0})
    expected = {
        "canvas": ["18", "8"],
        "moodle": ["18", "8", "26"],
        "gradescope": ["18", "8", "26"],
        "github-classroom": ["26"],
        "csv": ["22.5", "10", "32.5", "6.5", "26"],
    }

    row = export(form, [late])[1 if form == "canvas" else 0]

    assert [row[column] for column in columns] == expected[form]


@pytest.mark.parametrize(
    "wrong",
    [
        {"late_seconds": -1},
        {"late_seconds": float("inf")},
        {"handed_in_at": datetime(2026, 1, 1)},
        {"checkpoints": [{"id": "a", "title": "A", "score": float("nan"), "max_score": 1}]},
    ],
)
def test_impossible_standings_are_refused(wrong: dict[str, object]) -> None:
    """Such as a time without a zone, or points that are not a number."""
    with pytest.raises(ValidationError):
        Standing.model_validate({"student": student(), "checkpoints": (), **wrong})


# --- all formats


@pytest.mark.parametrize(
    ("form", "key", "value"),
    [
        ("csv", "student", "octo-{}"),
        ("canvas", "ID", "400{}"),
        ("moodle", "username", "jane{}"),
        ("brightspace", "Username", "#jane{}"),
        ("blackboard", "Username", "jane{}"),
        ("gradescope", "Email", "jane{}@example.edu"),
        ("github-classroom", "github_username", "Octo-{}"),
        ("classroom50", "username", "Octo-{}"),
    ],
)
def test_each_student_has_one_row_in_order(form: str, key: str, value: str) -> None:
    """Students without points have a row, too; Canvas has a row of possible points above them."""
    found = [row[key] for row in export(form, ALL)]

    assert found[-len(ALL) :] == [value.format(at) for at in (1, 2, 3, 4)]
    assert len(found) == len(ALL) + (form == "canvas")


@pytest.mark.parametrize("form", FORMATS)
def test_a_class_without_students_is_a_header(form: str) -> None:
    """So an export works at the beginning of a term."""
    header, *rest = rows(FORMATS[form]("m06", TITLE, ()))

    assert len(header) > 1
    assert all("Points Possible" in row[0] for row in rest)


@SAME_EACH_TIME
@given(st.lists(names(), min_size=1, max_size=4))
@pytest.mark.parametrize("form", FORMATS)
def test_any_names_leave_the_table_intact(form: str, called: list[str]) -> None:
    """Commas, quotes and line ends in a name do not add cells or rows; UTF-8 keeps all names."""
    standings = [named(name, at) for at, name in enumerate(called)]

    text = FORMATS[form]("m06", TITLE, standings).encode().decode()

    header, *found = rows(text)
    assert {len(row) for row in found} == {len(header)}
    assert len(found) == len(called) + (form == "canvas")


def calls(act: Callable[[], object]) -> int:
    """Count the calls of Python functions while `act` runs."""
    count = 0

    def seen(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("form", FORMATS)
def test_the_work_grows_linearly_with_the_class(form: str) -> None:
    """Three hundred students take three times the steps of a hundred."""
    standings = [named(f"Jane Doe {at:03}", at) for at in range(300)]

    few = calls(lambda: FORMATS[form]("m06", TITLE, standings[:100]))
    many = calls(lambda: FORMATS[form]("m06", TITLE, standings))

    assert many < 3.5 * few
    assert many < 300 * 2000


# --- csv


def test_the_plain_table_has_everything() -> None:
    """It has a column for each checkpoint, the total, and the reason for a missing total."""
    complete, undecided, missing, excused = export("csv", ALL)

    assert complete == {
        "assignment": "m06",
        "student": "octo-1",
        "login": "Octo-1",
        "name": "Jane Doe 1",
        "email": "jane1@example.edu",
        "section": "A",
        "status": "complete",
        "writer": "22.5",
        "concepts": "10",
        "before_penalty": "32.5",
        "penalty_percent": "0",
        "penalty": "0",
        "total": "32.5",
        "max_score": "45",
        "open_points": "0",
        "late_hours": "3.02",
        "remark": "",
        "days_late": "1",
        "counts": "yes",
        "due": "",
        "handed_in_at": "2026-11-03T04:30:00Z",
        "repository": "https://github.com/course/logs-octo-1",
        "commit": "ab12",
    }
    assert (undecided["writer"], undecided["concepts"], undecided["total"]) == ("0", "", "")
    assert [row["status"] for row in (undecided, missing, excused)] == [
        *("undecided", "missing", "excused")
    ]


@SAME_EACH_TIME
@given(names())
@pytest.mark.parametrize("form", ["csv", "moodle", "classroom50"])
def test_no_name_is_a_formula_in_the_plain_table(form: str, name: str) -> None:
    """Names are escaped as in the table of a single grade."""
    (row,) = export(form, [named(name)])

    shown = [row[key] for key in ("name", "first_name", "last_name") if key in row]
    assert not [cell for cell in shown if computed(cell)]
    if form != "classroom50":
        assert shown == [in_csv(name)]


@pytest.mark.parametrize(
    "name", ["Doe, Jane", "Jörg Groß", "李小龍", "Zoë 🛰️ 🎓", "O'Hara", "\u05d3\u05d5\u05d3"]
)
def test_ordinary_names_are_unchanged_in_the_plain_table(name: str) -> None:
    """Such as names with commas, apostrophes, umlauts, emoji or right-to-left scripts."""
    (row,) = export("csv", [named(name)])

    assert row["name"] == name


# --- canvas


HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Root Account", "Section", "GitHub")


def from_canvas(*assignments: str) -> list[Standing]:
    """Return standings of students from an export of Canvas with these assignments."""
    header = (*HEADER, *assignments, "Final Score")
    return [
        standing.model_copy(
            update={"student": standing.student.model_copy(update={"canvas_header": header})}
        )
        for standing in ALL
    ]


def test_canvas_finds_its_columns() -> None:
    """Name, ID and section come before the assignments, whose possible points are given."""
    header, possible, complete, *_ = rows(as_canvas("m06", TITLE, ALL))

    assert header == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        "Partitioned logs: The writer",
        "Partitioned logs: Concepts",
    ]
    assert possible == ["    Points Possible", "", "", "", "", "30", "15"]
    assert complete == ["Jane Doe 1", "4001", "sis1", "jd1", "A", "22.5", "10"]


def test_canvas_gets_excuses_and_only_decided_points() -> None:
    """Open points must not count as zero."""
    *_, undecided, missing, excused = rows(as_canvas("m06", TITLE, ALL))

    assert undecided[-2:] == ["0", ""]
    assert missing[-2:] == ["", ""]
    assert excused[-2:] == ["EX", "EX"]


def test_canvas_gets_its_own_columns_back() -> None:
    """They are in Canvas's order, assignments with their numbers; other columns are left out."""
    standings = from_canvas("Quiz (1)", "Partitioned logs: Concepts (812)")

    header, *_ = rows(as_canvas("m06", TITLE, standings))

    assert header == [
        *HEADER[:-1],
        "Partitioned logs: The writer",
        "Partitioned logs: Concepts (812)",
    ]


def test_canvas_gets_the_total_where_the_course_has_one_assignment_for_all() -> None:
    """The checkpoints are left out, since they would count twice."""
    header, possible, complete, undecided, _, excused = rows(
        as_canvas("m06", TITLE, from_canvas("Partitioned logs (77)"))
    )

    assert header == [*HEADER[:-1], "Partitioned logs (77)"]
    assert [row[-1] for row in (possible, complete, undecided, excused)] == [
        *("45", "32.5", "", "EX")
    ]


def test_canvas_gets_checkpoints_where_the_course_has_both() -> None:
    """An assignment for a checkpoint shows that the course counts checkpoints."""
    standings = from_canvas("Partitioned logs (77)", "Partitioned logs: Concepts (812)")

    header, *_ = rows(as_canvas("m06", TITLE, standings))

    assert header[-2:] == ["Partitioned logs: The writer", "Partitioned logs: Concepts (812)"]


def test_an_assignment_named_like_a_student_column_is_not_that_column() -> None:
    """Points are not written into the section's column."""
    header, *_ = rows(as_canvas("m06", "Section", from_canvas()))

    assert header == [*HEADER[:-1], "Section: The writer", "Section: Concepts"]


def test_no_title_is_mistaken_for_another_assignment() -> None:
    """Neither a number at its end nor an equal title of another checkpoint confuses them."""
    twice = tuple(
        CheckpointPoints(id=name, title="Part (12)", score=1, max_score=1) for name in ("a", "b")
    )
    once = twice[:1]

    header_twice, *_ = rows(as_canvas("m06", "T", [Standing(student=student(), checkpoints=twice)]))
    header_once, *_ = rows(as_canvas("m06", "T", [Standing(student=student(), checkpoints=once)]))

    assert header_twice[-2:] == ["T: Part (12) [a]", "T: Part (12) [b]"]
    assert header_once[-1] == "T: Part [12]"


def test_a_title_that_canvas_would_not_read_is_refused() -> None:
    """Canvas ignores columns with the names of those that it computes."""
    final = (CheckpointPoints(id="a", title="Final Score", score=1, max_score=1),)

    with pytest.raises(ExportError, match="rename what Canvas computes:\nT: Final Score"):
        as_canvas("m06", "T", [Standing(student=student(), checkpoints=final)])


@SAME_EACH_TIME
@given(names())
def test_any_name_survives_in_canvas(name: str) -> None:
    """Names, even formulas, are unchanged, since Canvas matches by them."""
    _, row = export("canvas", [named(name)])

    assert row["Student"] == name


def test_an_export_of_canvas_comes_back_as_it_was(tmp_path: Path) -> None:
    """Reading it as a roster and writing it again keeps the columns that identify students."""
    theirs = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Logs (8)\n"
        "    Points Possible,,,,,30.00\n"
        '"Doe, Jane ""JJ""",1,s1,jd,"A, B",\n'
        '"=""=Ng""",2,s2,ng,Ö 🎓,\n'
        "Soe; Jo ,3,,jo,,\n"
    )
    path = tmp_path / "canvas.csv"
    path.write_text("\ufeff" + theirs, encoding="utf-8")
    standings = [
        Standing(student=each, checkpoints=points(1, 1)) for each in read_roster(path).students
    ]

    written = rows(as_canvas("m06", TITLE, standings))

    assert [row[:5] for row in written] == [row[:5] for row in rows(theirs)]


# --- moodle


def test_moodle_gets_keys_points_and_words() -> None:
    """A dash means a missing grade; the feedback gives the reason."""
    complete, undecided, missing, excused = export("moodle", ALL)

    assert complete == {
        "email": "jane1@example.edu",
        "username": "jane1",
        "idnumber": "1001",
        "name": "Jane Doe 1",
        "Partitioned logs: The writer": "22.5",
        "Partitioned logs: Concepts": "10",
        "Partitioned logs: total": "32.5",
        "Feedback": "up to 1 day late",
    }
    grades = [[row[key] for key in list(row)[-4:]] for row in (undecided, missing, excused)]
    assert grades == [
        ["0", "-", "-", "not decided yet: Concepts"],
        ["-", "-", "-", "nothing handed in"],
        ["-", "-", "-", "excused"],
    ]


def test_moodle_gets_no_key_that_some_student_lacks() -> None:
    """Moodle gives the grades of a row with a blank key, or 0, to the student above."""
    standings = [
        Standing(student=student(1), checkpoints=points(1, 1)),
        Standing(student=student(2, email="", idnumber="0"), checkpoints=points(2, 2)),
    ]

    found = export("moodle", standings)

    assert [next(iter(row.items())) for row in found] == [
        ("username", "jane1"),
        ("username", "jane2"),
    ]
    assert not {"email", "idnumber"} & found[0].keys()


def test_moodles_keys_are_unchanged() -> None:
    """An apostrophe in front would name an unknown user, and Moodle would abort the import."""
    (row,) = export("moodle", [Standing(student=student(username="+jd"), checkpoints=points(1, 1))])

    assert row["username"] == "+jd"


# --- gradescope


def test_brightspace_gets_its_keys_items_and_line_ends() -> None:
    """As its import documents; only decided points are in it."""
    complete, undecided, missing, excused = export("brightspace", ALL)

    assert list(complete) == [
        "OrgDefinedId",
        "Username",
        "Last Name",
        "First Name",
        f"{TITLE}: The writer Points Grade",
        f"{TITLE}: Concepts Points Grade",
        f"{TITLE}: total Points Grade",
        "End-of-Line Indicator",
    ]
    assert list(complete.values()) == [
        "#1001",
        "#jane1",
        "1",
        "Jane Doe",
        "22.5",
        "10",
        "32.5",
        "#",
    ]
    assert list(undecided.values())[4:7] == ["0", "", ""]
    assert [set(list(row.values())[4:7]) for row in (missing, excused)] == [{""}, {""}]


def test_blackboard_gets_usernames_and_columns() -> None:
    """As its upload documents; only decided points are in it."""
    complete, undecided, missing, excused = export("blackboard", ALL)

    assert list(complete.values()) == ["1", "Jane Doe", "jane1", "1001", "22.5", "10", "32.5"]
    assert list(undecided.values())[4:] == ["0", "", ""]
    assert [set(list(row.values())[4:]) for row in (missing, excused)] == [{""}, {""}]


@pytest.mark.parametrize("form", ["brightspace", "blackboard"])
def test_a_student_without_a_username_is_named(form: str) -> None:
    """Nothing is written then."""
    unknown = COMPLETE.model_copy(update={"student": student(7, username="", idnumber="")})

    with pytest.raises(ExportError, match="octo-7"):
        export(form, [COMPLETE, unknown])


def test_gradescopes_columns_are_those_of_its_download() -> None:
    """Each checkpoint is a question."""
    complete, undecided, missing, excused = export("gradescope", ALL)

    assert tuple(complete) == (*GRADESCOPE, "1: The writer (30.0 pts)", "2: Concepts (15.0 pts)")
    assert list(complete.values()) == [
        *("Jane Doe", "1", "sis1", "jane1@example.edu", "A", "32.5", "45", "Graded", "ab12"),
        *("2026-11-02 23:30:00 -0500", "03:01:02", "", "1", "22.5", "10"),
    ]
    assert [row["Status"] for row in (undecided, missing, excused)] == [
        *("Ungraded", "Missing", "Ungraded")
    ]
    assert missing["Submission Time"] == missing["Total Score"] == excused["Total Score"] == ""
    assert (undecided["1: The writer (30.0 pts)"], excused["1: The writer (30.0 pts)"]) == ("0", "")


def test_gradescopes_sid_is_never_an_address() -> None:
    """A roster of Gradescope without SIDs has the address in its own column."""
    address = "ada@example.edu"
    ada = Student(id=address, email=address)

    (row,) = export("gradescope", [Standing(student=ada, checkpoints=points(1, 1))])

    assert (row["SID"], row["Email"]) == ("", address)


@SAME_EACH_TIME
@given(names(), names())
def test_any_name_survives_in_gradescope(first: str, last: str) -> None:
    """Scripts for Gradescope match by name."""
    jane = student(first_name=first, last_name=last)

    (row,) = export("gradescope", [Standing(student=jane, checkpoints=points(1, 1))])

    assert (row["First Name"], row["Last Name"]) == (first, last)


# --- github-classroom


def test_github_classrooms_columns_are_those_of_its_download() -> None:
    """The file has only totals; a missing total is empty."""
    complete, undecided, missing, excused = export("github-classroom", ALL)

    assert tuple(complete) == GITHUB_CLASSROOM
    assert list(complete.values()) == [
        *(TITLE, "", "", "Octo-1", "s1", "logs-octo-1"),
        *("https://github.com/course/logs-octo-1", "2026-11-03T04:30:00Z", "32.5", "45"),
    ]
    assert [row["points_awarded"] for row in (undecided, missing, excused)] == ["", "", ""]


@SAME_EACH_TIME
@given(names())
def test_any_identifier_survives_in_github_classroom(name: str) -> None:
    """The identifier is often the student's name."""
    jane = student(identifier=name)

    (row,) = export("github-classroom", [Standing(student=jane, checkpoints=points(1, 1))])

    assert row["roster_identifier"] == name


@pytest.mark.parametrize(
    "repository", ["course/logs", "https://git.example.edu/course/logs", "course/logs/"]
)
def test_a_repository_is_exported_as_name_and_address(repository: str) -> None:
    """The roster may give its name or its address; the address of another server is kept."""
    (row,) = export("github-classroom", [COMPLETE.model_copy(update={"repository": repository})])

    assert row["student_repository_name"] == "logs"
    assert row["student_repository_url"].startswith("https://")


# --- classroom50


def test_classroom_50s_columns_are_those_of_its_scores() -> None:
    """It has whole points, which override those of the student's repository."""
    complete, undecided, missing, _ = export("classroom50", ALL)

    assert tuple(complete) == CLASSROOM_50
    assert list(complete.values()) == [
        *("Octo-1", "Jane Doe", "1", "jane1@example.edu", "A", "33", "45"),
        *("2026-11-03T04:30:00Z", "", "", "https://github.com/course/logs-octo-1/commit/ab12"),
        *("true", "true"),
    ]
    assert (undecided["score"], undecided["override"], undecided["late"]) == ("", "", "false")
    assert [value for key, value in missing.items() if key not in CLASSROOM_50[:5]] == [""] * 8


@pytest.mark.parametrize(
    ("score", "whole"), [(22.5, 23), (22.49, 22), (2.5, 3), (0.5, 1), (97.5, 98)]
)
def test_whole_points_are_rounded_half_up(score: float, whole: int) -> None:
    """Python's `round` would round half to even."""
    assert whole_points(score) == whole


def test_classroom_50_gets_extra_credit() -> None:
    """More points than the maximum are allowed there."""
    better = COMPLETE.model_copy(update={"checkpoints": points(32.5, 15)})

    (row,) = export("classroom50", [better])

    assert (row["score"], row["max_score"]) == ("48", "45")


def test_thirds_add_up_to_the_total() -> None:
    """In each file, the rounded columns do."""
    thirds = tuple(
        CheckpointPoints(id=name, title=name, score=10 / 3, max_score=10 / 3) for name in "abc"
    )
    standing = Standing(student=student(), checkpoints=thirds)

    (plain,) = export("csv", [standing])

    assert standing.final_scores == standing.scores_before_penalty == (3.33, 3.34, 3.33)
    assert [plain[name] for name in ("a", "b", "c", "total")] == ["3.33", "3.34", "3.33", "10"]


def test_what_came_too_late_says_how_its_points_came() -> None:
    """The columns add up to what was there before the penalty, also if one waits for a person."""
    open_one = CheckpointPoints(id="b", title="B", score=None, max_score=10, open_points=5, given=5)
    given = CheckpointPoints(id="a", title="A", score=7.5, max_score=10)
    late = Standing(
        student=student(), checkpoints=(given, open_one), penalty_percent=100, counts=False,
        days_late=9,
    )  # fmt: skip

    (row,) = export("csv", [late])

    assert [row[name] for name in ("a", "b", "before_penalty", "penalty", "total")] == [
        *("7.5", "5", "12.5", "12.5", "0")
    ]
    assert (row["open_points"], row["counts"]) == ("0", "no")
    comment = comment_of(late).text
    assert "0 of 20 points, too late to count (A: 7.5 of 10; B: 5 of 10)" in comment
    assert is_ours(plain_comment(comment))


def test_an_excused_student_has_nothing_that_counts() -> None:
    """And nothing that waits for anybody."""
    excused = UNDECIDED.model_copy(update={"excused": True, "penalty_percent": 20, "days_late": 2})

    (row,) = export("csv", [excused])

    assert (row["counts"], row["penalty"], row["open_points"]) == ("no", "", "0")


def test_lateness_reads_the_same_everywhere() -> None:
    """How late, and what it costs."""
    late = COMPLETE.model_copy(update={"days_late": 2, "penalty_percent": 20.0})
    too_late = late.model_copy(update={"counts": False, "penalty_percent": 100.0})

    assert UNDECIDED.lateness_text == ""
    assert late.lateness_text == "up to 2 days late, 20 % off"
    assert too_late.lateness_text == "up to 2 days late, too late to count"
    waiting = UNDECIDED.model_copy(update={"days_late": 2, "penalty_percent": 20.0})
    assert [row["Feedback"] for row in export("moodle", [late, waiting])] == [
        late.lateness_text,
        f"not decided yet: Concepts; {late.lateness_text}",
    ]


# --- students that cannot be matched


@pytest.mark.parametrize(
    ("form", "blank"),
    [
        ("canvas", {"canvas_id": "", "sis_user_id": "", "sis_login_id": ""}),
        ("moodle", {"email": "", "username": "", "idnumber": ""}),
        ("classroom50", {"login": None}),
    ],
)
def test_all_students_that_cannot_be_matched_are_reported_together(
    form: str, blank: dict[str, str | None]
) -> None:
    """Each has a line, with all characters of the name visible; no file is written."""
    standings = [
        Standing(student=student(1), checkpoints=points(1, 1)),
        Standing(student=student(2, **blank), checkpoints=points(1, 1)),
        Standing(student=student(3, **{**blank, "name": "a\u202eb\n"}), checkpoints=points(1, 1)),
    ]

    with pytest.raises(ExportError) as caught:
        export(form, standings)

    first, *lines = str(caught.value).splitlines()
    assert "2 students cannot be matched" in first
    assert [line.split(":")[0] for line in lines] == [
        "octo-2 (Jane Doe 2)",
        "octo-3 (a\\u202eb\\n)",
    ]


def test_a_hand_in_that_cannot_be_read_has_no_points_and_a_reason() -> None:
    """It is not taken for one that was never made."""
    said = "work.rar cannot be opened"

    (plain,) = export("csv", [UNREADABLE])
    (moodle,) = export("moodle", [UNREADABLE])
    (gradescope,) = export("gradescope", [UNREADABLE])

    assert (plain["status"], plain["remark"], plain["total"]) == ("not graded", said, "")
    assert (moodle["Feedback"], moodle[f"{TITLE}: total"]) == (said, "-")
    assert (gradescope["Status"], gradescope["Total Score"]) == ("Ungraded", "")


def test_times_are_in_utc() -> None:
    """The zone of the machine that graded does not matter."""
    utc = COMPLETE.model_copy(update={"handed_in_at": WHEN.astimezone(UTC)})

    for form in ("csv", "github-classroom", "classroom50"):
        assert export(form, [utc]) == export(form, [COMPLETE])


def test_a_blind_worksheet_as_roster_is_told_what_to_do() -> None:
    """It has a participant's number alone, by which Moodle imports nothing."""
    standings = [
        Standing(student=Student(id=number, moodle_participant=number), checkpoints=points(0, 0))
        for number in ("501", "502")
    ]

    with pytest.raises(ExportError, match="of anybody: with anonymous submissions, reveal") as told:
        FORMATS["moodle"]("m06", TITLE, standings)

    assert "501" not in str(told.value)
