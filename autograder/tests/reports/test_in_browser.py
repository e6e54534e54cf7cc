"""The page of a class in a real browser: accessible, with and without its script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.course.class_outcomes import ClassAction
from autograder.course.class_run import RunSettings, grade_class
from autograder.course.class_submissions import ClassSubmissions
from autograder.intake.hand_ins import StudentHandIn
from autograder.reports.class_page import as_page
from autograder.reports.class_results import Row, State, read_class
from autograder.tests.browser import PHONE, needs_browser, opened, running_browser
from autograder.tests.feedback.nasty import NASTY, grade_of
from autograder.tests.hostile.corpus import read_attacks
from autograder.tests.reports.classes import write_class
from autograder.tests.student_repository.clone import ASSIGNMENT, CORPUS, COURSE, SOLUTION, clone

pytestmark = needs_browser

KINDS = ("class", "anonymous", "hostile", "corpus")
CORPUS_CLASS = (
    "right/a_writer_class",
    "wrong/partition_key_by_event",
    "wrong/stops_at_an_empty_page",
)
ATTACKS = ("poison/message_with_html", "poison/names_with_everything")
STUDENTS = 20


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser."""
    with running_browser() as made:
        yield made


def grade_corpus(output: Path) -> None:
    """Grade a few of the corpus and of the attacks as a class."""
    folder = output / "class"
    for name in CORPUS_CLASS:
        clone(folder / name.rpartition("/")[2], CORPUS[name].assemble(SOLUTION).files)
    for attack in read_attacks():
        if attack.name in ATTACKS:
            place = folder / attack.name.rpartition("/")[2]
            place.mkdir()
            attack.lay_out(place)
    handed_in = [
        StudentHandIn.of_folder(student.name, student) for student in sorted(folder.iterdir())
    ]
    settings = RunSettings(workers=2)
    outcomes = grade_class(ClassSubmissions(handed_in), ASSIGNMENT, COURSE, output, settings)
    assert {outcome.action for outcome in outcomes} == {ClassAction.GRADED}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write a page of each kind, next to the feedback pages that it links to."""
    folder = write_class(tmp_path_factory.mktemp("class") / "out", STUDENTS)
    rows = read_class(folder, folder).rows
    grade = grade_of(NASTY)
    hostile = [
        Row(
            text,
            text,
            State.COMPLETE,
            enrolled=True,
            late=True,
            grade=grade,
            attempts=(0.5, 0.7),
            page=None,
        )
        for text in NASTY
        if not any("\ud800" <= character <= "\udfff" for character in text)
    ]
    corpus = tmp_path_factory.mktemp("corpus")
    grade_corpus(corpus)
    texts = {
        "corpus": as_page(read_class(corpus).rows, "Logs"),
        "class": as_page(rows, "Logs"),
        "anonymous": as_page(rows, "Logs", anonymous=True),
        "hostile": as_page(hostile, NASTY[0]),
    }
    for name, text in texts.items():
        (folder / f"report-{name}.html").write_text(text, "utf-8")
    return {name: folder / f"report-{name}.html" for name in texts}


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(browser: Browser, pages: dict[str, Path], kind: str) -> None:
    """With all sections unfolded."""
    with opened(browser, pages[kind]) as page:
        page.unfold()

        violations = page.violations

    assert violations == []


def test_axe_finds_nothing_in_any_look(browser: Browser, pages: dict[str, Path]) -> None:
    """On a phone, on a large screen, in the dark and on paper."""
    with opened(browser, pages["class"]) as page:
        page.unfold()

        violations = page.violations_in_each_look

    assert violations == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_loaded_and_no_error_is_logged(
    browser: Browser, pages: dict[str, Path], kind: str
) -> None:
    """The page's policy allows only the page's own script."""
    with opened(browser, pages[kind]) as page:
        sortable = page.page.locator("table.sortable button").count()

    assert page.requests == []
    assert page.complaints == []
    assert sortable > 0


@pytest.mark.parametrize("kind", KINDS)
def test_it_fits_on_a_phone(browser: Browser, pages: dict[str, Path], kind: str) -> None:
    """Wide tables scroll; the page itself does not scroll sideways."""
    with opened(browser, pages[kind], width=PHONE, scheme="dark") as page:
        overflow = page.overflow

    assert overflow == 0


def test_a_column_is_sorted_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    """Numbers sort as numbers, first up and then down, and screen readers announce the order."""
    with opened(browser, pages["class"]) as page:
        score = page.page.locator("#students thead button").nth(1)
        score.focus()
        page.page.keyboard.press("Enter")
        up = page.page.locator("#students tbody td:nth-child(2)").all_inner_texts()
        page.page.keyboard.press("Enter")
        down = page.page.locator("#students tbody td:nth-child(2)").all_inner_texts()
        order = page.page.locator("#students th").nth(1).get_attribute("aria-sort")

    numbers = [float(text or -1) for text in up]
    assert numbers == sorted(numbers)
    assert [float(text or -1) for text in down] == sorted(numbers, reverse=True)
    assert order == "descending"


def test_students_are_found_by_name_and_state(browser: Browser, pages: dict[str, Path]) -> None:
    """The number of matching students is shown."""
    with opened(browser, pages["class"]) as page:
        page.page.get_by_label("Name contains").fill("OF7")
        by_name = page.page.locator("#students tbody tr:visible").all_inner_texts()
        page.page.get_by_label("Name contains").fill("")
        page.page.get_by_label("State").select_option("missing")
        missing = page.page.locator("#students tbody tr:visible").count()
        found = page.page.locator("#filter output").inner_text()

    assert [text.split("\t")[0] for text in by_name] == ["Name Of7 (student-0007)"]
    assert missing == 3
    assert found == f"3 of {STUDENTS + 3} students"


def test_without_scripts_all_of_it_is_there(browser: Browser, pages: dict[str, Path]) -> None:
    """Only the controls for sorting and filtering are hidden; ten tests are listed, unfolded."""
    with opened(browser, pages["class"], scripts=False) as page:
        rows = page.page.locator("#students tbody tr:visible").count()
        filters = page.page.locator("#filter:visible").count()
        tests = page.page.locator("#tests tbody tr:visible").count()
        buttons = page.page.locator("button").count()

    assert (rows, tests, filters, buttons) == (STUDENTS + 3, 10, 0, 0)


def test_a_name_leads_to_the_feedback_page(browser: Browser, pages: dict[str, Path]) -> None:
    """The link works from the folder of the results."""
    with opened(browser, pages["class"]) as page:
        page.page.locator("#students").get_by_role("link", name="Name Of7").click()
        title = page.page.title()

    assert title == "Page"
