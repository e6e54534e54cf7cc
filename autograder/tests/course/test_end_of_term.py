"""The end of a term, on GitHub and in Moodle: every number is the oracle's, wherever it is read.

For a class of 200:

    AUTOGRADER_TERM_STUDENTS=200 pytest autograder/tests/course/test_end_of_term.py
"""

import csv
import html
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from autograder.grading.grade import Outcome
from autograder.policy import read_policy
from autograder.reports.class_page import MOST_LISTED
from autograder.tests.course.end_of_term import (
    TOO_LENIENT,
    TOO_STRICT,
    EndOfTerm,
    TermStudent,
    played,
    term_class,
)
from autograder.tests.course.made_class import DROPPED, GIVEN, MOST, MadeStudent
from autograder.tests.course.test_one_standing import TOTALS, expected_note, number, shown, told
from autograder.tests.gradebook.lms.moodle_stand_in import MoodleStandIn, MoodleUser
from autograder.tests.gradebook.lms.stand_in import TOKEN
from autograder.tests.gradebook.students import PLAN, look_at_migrations_once

STUDENTS = int(os.environ.get("AUTOGRADER_TERM_STUDENTS", "24"))
CLASS = term_class(STUDENTS, seed=12)
ASKS = next(
    student.made.id
    for student in CLASS
    if student.gains and student.made.handed_in_at and not student.made.excused
)
"""Who asks to look again at the test that is too strict."""
ANSWER = "You are right: the test was wrong."


@pytest.fixture(scope="module", params=["GitHub", "Moodle"])
def term(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EndOfTerm]:
    """Play the end of a term to its last `close`."""
    look_at_migrations_once()
    folder = tmp_path_factory.mktemp("term")
    with played(folder, CLASS, on_github=request.param == "GitHub") as made:
        made.close()
        made.grade_pushes()
        made.decide()
        made.close()
        made.marked = made.mark()
        made.close()
        ask(made)
        made.correct_the_tests()
        made.dry_run = made.regrade("--dry-run").output
        made.regrade()
        made.grade_pushes("--regrade")
        made.close()
        yield made


def ask(term: EndOfTerm) -> None:
    """Let a student ask for another look at a test."""
    if term.github is None:
        rows = f"student,test,reason,answer\n{ASKS},{TOO_STRICT},The handout says otherwise,\n"
        term.file.with_name("requests.csv").write_text(rows)
    else:
        text = f"/regrade {TOO_STRICT}: the handout says otherwise"
        name = f"course/m06-{ASKS}"
        term.github.comment(name, term.commits[ASKS], text, actor=ASKS)


def test_the_class_has_students_of_all_kinds() -> None:
    """Late, too late, extended, excused, in a group, and who gains or loses by a correction."""
    handed_in = [student for student in CLASS if student.made.handed_in_at]

    assert {student.made.status for student in CLASS} >= {"complete", "missing", "too late"}
    assert {student.made.status for student in CLASS} >= {"excused", "undecided"}
    assert any(0 < student.made.percent < 100 for student in handed_in)
    assert any(student.made.extended_to for student in handed_in)
    assert any(student.with_ for student in handed_in)
    assert any(change_of(student) > 0 for student in handed_in)
    assert any(change_of(student) < 0 for student in handed_in)


def rows_of(file: Path) -> Mapping[str, dict[str, str]]:
    """Read a table by student."""
    with file.open(newline="", encoding="utf-8-sig") as table:
        read = list(csv.DictReader(table))
    found = {}
    for row in read:
        name = re.search(r"student-\d+", " ".join(value for value in row.values() if value))
        if name:
            found[name[0]] = row
    return found


def made(term: EndOfTerm) -> Mapping[str, MadeStudent]:
    """Return what the oracle says of each student, by id."""
    return {name: student.made for name, student in term.students.items()}


def change_of(student: TermStudent) -> Decimal:
    """Return what a correction of the tests changes in the points that count."""
    if student.made.excused or not student.made.handed_in_at:
        return Decimal(0)
    return Decimal(str(student.change)) * (100 - student.made.percent) / 100


