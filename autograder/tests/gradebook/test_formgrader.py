"""From submissions to an LMS and back, with the real formgrader in a real browser."""

import csv
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.gradebook.book import Book
from autograder.gradebook.marking.folders import own_folder
from autograder.gradebook.marking.formgrader import LOG, running_formgrader
from autograder.tests.browser import needs_browser, running_browser
from autograder.tests.checkout import hear_interrupts
from autograder.tests.gradebook.students import (
    COURSE,
    ID,
    NAMES,
    a_grade,
    grade_all,
    hand_in,
    make_book,
    write_answer,
    write_result,
)

pytestmark = needs_browser

QUESTIONS = ("c1-why", "c2-why", "c3-why", "c6-why")
FULL = {"c1-why": "1", "c2-why": "2", "c3-why": "2", "c6-why": "1"}
HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">\n"
    "[link](javascript:document.title='owned') $\\href{javascript:alert(1)}{x}$ {{ 7*7 }}\n"
    "Because a < b && c > d."
)
READY = "window.formgrader && formgrader.loaded && formgrader.grades.loaded"
"""True in a page of formgrader that reacts to keys and shows the points."""


LONGEST_MS = 30_000


@dataclass
class Marker:
    """A person who marks: the class, formgrader, and the browser's page."""

    book: Book
    submissions: Path
    results: Path
    page: Page
    address: str
    unmarked: dict[str, dict[str, str]]
    """The export before anybody marked."""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, student: str) -> None:
        """Open a student's page from the list of submissions."""
        self.page.goto(self.address)
        self.page.click("text=Show All Names")
        self.page.locator("tr", has_text=student).locator("a:visible").first.click()
        self.page.wait_for_function(READY)

    @property
    def focus(self) -> str:
        """Return the id of the element that has the focus."""
        identifier: str = self.page.evaluate("document.activeElement.id")
        return identifier

    def press(self, key: str, points: str) -> str:
        """Type points, press a key that leads to another student, and return the student's page."""
        before = self.page.url.partition("?")[0]
        with self.page.expect_response(lambda answer: saved(answer, "grade")):
            self.page.keyboard.type(points)
            self.page.keyboard.press(key)
        # A wait for the navigation itself fails if a busy machine starts another one meanwhile.
        here = re.compile(re.escape(before) + r"(\?.*)?$")
        expect(self.page).not_to_have_url(here, timeout=LONGEST_MS)
        self.page.wait_for_function(READY)
        return self.page.url.partition("?")[0]


def saved(answer: Response, kind: str) -> bool:
    """Return whether a response is the answer to saving a mark or a comment."""
    return answer.request.method == "PUT" and f"/api/{kind}/" in answer.url and answer.ok


def run(*arguments: object) -> str:
    """Run our command, which must succeed."""
    done = CliRunner().invoke(
        app, [str(argument) for argument in arguments], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.output


def exported(folder: Path, book: Book) -> dict[str, dict[str, str]]:
    """Export for Canvas, and read the rows by name."""
    file = folder / "canvas.csv"
    run("gradebook", "export", "--format", "canvas", "--output", file, "--gradebook", book.folder)
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["Student"]: row for row in rows}


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marker]:
    """Hand in for five, grade, sync, prepare, and open formgrader."""
    folder = tmp_path_factory.mktemp("class")
    submissions, results = folder / "submissions", folder / "results"
    book = make_book(folder / "book")
    for student in ("ada", "bob", "eve"):
        hand_in(submissions, student)
    write_answer(submissions / "bob", "c1-why", HOSTILE)
    shutil.copy(COURSE.assignments / ID / "concepts.ipynb", submissions / "eve")
    grade_all(submissions, results)
    for student in ("cyd", "dan"):
        hand_in(submissions, student)
        write_result(results, student, a_grade())
    run("gradebook", "sync", results, "--gradebook", book.folder)
    run("gradebook", "mark", submissions, "--prepare-only", "--gradebook", book.folder)
    unmarked = exported(folder, book)
    with running_formgrader(own_folder(book), 0) as formgrader, running_browser() as browser:
        page = browser.new_page()
        marker = Marker(book, submissions, results, page, formgrader.address, unmarked)
        page.on("request", lambda request: marker.requests.append(request.url))
        page.on("pageerror", lambda error: marker.complaints.append(str(error)))
        page.on("console", lambda message: marker.complaints.append(message.text))
        yield marker


