"""A student's id may change, and nothing of what is on record under the earlier one is lost."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder.errors import GradebookError
from autograder.gradebook.book import Book
from autograder.gradebook.marking.earlier_ids import take_over_earlier_ids
from autograder.gradebook.marking.folders import folder_of_marker, own_folder
from autograder.gradebook.marking.preparing import prepare
from autograder.gradebook.roster import read_roster
from autograder.tests.gradebook.students import (
    COURSE,
    SOLUTION,
    a_grade,
    make_book,
    write_result,
)

CELL = "c1-why"
ROSTER = "id,name,email\nada,Ada Lovelace,ada@school.example\nbob,Bob Roe,bob@school.example\n"


def make_marked_book(folder: Path, roster: str = ROSTER) -> Book:
    """Make a gradebook with ada's and bob's results, a mark for each, and a time of ada's."""
    book = make_book(folder / "gradebook")
    (book.folder / "roster.csv").write_text(roster)
    ids = [student.id for student in book.roster().students]
    for student in ids:
        write_result(folder / "results", student, a_grade())
    (book.folder / "handins.csv").write_text(
        f"student,handed_in_at\n{ids[0]},2026-12-01T10:00:00+00:00\n"
    )
    book.sync([folder / "results"])
    notebook = (SOLUTION / "concepts.ipynb").read_bytes()
    prepare(book, COURSE, [(student, notebook) for student in ids], "ann")
    for marked in (own_folder(book), folder_of_marker(book, "ann")):
        marked.write_points({(student, CELL): (1.5, "Good.") for student in ids})
    return book


def marks(book: Book) -> Mapping[str, float]:
    """Return what people gave for one answer, by student."""
    return {
        name: points.marks[CELL].score
        for name, points in book.points().items()
        if CELL in points.marks
    }


@pytest.mark.parametrize(
    ("before", "after", "new_id"),
    [
        (ROSTER, ROSTER.replace("ada,", "ada.l,"), "ada.l"),
        (
            ROSTER,
            "id,name,earlier_id\nada.l,Ada King,ada\nbob,Bob Roe,\n",
            "ada.l",
        ),
        (
            "email,name\nada@school.example,Ada Lovelace\nbob@school.example,Bob Roe\n",
            ROSTER.replace("bob,", "bob@school.example,"),
            "ada",
        ),
        (
            "id,name\n101,Ada Lovelace\nbob,Bob Roe\n",
            "username,idnumber,name\nada,101,Ada Lovelace\nbob,102,Bob Roe\n",
            "ada",
        ),
        (
            "id,name\nMüller,Ada Müller\nbob,Bob Roe\n",
            "id,name,earlier_id\nmueller,Ada Müller,Müller\nbob,Bob Roe,\n",
            "mueller",
        ),
    ],
    ids=["same e-mail address", "earlier_id", "from e-mail to username", "number and name",
         "not safe as a file's name"],
)  # fmt: skip
def test_results_marks_and_times_follow_a_new_id(
    tmp_path: Path, before: str, after: str, new_id: str
) -> None:
    """A second time there is nothing left to do."""
    book = make_marked_book(tmp_path, before)
    (book.folder / "roster.csv").write_text(after)

    taken = take_over_earlier_ids(book)

    entry = next(entry for entry in book.entries() if entry.student.id == new_id)
    assert list(taken.new_ids.values()) == [new_id]
    assert entry.grade is not None
    assert entry.standing.handed_in_at is not None
    assert marks(book)[new_id] == 1.5
    assert (new_id, CELL) in folder_of_marker(book, "ann").read_points()
    assert own_folder(book).copy_of(new_id) is not None
    assert book.off_roster_line() == ""
    assert take_over_earlier_ids(book).lines == ()


@pytest.mark.parametrize(
    "after",
    [
        "id,name,email\nbob,Bob Roe,bob@school.example\n",
        "id,name,email\nbob,Bob Roe,\nada.l,Ada Lovelace,\n",
        "username,idnumber,name\nbob,,Bob Roe\neve,ada,Eve Roth\n",
        "id,name,email\nbob,Bob Roe,\neve,Eve Roth,ada@school.example\n",
    ],
    ids=["gone", "the same name", "another person's number", "another person's address"],
)
def test_whoever_is_not_known_again_keeps_everything(tmp_path: Path, after: str) -> None:
    """A name is no proof, and a line says what to do."""
    book = make_marked_book(tmp_path)
    (book.folder / "roster.csv").write_text(after)

    taken = take_over_earlier_ids(book)

    assert taken.new_ids == {}
    assert marks(book) == {"ada": 1.5, "bob": 1.5}
    assert book.off_roster_line() == (
        f"1 student with results or marks is not in {book.folder / 'roster.csv'}, 1 of them with"
        " marks of people: ada: everything is kept, and no export has it; if they left, there is"
        " nothing to do; if an id changed, add the column `earlier_id` to the roster and write the"
        " earlier id into it"
    )