def test_the_table_of_the_class(term: EndOfTerm) -> None:
    """Total, penalty and state of each student."""
    rows = rows_of(term.output / "grades.csv")

    assert set(rows) == set(term.students)
    for name, student in made(term).items():
        assert number(rows[name]["total"]) == student.total, name
        state = {"missing": "not handed in"}.get(student.status, student.status)
        if state == "undecided":
            state = rows[name]["state"]
            assert state in ("unmarked", "incomplete"), name
        assert rows[name]["state"] == state, name


@pytest.mark.parametrize("form", TOTALS)
def test_exports(term: EndOfTerm, form: str) -> None:
    """Each has everybody, with the oracle's total."""
    rows = rows_of(term.output / "exports" / f"{form}.csv")

    assert set(rows) == set(term.students)
    for name, row in rows.items():
        (column,) = [column for column in row if column.endswith(TOTALS[form])]
        assert number(row[column]) == term.students[name].made.total, name


def test_the_table_for_people(term: EndOfTerm) -> None:
    """Each column: status, lateness, penalty, and the checkpoints before it, which add up."""
    for name, row in rows_of(term.output / "exports" / "csv.csv").items():
        student = term.students[name].made
        assert row["status"] == student.status
        assert int(row["days_late"]) == student.days_late
        assert row["counts"] == ("yes" if student.counts and not student.excused else "no")
        assert number(row["penalty_percent"]) == student.percent
        assert number(row["max_score"]) == MOST
        checkpoints = [number(row[checkpoint]) for checkpoint in checkpoints_of(student)]
        if student.total is not None:
            assert number(row["before_penalty"]) == student.points()
            assert number(row["penalty"]) == student.points() - student.remaining()
            assert checkpoints == list(checkpoints_of(student).values())


def checkpoints_of(student: MadeStudent) -> Mapping[str, Decimal]:
    """Add up each checkpoint's points before the penalty."""
    found = dict.fromkeys((test.checkpoint for test in PLAN.tests), Decimal(0))
    for test in PLAN.tests:
        if test.id == DROPPED or student.handed_in_at is None:
            continue
        if test.marked_by == "person":
            found[test.checkpoint] += Decimal(str(student.marks.get(test.id, 0)))
        elif test.id == GIVEN or test.id not in student.outcomes:
            found[test.checkpoint] += Decimal(str(test.points))
    return found


def test_gradebook_status(term: EndOfTerm) -> None:
    """Points, status and lateness of each student."""
    rows: dict[str, list[str]] = {}
    for line in term.run("gradebook", "status", "--course", term.file).output.splitlines():
        cells = [cell.strip() for cell in line.strip("│").split("│")]
        if line.startswith("│") and cells[0]:
            rows[cells[0]] = cells
        elif line.startswith("│"):  # what did not fit into the line before
            last = rows[list(rows)[-1]]
            last[:] = [f"{first} {more}".strip() for first, more in zip(last, cells, strict=True)]

    assert set(rows) == set(term.students)
    for name, student in made(term).items():
        _, _, points, _, _, status, late, _ = rows[name]
        assert number(points.partition(" /")[0]) == student.total
        assert status == student.status
        assert ("extended" in late) == (student.extended_to is not None)
        assert ("late" in late) == (student.days_late > 0)


def test_feedback_pages(term: EndOfTerm) -> None:
    """With people's marks, what remains after the penalty, and what is dropped."""
    pages = {page.stem: page for page in (term.output / "feedback").iterdir()}

    assert set(pages) == set(term.handed_in)
    for name, student in term.handed_in.items():
        text = html.unescape(pages[name].read_text(encoding="utf-8"))
        headline = student.points() if student.excused else student.remaining()
        assert f"<strong>{shown(headline)} / {shown(MOST)}</strong>" in text, name
        assert told(text) == expected_note(student, marked=True)
        assert "was dropped: it counts for nobody" in text
        assert "was corrected: everybody gets its points" in text


