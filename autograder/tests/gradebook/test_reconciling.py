"""Two markers in two databases of nbgrader, brought together in the gradebook."""

import csv
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli.app import app
from autograder.errors import GradebookError
from autograder.gradebook.book import Book
from autograder.gradebook.marking.folders import folder_of_marker, own_folder
from autograder.tests.browser import PHONE, Scheme, needs_browser, opened, running_browser
from autograder.tests.gradebook.students import SOLUTION, make_book

STUDENTS = {"ada": "Ada", "bob": "Bob"}
ALL = {"c1-why": 1.0, "c2-why": 2.0, "c3-why": 2.0, "c6-why": 1.0}
SOURCE = (SOLUTION / "concepts.ipynb").read_text(encoding="utf-8")
HOSTILE = "<script>document.title = 'owned'</script>\n</blockquote>'\"><img src=x onerror=alert(1)>"


class Class:
    """Two students whose notebooks were kept, and a gradebook."""

    def __init__(self, folder: Path) -> None:
        self.book: Book = make_book(folder / "book", STUDENTS)
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(exist_ok=True)
        for student in STUDENTS:
            self.answer(student, {cell: f"{student} on {cell}." for cell in ALL})

    def answer(self, student: str, answers: Mapping[str, str]) -> None:
        """Change a student's open answers."""
        file = self.notebooks / f"{student}.ipynb"
        whole = json.loads(file.read_text(encoding="utf-8") if file.exists() else SOURCE)
        for cell in whole["cells"]:
            cell["source"] = answers.get(cell["id"], cell["source"])
        file.write_text(json.dumps(whole), encoding="utf-8")

    def run(self, *arguments: str) -> Result:
        """Run a command of the gradebook."""
        return CliRunner().invoke(
            app,
            [
                *("gradebook", *arguments),
                *("--gradebook", str(self.book.folder), "--assignment", self.book.assignment.id),
            ],
        )

    def prepare(self, *marker: str) -> str:
        """Make the copies for marking."""
        done = self.run("mark", str(self.notebooks), "--prepare-only", *marker)
        assert done.exit_code == 0, done.output
        return done.stdout

    def reconcile(self) -> str:
        """Compare the markers."""
        done = self.run("reconcile")
        assert done.exit_code == 0, done.output
        return done.stdout

    def mark(self, marker: str, points: Mapping[tuple[str, str], float], comment: str = "") -> None:
        """Give points as a marker does in formgrader."""
        folder_of_marker(self.book, marker).write_points(
            {key: (given, comment) for key, given in points.items()}
        )

    def in_gradebook(self) -> dict[tuple[str, str], float | None]:
        """Return the points that people gave in the gradebook."""
        given = own_folder(self.book).read_points()
        return {key: points.points for key, points in given.items() if points.by_person}

    @property
    def table(self) -> Path:
        """The table of differences."""
        return self.book.folder / "differences.csv"

    def rows(self) -> list[dict[str, str]]:
        """Read the table of differences."""
        return list(csv.DictReader(self.table.read_text(encoding="utf-8").splitlines()))

    def decide(self, **agreed: str) -> None:
        """Enter agreed points by student, and save as a spreadsheet in Germany does."""
        rows = self.rows()
        for row in rows:
            row["agreed"] = agreed.get(row["student"], row["agreed"])
        with self.table.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let two markers agree on everything, but not on C2."""
    folder = tmp_path_factory.mktemp("marked")
    made = Class(folder)
    assert made.prepare("--marker", "grace") == "2 new or changed notebooks\n"
    assert made.prepare("--marker", "lin") == "0 new or changed notebooks\n"
    everything = {(student, cell): most for student in STUDENTS for cell, most in ALL.items()}
    made.mark("grace", everything, "Full.")
    made.mark("lin", {**everything, ("ada", "c2-why"): 1.0, ("bob", "c2-why"): 0.5})
    return folder


@pytest.fixture
def two(marked: Path, tmp_path: Path) -> Class:
    """Copy the class of two markers."""
    shutil.copytree(marked, tmp_path, dirs_exist_ok=True)
    return Class(tmp_path)


def test_equal_points_get_into_the_gradebook_and_different_ones_into_the_table(two: Class) -> None:
    """A second run changes nothing."""
    said = two.reconcile()
    points, table = two.in_gradebook(), two.table.read_bytes()
    again = two.reconcile()

    assert said.splitlines() == [
        "8 answers: 6 equal, 2 different; 6 new in the gradebook",
        f"See {two.book.folder}/differences.html, and enter agreed points into {two.table}",
    ]
    assert len(points) == 6
    assert [(row["student"], row["by grace"], row["by lin"]) for row in two.rows()] == [
        ("ada", "2", "1"), ("bob", "2", "0.5"),
    ]  # fmt: skip
    assert "0 new in the gradebook" in again
    assert (two.in_gradebook(), two.table.read_bytes()) == (points, table)


def test_agreed_points_are_taken_from_the_table_as_a_spreadsheet_saves_it(two: Class) -> None:
    """They are kept, and a later change in the gradebook is not undone."""
    two.reconcile()
    two.decide(ada="1,5")

    assert "7 new" not in two.reconcile()
    assert two.in_gradebook()["ada", "c2-why"] == 1.5
    assert [row["agreed"] for row in two.rows()] == ["1.5", ""]
    own_folder(two.book).write_points({("ada", "c2-why"): (2.0, None)})
    two.reconcile()
    assert two.in_gradebook()["ada", "c2-why"] == 2
    assert "1.5 agreed before" in two.rows()[0]["note"]


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ("3", "3 is more than the points"),
        ("one", "'one' is not a number"),
        ("-1", "'-1' is not"),
        ("1_0", "'1_0' is not"),
        ("\u0661", "is not a number of points"),
        ("1e0", "'1e0' is not"),
    ],
)
def test_a_mistake_in_the_table_changes_nothing(two: Class, entered: str, said: str) -> None:
    """Nothing that was entered is lost."""
    two.reconcile()
    two.decide(bob=entered)
    points, table = two.in_gradebook(), two.table.read_bytes()

    done = two.run("reconcile")

    assert isinstance(done.exception, GradebookError)
    assert said in str(done.exception)
    assert (two.in_gradebook(), two.table.read_bytes()) == (points, table)


def test_an_answer_has_one_row_in_the_table(two: Class) -> None:
    """Nobody could say which of two decisions counts."""
    two.reconcile()
    lines = two.table.read_text(encoding="utf-8").splitlines()
    two.table.write_text("\n".join([*lines, lines[-1], ""]), encoding="utf-8")

    done = two.run("reconcile")

    assert "line 4: the answer has a row already" in str(done.exception)


def test_points_are_equal_whatever_they_were_added_up_from(two: Class) -> None:
    """A tenth of a point three times is 0.3."""
    two.mark("grace", {("ada", "c2-why"): 0.1 + 0.2, ("bob", "c2-why"): 0.3})
    two.mark("lin", {("ada", "c2-why"): 0.3, ("bob", "c2-why"): 0.1 + 0.2})

    assert "8 answers: 8 equal" in two.reconcile()
    assert two.in_gradebook()["ada", "c2-why"] == 0.3


def test_a_marker_s_impossible_points_are_refused(two: Class) -> None:
    """Although both gave them; extra credit is what formgrader has for more."""
    from nbgrader.api import Gradebook

    for name in ("grace", "lin"):
        folder = folder_of_marker(two.book, name)
        with Gradebook(f"sqlite:///{folder.database}") as gradebook:
            grade = gradebook.find_grade("c2-why", "concepts", folder.assignment, "ada")
            grade.manual_score = 2.5
            gradebook.db.commit()

    done = two.run("reconcile")

    assert isinstance(done.exception, GradebookError)
    assert "ada c2-why: 2.5 of 2 points" in str(done.exception)


def test_extra_credit_of_both_markers_stays_extra_credit(two: Class) -> None:
    """The gradebook takes more than the most points only as that."""
    for name in ("grace", "lin"):
        two.mark(name, {("ada", "c2-why"): 2.5})

    two.reconcile()

    assert two.in_gradebook()["ada", "c2-why"] == 2.5
    two.reconcile()
    assert two.book.entries()


def test_an_answer_that_changed_must_be_marked_again_by_both(two: Class) -> None:
    """Points for the other answers stay, and the agreed ones are in a note."""
    two.reconcile()
    two.decide(ada="1.5")
    two.reconcile()
    two.answer("ada", {"c2-why": "Something else."})
    assert two.prepare() == "1 new or changed notebook\n"

    said = two.reconcile()

    assert "grace: 1 changed after being marked: ada c2-why" in said
    assert "lin: 1 changed after being marked: ada c2-why" in said
    assert "1 waits for a marker, 6 equal, 1 different; 0 new in the gradebook" in said
    assert "1.5 agreed before" in two.rows()[0]["note"]
    two.mark("grace", {("ada", "c2-why"): 1})
    two.mark("lin", {("ada", "c2-why"): 1})
    assert "1 new in the gradebook" in two.reconcile()
    assert two.in_gradebook()["ada", "c2-why"] == 1


def test_one_marker_alone_is_not_compared(tmp_path: Path) -> None:
    """The error says how the second one begins."""
    made = Class(tmp_path)
    made.prepare("--marker", "grace")

    assert "--marker NAME" in str(made.run("reconcile").exception)
    assert "'../x' cannot be" in str(
        made.run("mark", str(made.notebooks), "--marker", "../x").exception
    )


def test_a_notebook_of_nobody_in_the_roster_is_a_problem(tmp_path: Path) -> None:
    """The others are prepared."""
    made = Class(tmp_path)
    (made.notebooks / "zoe.ipynb").write_text(SOURCE, encoding="utf-8")

    done = made.run("mark", str(made.notebooks), "--prepare-only")

    assert done.exit_code == 1
    assert done.stdout == "2 new or changed notebooks\n"
    assert "'zoe' is not in the gradebook's roster" in done.stderr


@needs_browser
def test_the_page_of_differences_is_accessible_and_inert(two: Class) -> None:
    """On a phone and a desk, in light and dark."""
    two.answer("bob", {"c2-why": HOSTILE})
    two.prepare()
    two.mark("grace", {("bob", "c2-why"): 1}, HOSTILE)
    two.mark("lin", {("bob", "c2-why"): 0.5}, "No.")
    two.reconcile()
    two.decide(ada="1.5")
    two.reconcile()
    two.answer("ada", {"c1-why": "Else.", "c2-why": "Else."})
    two.prepare()
    two.reconcile()

    page = two.book.folder / "differences.html"
    schemes: tuple[tuple[Scheme, int], ...] = (("light", PHONE), ("dark", 1200))
    with running_browser() as browser:
        for scheme, width in schemes:
            with opened(browser, page, scheme=scheme, width=width) as shown:
                text = shown.page.inner_text("main")
                assert shown.violations == []
                assert shown.overflow == 0
                assert (shown.complaints, shown.requests) == ([], [])
                assert shown.page.title() == (
                    "Module 6: Partitioned logs: differences between markers"
                )
                for line in HOSTILE.splitlines():
                    assert text.count(line) == 2
                assert shown.page.locator("h2").all_inner_texts() == ["To decide", "To mark again"]