def test_a_marker_sees_the_open_answers_with_rubrics_and_nothing_else(marker: Marker) -> None:
    """Nothing comes from another server, and no script of the page fails."""
    marker.open("Ada")

    cells = marker.page.locator("#notebook-container .cell")
    assert cells.count() == 3 * len(QUESTIONS)
    assert marker.page.locator(".code_cell, .input_area").count() == 0
    assert marker.page.locator(".score").evaluate_all("all => all.map((score) => score.id)") == [
        *QUESTIONS
    ]
    assert marker.page.inner_text("body").count("For the marker.") == len(QUESTIONS)
    assert marker.complaints == []
    assert {urlsplit(url).hostname for url in marker.requests} == {"127.0.0.1"}


def test_text_of_a_student_is_inert(marker: Marker) -> None:
    """Markup, links, formulas and templates are shown as they were typed."""
    marker.open("bob")

    text = marker.page.inner_text("body")
    assert marker.page.title() == "concepts"
    assert "<script>document.title = 'owned'</script>" in text
    assert "$\\href{javascript:alert(1)}{x}$ {{ 7*7 }}" in text
    assert "Because a < b && c > d." in text
    assert marker.page.locator("#notebook-container a[href^=javascript]").count() == 0


def test_enter_goes_from_score_to_score_and_on_to_the_next_student(marker: Marker) -> None:
    """To mark student by student, a marker needs digits and Enter only."""
    marker.page.goto(marker.address)
    marker.page.locator("tbody a:visible").first.click()
    marker.page.wait_for_function(READY)

    way = []
    for cell in QUESTIONS[:-1]:
        way.append(marker.focus)
        marker.page.keyboard.type(FULL[cell])
        with marker.page.expect_response(lambda answer: saved(answer, "grade")):
            marker.page.keyboard.press("Enter")
    way.append(marker.focus)
    first = marker.page.url.partition("?")[0]
    second = marker.press("Enter", FULL["c6-why"])

    assert way == [*QUESTIONS]
    assert second != first
    assert marker.focus == "c1-why"
    marker.page.keyboard.press("Tab")
    assert marker.focus == "c1-why-comment"
    marker.page.keyboard.press("Tab")
    assert marker.focus == "c2-why"


def test_the_same_question_of_the_next_student_is_one_key_away(marker: Marker) -> None:
    """To mark question by question, a marker needs Ctrl and a full stop, or a comma to go back."""
    marker.page.goto(marker.address)
    marker.page.locator("tbody a:visible").first.click()
    marker.page.wait_for_function(READY)
    first = marker.page.url.partition("?")[0]
    marker.page.focus("#c2-why")

    second = marker.press("Control+.", "2")
    assert second != first
    assert marker.focus == "c2-why"
    assert marker.press("Control+,", "2") == first
    assert marker.focus == "c2-why"


