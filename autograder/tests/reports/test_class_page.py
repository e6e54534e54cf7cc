"""The page of a class: what it shows, what it hides, and how large it is."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.gradebook.ungraded import NOT_READABLE, Ungraded, write_ungraded
from autograder.grading.grade import Outcome
from autograder.policy import Policy
from autograder.reports.class_page import as_page
from autograder.reports.class_results import Row, State, read_class
from autograder.tests.feedback.nasty import NASTY, grade_of
from autograder.tests.gradebook.students import write_result
from autograder.tests.reports.classes import HINTS, TESTS, WHOLE, grade_with, write_class

LARGEST = 3_000_000


def lost_by(students: dict[str, str], hint: str, test_id: str = TESTS[0]) -> list[Row]:
    """Make students who lost one test for one reason, each with what came back."""
    return [
        Row(
            student,
            f"Name of {student}",
            State.COMPLETE,
            enrolled=True,
            late=True,
            grade=grade_with({test_id: Outcome.WRONG}, hint, came_back),
            attempts=(0.5,),
            page=f"feedback/{student}.html",
        )
        for student, came_back in students.items()
    ]


def test_an_anonymous_page_identifies_nobody() -> None:
    """Names, ids, links and what code did are left out, and causes of one or two students."""
    shared = lost_by({f"student-{n}": "raised MyError('ada was here')" for n in range(3)}, HINTS[0])
    rare = lost_by({"eve-17": "returned 7", "dan-18": "returned 8"}, HINTS[1])

    page = as_page([*shared, *rare], "Logs", anonymous=True)

    for row in (*shared, *rare):
        assert row.id not in page
        assert row.name not in page
    assert "feedback/" not in page
    assert 'id="students"' not in page
    assert "ada was here" not in page
    assert HINTS[0] in page
    assert HINTS[1] not in page
    assert "1 cause of fewer than 3 students is not shown." in page


def test_the_table_has_the_points_that_remain(tmp_path: Path) -> None:
    """They add up to the score; who is excused has none, and lateness reads as everywhere."""
    results = tmp_path / "results"
    for name in ("ada", "bob", "cyd"):
        write_result(results, name, WHOLE)
    (tmp_path / "roster.csv").write_text("id,email\nada,a@x.org\nbob,b@x.org\ncyd,c@x.org\n")
    (tmp_path / "handins.csv").write_text(
        "student,handed_in_at\nada,2024-12-02T12:00:00+00:00\nbob,2024-12-09T12:00:00+00:00\n"
    )
    rules = Policy.model_validate(
        {
            "timezone": "UTC",
            "excused": ("cyd",),
            "deadline": {"at": datetime(2024, 12, 1, 23, 59, tzinfo=UTC)},
            "late": {"percent_per_day": 10, "days": 3},
        }
    )

    page = as_page(read_class(tmp_path, tmp_path, rules).rows, "Logs")

    rows = {
        cells[0]: cells[1:]
        for line in re.findall(r'<tr data-states="[^>]*>(.*)</tr>', page)
        for cells in [[re.sub("<[^>]*>", "", cell) for cell in re.split("</t[dh]>", line)]]
    }
    score, *points = rows["ada"][:6]
    assert float(score) == pytest.approx(sum(map(float, points)))
    assert float(score) == pytest.approx(0.9 * WHOLE.score)
    assert rows["ada"][7] == "waits for a person, up to 1 day late, 10 % off"
    assert rows["bob"][0] == "0"
    assert rows["bob"][7] == "too late, up to 8 days late"
    assert rows["cyd"][:8] == ["", "", "", "", "", "", "", "excused"]


def test_the_page_says_what_became_of_each_hand_in(tmp_path: Path) -> None:
    """At the top by count, and in each student's row with the reason."""
    folder = write_class(tmp_path / "class", 1)
    for number, outcome in ((1, Outcome.MISSING), (2, Outcome.UNIMPLEMENTED)):
        grade = grade_with(dict.fromkeys(TESTS, outcome))
        write_result(folder / "results", f"student-000{number}", grade)
    write_ungraded(folder / "results", [Ungraded("student-0003", NOT_READABLE, "<b>.rar")])

    page = as_page(read_class(folder, folder).rows, "Logs")

    tiles = re.findall(r"<li><strong>(\d+)</strong> ([^<]*)</li>", page)
    assert ("0", "handed in nothing (not counted)") in tiles
    for state in ("only the stubs", "nothing gradable", "not graded"):
        assert ("1", f"{state} (not counted)") in tiles
    states = re.findall(r"<tr data-states.*<td>([^<]*)</td><td[^>]*>\d+</td></tr>", page)
    assert states[1:] == [
        "nothing gradable",
        "only the stubs",
        "what was handed in cannot be read: &lt;b&gt;.rar",
    ]
    assert '<option value="not-graded">not graded</option>' in page


def test_the_page_does_not_say_that_nothing_is_lost_if_tests_were_not_tried() -> None:
    """Whose file is missing has lost its points."""
    (row,) = lost_by({"ada": "b"}, HINTS[0])
    missing = replace(row, grade=grade_with({TESTS[0]: Outcome.MISSING}))

    page = as_page([missing], "Logs")

    assert "no decided points are lost" not in page
    assert "No points are lost in the hidden tests that students tried." in page
    assert "1 student lost 2 points in tests that they did not try" in page


