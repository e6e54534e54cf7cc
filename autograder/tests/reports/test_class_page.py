"""The page of a class: what it shows, what it hides, and how large it is."""

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.reports.class_page import as_page
from autograder.reports.class_results import Row, State, read_class
from autograder.tests.feedback.nasty import NASTY, grade_of
from autograder.tests.reports.classes import HINTS, WHOLE, write_class

LARGEST = 3_000_000


def test_an_anonymous_page_identifies_nobody(tmp_path: Path) -> None:
    """Names, ids, links and rows of students are left out, and figures about one or two of them."""
    folder = write_class(tmp_path / "class", 12)
    rows = read_class(folder, folder).rows

    page = as_page(rows, "Logs", anonymous=True)

    for row in rows:
        assert row.id not in page
        assert row.name not in page
    assert "feedback/" not in page
    assert 'id="students"' not in page
    assert not re.search(r">[12]\u00d7 ", page)
    assert any(hint in page for hint in HINTS)


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
        (link,) = re.findall(r'href="([^"]*)"', output.read_text("utf-8"))
        assert (output.parent / link).resolve() == folder / "feedback" / "student-0000.html"


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