def test_a_mark_made_in_the_browser_survives_a_regrade(marker: Marker, tmp_path: Path) -> None:
    """Mark, export, regrade, export again."""
    book = marker.book
    marker.open("Ada")
    for cell, points in (("c1-why", "0.5"), ("c2-why", "2"), ("c3-why", "1"), ("c6-why", "1")):
        marker.page.fill(f"#{cell}", points)
        with marker.page.expect_response(lambda answer: saved(answer, "grade")):
            marker.page.locator(f"#{cell}").dispatch_event("change")
    marker.page.fill("#c1-why-comment", "Which property of the log, though?")
    with marker.page.expect_response(lambda answer: saved(answer, "comment")):
        marker.page.locator("#c1-why-comment").dispatch_event("change")

    before = exported(tmp_path, book)
    changed = tmp_path / "changed"
    shutil.copytree(marker.submissions / "ada", changed / "ada")
    (changed / "ada" / "kinesis_read_shards.py").write_text("def read_from_shard(:\n")
    grade_all(changed, marker.results)
    run("gradebook", "sync", marker.results, "--gradebook", book.folder)
    again = run("gradebook", "mark", changed, "--prepare-only", "--gradebook", book.folder)
    after = exported(tmp_path, book)
    run("gradebook", "feedback", "--output", tmp_path / "pages", "--gradebook", book.folder)

    concepts, reading = (
        f"Module 6: Partitioned logs: {title}" for title in ("Concepts", "Reading from shards")
    )
    ada = before[NAMES["ada"]]
    assert (float(ada[concepts]), float(ada[reading])) == (9 + 4.5, 25)
    assert again == "0 new or changed notebooks\n"
    assert float(after[NAMES["ada"]][concepts]) == 9 + 4.5
    assert float(after[NAMES["ada"]][reading]) == 0
    assert marker.unmarked[NAMES["bob"]][concepts] == ""  # waits for a mark
    assert float(marker.unmarked[NAMES["eve"]][concepts]) == 0  # nothing was written
    assert set(NAMES.values()) <= set(after)
    assert "Which property of the log, though?" in (tmp_path / "pages" / "ada.html").read_text()


def test_enter_keeps_the_points_of_an_answer_that_changed_after_being_marked(
    marker: Marker, tmp_path: Path
) -> None:
    """Until then they are stale, and the page says so."""
    folder, key = own_folder(marker.book), ("cyd", "c2-why")
    folder.write_points({key: (1.5, "For how long?"), ("cyd", "c1-why"): (1.0, None)})
    shutil.copytree(marker.submissions / "cyd", tmp_path / "changed" / "cyd")
    write_answer(tmp_path / "changed" / "cyd", "c2-why", "For seven days.")
    source = ("mark", tmp_path / "changed", "--prepare-only")
    assert run("gradebook", *source, "--gradebook", marker.book.folder).startswith("1 new")
    stale = [key for key, given in folder.read_points().items() if given.is_stale]

    marker.open("Cyd")
    resolvable = marker.page.locator(".mark-graded:visible")
    offered = resolvable.count()
    marker.page.focus("#c2-why")
    with marker.page.expect_response(lambda answer: saved(answer, "grade")):
        marker.page.keyboard.press("Enter")
    resolvable.wait_for(state="hidden")

    assert (stale, offered) == ([key], 1)
    given = folder.read_points()[key]
    assert (given.points, given.comment, given.is_stale) == (1.5, "For how long?", False)


def test_one_line_has_the_address_and_an_interrupt_ends_the_command(marker: Marker) -> None:
    """The port is another if the wanted one is taken, and only the owner can read the log."""
    book = marker.book
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = ["gradebook", "mark", marker.submissions, "--gradebook", book.folder]
        with subprocess.Popen(
            [sys.executable, "-m", "autograder", *map(str, command), f"--port={port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hear_interrupts,
        ) as running:
            assert running.stdout is not None
            line = running.stdout.readline()
            running.send_signal(signal.SIGINT)
            rest, complaints = running.communicate()

    address = r"(http://127\.0\.0\.1:(\d+)/\?token=\w+)"
    found = re.fullmatch(rf"\d new or changed notebooks?; mark at {address} \(Ctrl.*\)\n", line)
    assert found is not None
    assert int(found[2]) != port
    assert (rest, complaints, running.returncode) == ("", "", 0)
    assert (book.folder / LOG).stat().st_mode & 0o777 == 0o600
