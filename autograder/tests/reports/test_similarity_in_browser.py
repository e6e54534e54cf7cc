"""The page of similar code in a real browser: accessible, and whole without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.reports.similar_pairs import Sources, compare
from autograder.reports.similarity_page import as_page
from autograder.tests.browser import PHONE, Scheme, needs_browser, opened, running_browser
from autograder.tests.feedback.nasty import NASTY
from autograder.tests.reports.test_similar_pairs import code, student

pytestmark = needs_browser

LONG = f"# {'x' * 500}\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser."""
    with running_browser() as made:
        yield made


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a page with a group, pairs, code from elsewhere, hostile text and what is left out."""
    hostile = "".join(f"# {line!r}\n" for line in NASTY)
    students = [
        *(student(name, LONG + hostile + code(1)) for name in ("ada", "bob", "cyd")),
        *(student(name, code(2) + LONG) for name in ("dan", "eve")),
        student("fay", "x = ("),
    ]
    known = Sources("solution", student("", code(2)).files, "year-2025")
    path = tmp_path_factory.mktemp("page") / "similar.html"
    path.write_text(as_page(compare(students, [], 50, [known]), "Logs"), "utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, page: Path, scheme: Scheme) -> None:
    """In light and dark mode, with all members of the group unfolded."""
    with opened(browser, page, scheme=scheme) as shown:
        shown.page.evaluate(
            "document.querySelectorAll('details').forEach(details => details.open = true)"
        )

        violations = shown.violations

    assert violations == []


def test_it_fits_on_a_phone(browser: Browser, page: Path) -> None:
    """Wide tables and code scroll; the page itself does not scroll sideways."""
    with opened(browser, page, width=PHONE) as shown:
        overflow = shown.overflow

    assert overflow == 0


def test_without_scripts_a_member_of_a_group_is_unfolded(browser: Browser, page: Path) -> None:
    """A link in the table leads to the group; nothing is loaded, and no error is logged."""
    with opened(browser, page, scripts=False) as shown:
        shown.page.get_by_role("link", name="group 1").first.click()
        shown.page.locator("summary").first.click()
        visible = shown.page.locator("details[open] mark").first.is_visible()

    assert visible
    assert page.as_uri() + "#group-1" in shown.page.url
    assert (shown.requests, shown.complaints) == ([], [])
