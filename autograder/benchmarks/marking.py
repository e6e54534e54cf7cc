"""What marking open answers costs: preparing, opening, and the browser's part of each answer."""

import json
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from autograder.benchmarks.submissions import the_assignment
from autograder.benchmarks.timing import Spread
from autograder.gradebook.book import Book
from autograder.gradebook.marking.folders import folder_of_marker, own_folder
from autograder.gradebook.marking.formgrader import running_formgrader
from autograder.gradebook.marking.preparing import marking_form, prepare
from autograder.gradebook.marking.reconciling import reconcile

STUDENTS = 120
BY_STUDENT, BY_QUESTION = 40, 40
"""How many pages of students are marked in each way."""
WORDS = ("log", "queue", "shard", "consumer", "key", "order", "offset", "replay", "since", "record")
READY = "window.formgrader && formgrader.loaded && formgrader.grades.loaded"


def report() -> Iterator[str]:
    """Measure, and yield a line for each result."""
    course, assignment = the_assignment()
    solution = (course.solutions / assignment.id / "concepts.ipynb").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        book = Book(Path(name), assignment)
        students = [f"s{number:03}" for number in range(STUDENTS)]
        (book.folder / "roster.csv").write_text(
            "\n".join(["id,name", *(f"{s},{s}" for s in students)])
        )
        notebooks = [(student, _notebook(solution, student)) for student in students]
        for what, marker in (("prepare", None), ("again, unchanged", None), ("a marker", "grace")):
            begin = time.perf_counter()
            prepare(book, course, notebooks, marker)
            yield f"{what:36} {time.perf_counter() - begin:7.2f} s"
        begin = time.perf_counter()
        with running_formgrader(own_folder(book), 0) as formgrader, sync_playwright() as playwright:
            yield f"{'formgrader is ready':36} {time.perf_counter() - begin:7.2f} s"
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page()
            begin = time.perf_counter()
            page.goto(formgrader.address)
            page.wait_for_selector("tbody a:visible")
            yield f"{'the list of submissions':36} {time.perf_counter() - begin:7.2f} s"
            page.locator("tbody a:visible").first.click()
            page.wait_for_function(READY)
            cells = [question.cell for question in marking_form(book, course).questions]
            within, between = _by_student(page, len(cells))
            yield f"{'Enter to the next score':36} {within}"
            yield f"{'Enter to the next student':36} {between}"
            page.focus(f"#{cells[1]}")
            yield f"{'Ctrl+. to the next student':36} {_by_question(page)}"
            browser.close()
        prepare(book, course, notebooks, "lin")
        everything = {(student, cell): (1.0, None) for student in students for cell in cells}
        folder_of_marker(book, "grace").write_points(everything)
        folder_of_marker(book, "lin").write_points(
            {key: (0.5 if random.random() < 0.1 else 1.0, None) for key in everything}  # noqa: S311 - not for secrets
        )
        begin = time.perf_counter()
        reconcile(book, course)
        yield f"{'reconcile two markers':36} {time.perf_counter() - begin:7.2f} s"


def _by_student(page: Page, scores: int) -> tuple[Spread, Spread]:
    """Type points and press Enter; return the seconds within a page, and from page to page."""
    within: list[float] = []
    between: list[float] = []
    for _ in range(BY_STUDENT):
        for score in range(scores):
            is_last = score == scores - 1
            before = page.url.partition("?")[0]
            focus = page.evaluate("document.activeElement.id")
            page.keyboard.type("1")
            begin = time.perf_counter()
            page.keyboard.press("Enter")
            if is_last:
                _wait_for_another_page(page, before)
            else:
                page.wait_for_function("last => document.activeElement.id !== last", arg=focus)
            (between if is_last else within).append(time.perf_counter() - begin)
    return Spread(tuple(within)), Spread(tuple(between))


def _by_question(page: Page) -> Spread:
    """Type points and go to the same question of the next student."""
    seconds = []
    for _ in range(BY_QUESTION):
        before = page.url.partition("?")[0]
        page.keyboard.type("1")
        begin = time.perf_counter()
        page.keyboard.press("Control+.")
        _wait_for_another_page(page, before)
        seconds.append(time.perf_counter() - begin)
    return Spread(tuple(seconds))


def _wait_for_another_page(page: Page, before: str) -> None:
    page.wait_for_url(lambda url: url.partition("?")[0] != before)
    page.wait_for_function(READY)


def _notebook(solution: str, student: str) -> bytes:
    """Write a notebook with answers of some sixty words."""
    rng = random.Random(student)  # noqa: S311 - not for secrets
    whole = json.loads(solution)
    for cell in whole["cells"]:
        if cell["id"].endswith("-why"):
            cell["source"] = " ".join(rng.choices(WORDS, k=60))
    return json.dumps(whole).encode()