def test_tiles_and_rows_of_the_class_page(term: EndOfTerm) -> None:
    """Who handed in nothing is a tile, and the rows have the points that remain."""
    text = html.unescape((term.output / "class.html").read_text(encoding="utf-8"))
    tiles = {what: int(count) for count, what in re.findall(
        r"<li><strong>(\d+)</strong> ([^<]+)</li>", text)}  # fmt: skip
    counted = [student for student in term.handed_in.values() if not student.excused]
    statuses = Counter(student.status for student in made(term).values())

    assert tiles["handed in and tried something"] == len(counted)
    assert tiles["handed in nothing (not counted)"] == statuses["missing"]
    assert tiles["late"] == sum(student.days_late > 0 for student in counted)
    assert tiles.get("too late to count", 0) == statuses["too late"]
    assert tiles["excused"] == statuses["excused"]
    for name, student in made(term).items():
        (row,) = re.findall(rf"<tr data-states=[^>]*>(?:(?!</tr>).)*\({name}\).*?</tr>", text)
        score = re.findall(r'data-key="[^"]*">([^<]*)</td>', row)[0]
        assert number(score) == (None if row_is_empty(student) else student.remaining()), name


def row_is_empty(student: MadeStudent) -> bool:
    """Whether the report's row of a student lacks points."""
    return student.excused or student.handed_in_at is None


def test_causes_on_the_class_page(term: EndOfTerm) -> None:
    """Each has the points lost by all who tried; the dropped test and the given one are none."""
    text = html.unescape((term.output / "class.html").read_text(encoding="utf-8"))
    found = re.findall(
        r'<span class="lost">([\d.]+) <small>points?</small></span>'
        r' <div><p class="words"><bdi>([^<]*)</bdi></p>\n'
        r'<p class="quiet">(\d+) of (\d+) students who tried',
        text,
    )

    lost: dict[str, Decimal] = {}
    losers: dict[str, set[str]] = {}
    tried: dict[str, set[str]] = {}
    for name, student in term.handed_in.items():
        for test in PLAN.tests:
            outcome, words = student.outcomes.get(test.id), f"{test.title}: wrong"
            if student.excused or test.id in (DROPPED, GIVEN) or test.marked_by == "person":
                continue
            if outcome is not Outcome.GRADER_ERROR:
                tried.setdefault(words, set()).add(name)
            if outcome is Outcome.WRONG:
                lost[words] = lost.get(words, Decimal(0)) + Decimal(str(test.points))
                losers.setdefault(words, set()).add(name)
    expected = {
        words: (points, len(losers[words]), len(tried[words])) for words, points in lost.items()
    }
    assert {
        words: (Decimal(points), int(students), int(of)) for points, words, students, of in found
    } == expected
    shared = [Decimal(points) for points, _, students, _ in found if int(students) >= 3]
    assert shared == sorted(shared, reverse=True)
    assert len(found) > MOST_LISTED


def test_the_histogram_of_the_class_page(term: EndOfTerm) -> None:
    """The share of the decided points that remain; open points are left out."""
    text = (term.output / "class.html").read_text(encoding="utf-8")
    shown_bins = [int(count) for count in re.findall(
        r'<rect class="column"[^>]*/>\n<text [^>]*>(\d+)</text>', text)]  # fmt: skip

    expected = [0] * 10
    for student in term.handed_in.values():
        if not student.excused:
            share = student.remaining() / decided_most(student)
            expected[min(9, int(10 * share))] += 1
    assert shown_bins == expected


def decided_most(student: MadeStudent) -> Decimal:
    """Add up the most points of the tests that are decided."""
    return sum(
        (
            Decimal(str(test.points))
            for test in PLAN.tests
            if test.id != DROPPED
            and (test.id in student.marks or test.marked_by == "machine")
            and (test.id == GIVEN or student.outcomes.get(test.id) is not Outcome.GRADER_ERROR)
        ),
        Decimal(0),
    )