def test_the_top_of_the_page_names_three_misconceptions() -> None:
    """They cost most, in the words of the hint, with the students who hold them."""
    rows = [
        row
        for number, hint in enumerate(("First.", "Second.", "Third.", "Fourth."))
        for row in lost_by(
            {f"{hint}{at}": "returned 7" for at in range(6 - number)}, hint, TESTS[0]
        )
    ]

    page = as_page(rows, "Logs")

    top, rest = re.findall(r'<ol class="causes[^>]*>(.*?)</ol>', page, re.DOTALL)
    assert re.findall(r'class="words"><bdi>([^<]*)', top) == ["First.", "Second.", "Third."]
    assert re.findall(r'class="words"><bdi>([^<]*)', rest) == ["Fourth."]
    assert "6 of 18 students who tried" in top
    assert "returned 7" in top
    assert top.count('href="./feedback/First.') == 6
    assert page.index(top) < page.index('id="students"')


def test_more_than_ten_causes_and_tests_are_folded() -> None:
    """The page shows the ten that cost most."""
    rows = [
        row
        for number, test_id in enumerate(TESTS[:12])
        for row in lost_by({f"{number}-{at}": "b" for at in range(3)}, f"Hint {number}.", test_id)
    ]

    page = as_page(rows, "Logs")

    causes, folded, rest = page.partition("<summary>2 more causes</summary>")
    tests, folded_tests, _ = rest.partition(" more tests</summary>")
    assert causes.count('class="words"') == 10
    assert folded
    assert tests.partition('id="tests"')[2].count("<tr>") == 1 + 10
    assert folded_tests


def test_tests_have_the_names_that_the_course_file_takes() -> None:
    """Below their titles; not on an anonymous page, which is for the lecture hall."""
    rows = lost_by({f"student-{n}": "returned 7" for n in range(3)}, HINTS[0])

    shown = [f"<code><bdi>{TESTS[0]}</bdi></code>" in as_page(rows, "Logs", anonymous=anonymous)
             for anonymous in (False, True)]  # fmt: skip

    assert shown == [True, False]


@pytest.mark.parametrize("anonymous", [True, False])
def test_hostile_strings_make_no_tag(anonymous: bool) -> None:
    """The strings are in names, titles and hints."""
    grade = grade_of(NASTY)
    rows = [
        Row(
            text,
            text,
            State.COMPLETE,
            enrolled=True,
            late=True,
            grade=grade,
            attempts=(0.5,),
            page=text,
        )
        for text in NASTY
        if not any("\ud800" <= character <= "\udfff" for character in text)
    ]

    page = as_page(rows, "".join(NASTY)[:50], anonymous=anonymous)

    assert page.count("<script") == 1
    assert not re.search(r"<(img|svg/|iframe|a href=.?javascript:)", page)
    assert not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", page))


def test_a_thousand_students_fit(tmp_path: Path) -> None:
    """The page has a row for each student."""
    folder = write_class(tmp_path / "class", 1000)

    page = as_page(read_class(folder, folder).rows, "Logs")

    assert page.count("<tr data-states") == 1003
    assert len(page.encode()) < LARGEST


def test_links_lead_to_the_feedback_pages_from_any_folder(tmp_path: Path) -> None:
    """The page may be in the folder of the results, or elsewhere."""
    folder = write_class(tmp_path / "class", 1)
    (tmp_path / "else").mkdir()
    outputs = [folder / "class.html", tmp_path / "else" / "class.html"]

    for output in outputs:
        CliRunner().invoke(app, ["report", str(folder), "--output", str(output)])

    for output in outputs:
        links = set(re.findall(r'href="([^#"]*)"', output.read_text("utf-8")))
        assert {(output.parent / link).resolve() for link in links} == {
            folder / "feedback" / "student-0000.html"
        }


def test_a_file_name_that_is_not_utf_8_is_shown_and_linked(tmp_path: Path) -> None:
    """Names of files are bytes."""
    folder = write_class(tmp_path / "class", 1)
    for old, suffix in (("results", "json"), ("feedback", "html")):
        path = folder / old / f"student-0000.{suffix}"
        path.rename(folder / old / os.fsdecode(b"b\xff." + suffix.encode()))
    output = folder / "class.html"

    done = CliRunner().invoke(app, ["report", str(folder), "--output", str(output)])

    assert done.exit_code == 0
    assert 'href="./feedback/b%FF.html"' in output.read_text("utf-8")


def test_the_command_writes_the_page_and_names_what_is_broken(tmp_path: Path) -> None:
    """It then exits with 1, and the page shows the other results."""
    folder = write_class(tmp_path / "class", 3)
    (folder / "results" / "eve.json").write_text("{")
    output = tmp_path / "class.html"

    done = CliRunner().invoke(app, ["report", str(folder), "--output", str(output)])

    assert done.exit_code == 1
    assert "eve.json" in done.stderr
    assert "student-0002" in output.read_text("utf-8")


def test_titles_are_those_of_the_assignment(tmp_path: Path) -> None:
    """Students know it by its title."""
    (tmp_path / "ada.json").write_text(WHOLE.model_dump_json())
    output = tmp_path / "class.html"

    CliRunner().invoke(app, ["report", str(tmp_path), "--output", str(output)])

    assert "<title>Module 6: Partitioned logs" in output.read_text("utf-8")