@pytest.mark.parametrize(
    "after",
    [
        "id,name,email\nada,John Dow,john@school.example\nbob,Bob Roe,bob@school.example\n",
        "id,name\nada,Bob Roe\nbob,Ada Lovelace\n",
        "id,name,earlier_id\nada,John Dow,\nada.l,Ada Lovelace,ada\nbob,Bob Roe,\n",
    ],
    ids=["a new student", "a swap", "a new student, and the earlier one has a new id"],
)
def test_an_id_that_is_another_person_s_now_stops_everything(tmp_path: Path, after: str) -> None:
    """Else that person would get the marks."""
    book = make_marked_book(tmp_path)
    (book.folder / "roster.csv").write_text(after)

    with pytest.raises(GradebookError, match="'ada' was Ada Lovelace and is now"):
        take_over_earlier_ids(book)


@pytest.mark.parametrize(
    "row",
    ["ada,Ada King,", "ada,Augusta King,ada@school.example", "ada,Augusta King,a@x.org,ada"],
    ids=["a name in part", "the same address", "earlier_id"],
)
def test_a_person_may_change_the_name(tmp_path: Path, row: str) -> None:
    """The marks stay."""
    book = make_marked_book(tmp_path)
    (book.folder / "roster.csv").write_text(
        f"id,name,email,earlier_id\n{row}{',' * (3 - row.count(','))}\nbob,Bob Roe,,\n"
    )

    taken = take_over_earlier_ids(book)

    assert taken.new_ids == {}
    assert marks(book) == {"ada": 1.5, "bob": 1.5}


def test_a_time_under_another_key_of_the_student_is_kept(tmp_path: Path) -> None:
    """The student would be in the file twice otherwise."""
    book = make_marked_book(tmp_path)
    (book.folder / "roster.csv").write_text(ROSTER.replace("ada,", "ada.l,"))
    handins = book.folder / "handins.csv"
    handins.write_text(f"{handins.read_text()}ada@school.example,2026-12-02T10:00:00+00:00\n")

    take_over_earlier_ids(book)

    (times,) = [handin.handed_in_at for handin in book.handins().values()]
    assert times is not None
    assert times.day == 2


def test_marks_under_the_new_id_are_not_replaced(tmp_path: Path) -> None:
    """A person has to look at both."""
    book = make_marked_book(tmp_path)
    (book.folder / "roster.csv").write_text("id,earlier_id\nbob,ada\n")

    taken = take_over_earlier_ids(book)

    assert taken.new_ids == {}
    assert taken.lines == (
        "bob: people marked answers under this id and under the earlier 'ada', so nothing was taken"
        " over: the marks under 'bob' count",
    )
    assert marks(book) == {"ada": 1.5, "bob": 1.5}


def test_the_marks_of_an_earlier_id_replace_a_record_without_marks(tmp_path: Path) -> None:
    """A run may have graded the student under the new id before."""
    book = make_marked_book(tmp_path)
    (book.folder / "roster.csv").write_text("id,name\nada.l,Ada Lovelace\nbob,Bob Roe\n")
    (book.folder / "handins.csv").unlink()
    write_result(tmp_path / "new", "ada.l", a_grade(digest="sha256:9"))
    book.sync([tmp_path / "new"])
    notebook = (SOLUTION / "concepts.ipynb").read_bytes()
    prepare(book, COURSE, [("ada.l", notebook)])
    (book.folder / "roster.csv").write_text("id,name,earlier_id\nada.l,Ada L,ada\nbob,Bob Roe,\n")

    take_over_earlier_ids(book)

    assert marks(book) == {"ada.l": 1.5, "bob": 1.5}
    grade = book.entries()[0].grade
    assert grade is not None
    assert grade.submission.digest == "sha256:9"


@pytest.mark.parametrize("title", ["earlier_id", "Earlier ID"])
@pytest.mark.parametrize("header", ["login", "Student,ID,Section", "username,section"])
def test_every_form_of_roster_may_have_the_column(tmp_path: Path, header: str, title: str) -> None:
    """No system exports it: a person adds it."""
    row = ",".join("17" for _ in header.split(","))
    (tmp_path / "roster.csv").write_text(f"{header},{title}\n{row},ada\n")

    (student,) = read_roster(tmp_path / "roster.csv").students

    assert student.earlier_id == "ada"


def test_marks_given_blind_follow_when_identities_are_revealed(tmp_path: Path) -> None:
    """The worksheet without names had participants' numbers; the new one names them as earlier."""
    header = "Identifier,Status,Grade can be changed"
    book = make_marked_book(tmp_path, f"{header}\nParticipant 501,,Yes\nParticipant 502,,Yes\n")
    (book.folder / "roster.csv").write_text(
        f"{header},Full name,Email address,earlier_id\n"
        "Participant 501,,Yes,Ada Lovelace,ada@x.org,501\n"
        "Participant 502,,Yes,Bob Roe,bob@x.org,502\n"
    )

    taken = take_over_earlier_ids(book)

    assert taken.new_ids == {"501": "ada@x.org", "502": "bob@x.org"}
    assert marks(book) == {"ada@x.org": 1.5, "bob@x.org": 1.5}