def test_the_changes_of_the_correction(term: EndOfTerm) -> None:
    """Who gained and who lost, by which test and by how much; the dry run said it before."""
    rows = rows_of(term.output / "changes.csv")
    changes = {name: change_of(student) for name, student in term.students.items()}
    changes = {name: change for name, change in changes.items() if change}

    assert {name: Decimal(row["change"]) for name, row in rows.items()} == changes
    for name, row in rows.items():
        assert row["why"].startswith("suite ")
        assert (TOO_STRICT in row["tests"]) == term.students[name].gains
        assert (TOO_LENIENT in row["tests"]) == term.students[name].loses
    gained = sum(change > 0 for change in changes.values())
    said = f": {gained} gained points, {len(changes) - gained} lost points, "
    assert said in term.dry_run


def test_two_people_marked(term: EndOfTerm) -> None:
    """Where they differed, the agreed points count; the totals above have them."""
    counts = {
        what: int(count) for count, what in re.findall(r"(\d+) (equal|different)", term.marked)
    }

    answers = sum(len(student.marks) for student in term.handed_in.values())
    assert counts["equal"] + counts["different"] == answers
    assert counts["different"] > 0


def test_comments_on_github(term: EndOfTerm) -> None:
    """The points that the tests gave, and what remains of them; one comment at each commit."""
    if term.github is None:
        pytest.skip("Moodle has none")
    for name, student in term.handed_in.items():
        (comment,) = [
            comment
            for comment in term.github.comments(f"course/m06-{name}", term.commits[name])
            if comment.startswith("# ")
        ]
        points = student.points(marked=False)
        assert comment.startswith(f"# `m06_partitioned_logs`: {shown(points)} / "), name
        assert told(comment) == expected_note(student, marked=False)


def test_the_request_is_answered(term: EndOfTerm) -> None:
    """It is listed with its test and the page, and its answer reaches the student."""
    course = ("--course", term.file)
    listed = term.run("requests", "list", *course, "--output", term.output).output
    (line,) = [line for line in listed.splitlines() if re.match(rf"\d+  {ASKS} ", line)]
    term.run("requests", "answer", line.split()[0], "--text", ANSWER, *course)

    assert TOO_STRICT in line
    assert f"{ASKS}.html" in listed
    assert "0 open requests" in term.run("requests", "list", *course).output
    if term.github is None:
        assert ANSWER in term.file.with_name("requests.csv").read_text()
    else:
        comments = term.github.comments(f"course/m06-{ASKS}", term.commits[ASKS])
        assert sum(ANSWER in comment for comment in comments) == 1


def test_grades_reach_moodle(term: EndOfTerm, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that are decided, and no others; a second push has nothing to send."""
    if term.github is not None:
        pytest.skip("the class is not in Moodle")
    users = {
        600 + at: MoodleUser(f"Name {name}", username=name, email=f"{name}@x.org",
                             idnumber=str(5000 + at))
        for at, name in enumerate(term.students)
    }  # fmt: skip
    with MoodleStandIn(users) as moodle:
        moodle.settings["grade"] = int(MOST)
        monkeypatch.setenv("MOODLE_URL", moodle.url)
        monkeypatch.setenv("MOODLE_TOKEN", TOKEN)
        push = ("gradebook", "push", "moodle", "--course-id", "17", "--assignment-id", "42")
        term.run(*push, "--course", term.file, "--yes")
        again = term.run(*push, "--course", term.file, "--dry-run").output

    assert "0 students with differences" in again
    for user in users.values():
        total = term.students[user.username].made.total
        assert user.grade == (None if total is None else pytest.approx(float(total)))


def test_the_course_file_keeps_its_comments(term: EndOfTerm) -> None:
    """And says what was decided."""
    text = term.file.read_text()

    assert text.startswith("# Our course.\n")
    assert "# midnight in Athens" in text
    policy = read_policy(term.file)
    assert len(policy.extensions) == sum(bool(s.extended_to) for s in made(term).values())
