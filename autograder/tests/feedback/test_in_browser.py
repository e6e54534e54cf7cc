"""The feedback page in a real browser: accessible, and without anything from outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.feedback.html import as_html
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Grade
from autograder.tests.browser import (
    PHONE,
    needs_browser,
    opened,
    running_browser,
)
from autograder.tests.feedback.nasty import NASTY, grade_of
from autograder.tests.student_repository.clone import ASSIGNMENT, CORPUS, COURSE, SOLUTION
from autograder.validation.gallery import FOLDER, SHOWN, drawing_in

pytestmark = needs_browser
PROJECT = COURSE.assignments.parent

LARGEST = 300_000
FAULTS = tuple(f"wrong/{name}" for name in SHOWN)
PAGES = (*FAULTS, "hostile")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser."""
    with running_browser() as made:
        yield made


@pytest.fixture(scope="module")
def grades() -> dict[str, Grade]:
    """Grade a part of the corpus, and make a grade of hostile strings."""
    with Examiner(ASSIGNMENT, COURSE) as examiner:
        graded = {name: examiner.grade(CORPUS[name].assemble(SOLUTION))[0] for name in FAULTS}
    return {**graded, "hostile": grade_of(NASTY)}


@pytest.fixture(scope="module")
def pages(grades: dict[str, Grade], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write each grade as a page."""
    folder = tmp_path_factory.mktemp("pages")
    paths = {name: folder / f"{name.rpartition('/')[2]}.html" for name in grades}
    for name, path in paths.items():
        page = as_html(grades[name], title="Logs", student="Ada", files_at="")
        path.write_text(page, "utf-8")
    return paths


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, pages: dict[str, Path], name: str) -> None:
    """With all sections unfolded."""
    with opened(browser, pages[name]) as page:
        page.unfold()

        violations = page.violations

    assert violations == []


def test_axe_finds_nothing_in_any_look(browser: Browser, pages: dict[str, Path]) -> None:
    """On a phone, on a large screen, in the dark and on paper."""
    with opened(browser, pages["wrong/ignores_rejected_records"]) as page:
        page.unfold()

        violations = page.violations_in_each_look

    assert violations == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_loaded_and_nothing_runs(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    """The page sends no request and logs no error, and its title is ours."""
    with opened(browser, pages[name]) as page:
        title = page.page.title()

    assert page.requests == []
    assert page.complaints == []
    assert title.endswith(" / 100") or name == "hostile"


@pytest.mark.parametrize("name", PAGES)
def test_it_fits_on_a_phone(browser: Browser, pages: dict[str, Path], name: str) -> None:
    """A wide drawing scrolls; the page itself does not scroll sideways."""
    with opened(browser, pages[name], width=PHONE, scheme="dark") as page:
        page.unfold()
        overflow = page.overflow

    assert overflow == 0


def test_the_labels_of_a_drawing_are_in_view_on_a_phone(
    browser: Browser, pages: dict[str, Path]
) -> None:
    """Only the records of a long shard must be scrolled."""
    with opened(browser, pages["wrong/stops_at_an_empty_page"], width=PHONE) as page:
        drawing = page.page.locator(".wide:has(.log)").first
        inside = drawing.evaluate("box => box.getBoundingClientRect().right")
        ends = drawing.locator(".log .title, .log .quiet").evaluate_all(
            "labels => labels.map(label => label.getBoundingClientRect().right)"
        )

    assert max(ends) <= inside


def test_the_sequence_number_of_a_record_can_be_seen_with_mouse_and_keyboard(
    browser: Browser, pages: dict[str, Path]
) -> None:
    """Without any script."""
    with opened(browser, pages["wrong/stops_at_an_empty_page"], scripts=False) as page:
        cells = page.page.locator(".log .cell")
        drawn = [f"event {cells.nth(at).locator('text').first.text_content()}" for at in (2, 3)]
        before = page.page.locator(".told:visible").count()
        cells.nth(2).hover()
        hovered = page.page.locator(".told:visible").all_text_contents()
        page.page.mouse.move(0, 0)
        cells.nth(3).focus()
        focused = page.page.locator(".told:visible").all_text_contents()

    assert before == 0
    assert [text.split(",")[0].partition(" of ")[0] for text in (*hovered, *focused)] == drawn
    assert "sequence number 4" in hovered[0]


def test_a_page_is_small(pages: dict[str, Path]) -> None:
    """The pages of 300 students must be small enough to store and send."""
    sizes = {name: path.stat().st_size for name, path in pages.items()}

    assert max(sizes.values()) < LARGEST


@pytest.mark.parametrize(("name", "test_id"), SHOWN.items())
def test_the_gallery_shows_what_students_get(
    grades: dict[str, Grade], name: str, test_id: str
) -> None:
    """`python -m autograder.validation.gallery` brings it up to date."""
    kept = (PROJECT / FOLDER / f"{name}.svg").read_text("utf-8")

    assert kept == drawing_in(grades[f"wrong/{name}"], test_id)


def test_the_checks_find_a_bad_page(browser: Browser, tmp_path: Path) -> None:
    """The tests above can fail: they would notice each fault of this page."""
    path = tmp_path / "bad.html"
    path.write_text(
        "<!doctype html><title>Bad</title><img src=missing.png><p style='width: 5000px'>wide</p>"
        "<script>console.error('said')</script>"
    )

    with opened(browser, path) as page:
        found = page.violations
        overflow = page.overflow

    assert any(complaint.startswith("image-alt") for complaint in found)
    assert overflow > 0
    assert any("missing.png" in request for request in page.requests)
    assert "said" in page.complaints
