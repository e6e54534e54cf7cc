"""The page of changes: what it says, and that hostile names are text on it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.course.changes import ChangedTest, ChangeReason, ScoreChange
from autograder.reports.changes_page import MOST_STUDENTS, as_page
from autograder.tests.browser import DESK, PHONE, Scheme, needs_browser, opened, running_browser
from autograder.tests.feedback.nasty import NASTY

TITLE = "Partitioned logs"


def changed(student: str, points: float, test: str = "writer/keeps_order") -> ScoreChange:
    """Make the change of a student who had 50 points."""
    (before, after) = (0.0, points) if points > 0 else (-points, 0.0)
    return ScoreChange(
        student,
        50.0,
        50.0 + points,
        100.0,
        100.0,
        (ChangedTest(test, before, after, ChangeReason.SUITE),),
        {ChangeReason.SUITE: points},
    )


CLASS = [changed("ada", 3), changed("bob", -2, "reader/stops"), changed("cyd", 1.5)]
EXCUSED = ScoreChange("dan", 40.0, None, 100.0, 100.0, (), {ChangeReason.POLICY: -40.0})


class Elements(HTMLParser):
    """Collects the elements of a page, and the text of its cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.rows: list[list[str]] = []
        self._in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        """Note a cell's text."""
        if self._in_cell:
            self.rows[-1][-1] += data


def test_who_gained_and_who_lost_is_said_first() -> None:
    """With how many students were compared."""
    page = as_page([*CLASS, EXCUSED], TITLE, 20)

    assert "<strong>2</strong> students gained points" in page
    assert "<strong>2</strong> students lost points" in page
    assert "<strong>16</strong> with the same points" in page


def test_each_test_and_each_student_has_a_row() -> None:
    """Students who lost most come first; a name leads to the student's page."""
    page = as_page([*CLASS, EXCUSED], TITLE, 20, {"ada": "feedback/ada.html"})

    elements = Elements(page)
    assert elements.rows == [
        ["test", "gained by it", "lost by it", "points in all"],
        ["writer/keeps_order", "2", "0", "+4.5"],
        ["reader/stops", "0", "1", "-2"],
        ["student", "before", "after", "change", "why", "by which tests"],
        ["dan", "40 / 100", "none", "-40", "policy -40", ""],
        ["bob", "50 / 100", "48 / 100", "-2", "suite -2", "reader/stops -2"],
        ["cyd", "50 / 100", "51.5 / 100", "+1.5", "suite +1.5", "writer/keeps_order +1.5"],
        ["ada", "50 / 100", "53 / 100", "+3", "suite +3", "writer/keeps_order +3"],
    ]
    assert elements.links == ["feedback/ada.html"]


def test_nobody_changed() -> None:
    """The page says so, without a table."""
    page = as_page([], TITLE, 20)

    assert "Nobody's points changed." in page.replace("&#39;", "'")
    assert "table" not in Elements(page).tags


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_names_are_only_shown(nasty: str) -> None:
    """Names of students, tests and files add no element to the page."""
    path = f"feedback/{nasty}.html".encode("utf-8", "replace").decode()  # as a file's name is

    page = as_page([changed(nasty, 1, nasty)], nasty, 1, {nasty: path})

    plain = as_page([changed("ada", 1)], TITLE, 1, {"ada": "feedback/ada.html"})
    assert Elements(page).tags == Elements(plain).tags
    assert all(character.isprintable() or character == "\n" for character in page)


def test_the_page_of_a_huge_class_is_bounded() -> None:
    """The table as CSV has the others."""
    many = [changed(f"s{number}", 1) for number in range(MOST_STUDENTS + 5)]

    page = as_page(many, TITLE, len(many))

    assert page.count("<tr>") == MOST_STUDENTS + 3
    assert "has 5 more" in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser."""
    with running_browser() as made:
        yield made


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_is_accessible_and_fits(
    browser: Browser, tmp_path: Path, width: int, scheme: Scheme
) -> None:
    """Axe finds nothing; wide tables scroll, and the page itself does not; nothing is loaded."""
    hostile = [changed(name, 1, name) for name in NASTY if name.strip()]
    (tmp_path / "changes.html").write_text(
        as_page([*CLASS, EXCUSED, *hostile], TITLE, 90, {"ada": "feedback/ada.html"}), "utf-8"
    )

    with opened(browser, tmp_path / "changes.html", width=width, scheme=scheme) as page:
        found = (page.violations, page.overflow, page.requests, page.complaints)

    assert found == ([], 0, [], [])
