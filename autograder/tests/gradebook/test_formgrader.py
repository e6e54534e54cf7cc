"""From submissions to an LMS and back, with the real formgrader in a real browser."""

import csv
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, sync_playwright
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.gradebook.book import Book
from autograder.gradebook.marking.formgrader import environment, serving_command
from autograder.tests.gradebook.students import (
    COURSE,
    ID,
    NAMES,
    grade_all,
    hand_in,
    make_book,
    write_answer,
)

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
TOKEN = "for-this-test"
HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">\n"
    "[link](javascript:document.title='owned') $\\href{javascript:alert(1)}{x}$ {{ 7*7 }}\n"
    "Because a < b && c > d."
)


@contextmanager
def formgrader(book: Book) -> Iterator[str]:
    """Serve formgrader, and return its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        serving_command(book, port),
        cwd=book.folder,
        env=environment(book) | {"JUPYTER_TOKEN": TOKEN},
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stderr is not None
            for line in server.stderr:
                if re.search(rf"http://127\.0\.0\.1:{port}", line):
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


@contextmanager
def browser_page() -> Iterator[Page]:
    """Open a page in the system's chromium."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser.new_page()
        browser.close()


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


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing: apt-get install chromium")
def test_a_mark_made_in_the_browser_survives_a_regrade(tmp_path: Path) -> None:
    """Build, hand in for five, grade, sync, mark, export, regrade, export again."""
    run("build", "--check")
    book = make_book(tmp_path / "book")
    submissions, results = tmp_path / "submissions", tmp_path / "results"
    for student in NAMES:
        hand_in(submissions, student)
    write_answer(submissions / "bob", "c1-why", HOSTILE)
    (submissions / "eve" / "concepts.ipynb").write_bytes(
        (COURSE.assignments / ID / "concepts.ipynb").read_bytes()
    )
    grade_all(submissions, results)
    run("gradebook", "sync", results, "--gradebook", book.folder)
    run("gradebook", "mark", submissions, "--prepare-only", "--gradebook", book.folder)

    with formgrader(book) as address, browser_page() as page:
        page.goto(f"{address}/login?token={TOKEN}")
        page.goto(f"{address}/formgrader/gradebook/m06-concepts/concepts")
        page.click("text=Show All Names")
        page.locator("tr", has_text="Ada").locator("a:visible").first.click()
        page.wait_for_load_state("networkidle")
        for cell, points in (("c1-why", "0.5"), ("c2-why", "2"), ("c3-why", "1"), ("c6-why", "1")):
            with page.expect_response(lambda answer: saved(answer, "grade")):
                page.fill(f"#{cell}", points)
                page.locator(f"#{cell}").dispatch_event("change")
        with page.expect_response(lambda answer: saved(answer, "comment")):
            page.fill("#c1-why-comment", "Which property of the log, though?")
            page.locator("#c1-why-comment").dispatch_event("change")
        rubric = page.inner_text("body")
        page.goto(f"{address}/formgrader/gradebook/m06-concepts/concepts")
        page.click("text=Show All Names")
        page.locator("tr", has_text="bob").locator("a:visible").first.click()
        page.wait_for_load_state("networkidle")
        hostile_title, hostile_text = page.title(), page.inner_text("body")
    before = exported(tmp_path, book)
    reader = submissions / "ada" / "kinesis_read_shards.py"
    reader.write_text("def read_from_shard(:\n")
    grade_all(submissions, results)
    run("gradebook", "sync", results, "--gradebook", book.folder)
    run("gradebook", "mark", submissions, "--prepare-only", "--gradebook", book.folder)
    after = exported(tmp_path, book)
    run("gradebook", "feedback", "--output", tmp_path / "pages", "--gradebook", book.folder)

    concepts, reading = (
        f"Module 6: Partitioned logs: {title}" for title in ("Concepts", "Reading from shards")
    )
    ada = before[NAMES["ada"]]
    assert (float(ada[concepts]), float(ada[reading])) == (9 + 4.5, 25)
    assert float(after[NAMES["ada"]][concepts]) == 9 + 4.5
    assert float(after[NAMES["ada"]][reading]) == 0
    assert before[NAMES["bob"]][concepts] == ""  # waits for a mark
    assert float(before[NAMES["eve"]][concepts]) == 0  # nothing was written
    assert set(NAMES.values()) <= set(after)
    assert "For the marker" in rubric
    assert hostile_title != "owned"
    assert "<script>" in hostile_text
    assert "Because a < b && c > d." in hostile_text
    assert "Which property of the log, though?" in (tmp_path / "pages" / "ada.html").read_text()
