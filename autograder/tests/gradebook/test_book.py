"""The gradebook: points are written and marks are kept, whatever happens in between."""

import csv
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.errors import GradebookError
from autograder.gradebook.book import BACKUP, Book
from autograder.gradebook.database import require_sound
from autograder.gradebook.entries import BookEntry
from autograder.gradebook.handins import Handin, line_on_strangers
from autograder.gradebook.standing import StandingStatus
from autograder.gradebook.ungraded import NOT_HANDED_IN, NOT_READABLE, Ungraded, write_ungraded
from autograder.grading.grade import Outcome
from autograder.grading.results import load_grade
from autograder.policy import Deadline, LatePenalty, Policy, Ruling
from autograder.tests.gradebook.students import ASSIGNMENT, a_grade, make_book, write_result

DUE = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
OPEN = {f"concepts/c{n}_why": Outcome.UNIMPLEMENTED for n in (1, 2, 3, 6)}
SYNC = """
import sys
from pathlib import Path
from autograder.tests.gradebook.students import ASSIGNMENT
from autograder.gradebook.book import Book
report = Book(Path(sys.argv[1]), ASSIGNMENT).sync(
    [Path(sys.argv[2])], on_student=lambda: print("one", flush=True)
)
print("done", len(report.written), flush=True)
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Make a gradebook for five students."""
    return make_book(tmp_path / "book")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Make a folder with the results of two students."""
    folder = tmp_path / "results"
    write_result(folder, "ada", a_grade())
    write_result(
        folder, "bob", a_grade({**OPEN, "writer/create_returns_once_active": Outcome.WRONG})
    )
    return folder


def policy(**decided: object) -> Policy:
    """Make a policy with a deadline."""
    given = {"timezone": "UTC", "deadline": Deadline(at=DUE), **decided}
    return Policy.model_validate(given)


def entry(book: Book, student: str) -> BookEntry:
    """Find one student's entry."""
    return next(found for found in book.entries() if found.student.id == student)


def mark(book: Book, student: str, cell: str, points: float, comment: str = "") -> None:
    """Mark an open answer as formgrader does, with nbgrader's API."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{book.database}") as gradebook:
        gradebook.update_or_create_assignment(book.notebook_assignment)
        gradebook.update_or_create_notebook("concepts", book.notebook_assignment)
        for name in ("c1-why", "c2-why", "c3-why", "c6-why"):
            place = (name, "concepts", book.notebook_assignment)
            gradebook.update_or_create_grade_cell(*place, max_score=2, cell_type="markdown")
            gradebook.update_or_create_solution_cell(*place)
        gradebook.update_or_create_submission(book.notebook_assignment, student)
        grade = gradebook.find_grade(cell, "concepts", book.notebook_assignment, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment(
            cell, "concepts", book.notebook_assignment, student
        ).manual_comment = comment
        gradebook.db.commit()


def dump(book: Book) -> list[str]:
    """Write a database as text."""
    with sqlite3.connect(book.database) as connection:
        return list(connection.iterdump())


def test_points_are_written_and_read_again(book: Book, results: Path) -> None:
    """Open answers are not marked yet, and a student without a submission is missing."""
    synced = book.sync([results])

    assert synced.written == ("ada", "bob")
    assert entry(book, "ada").standing.status is StandingStatus.UNDECIDED
    assert len(entry(book, "ada").to_mark) == 4
    assert entry(book, "bob").standing.total == 85 + 9 - 2
    assert entry(book, "cyd").standing.status is StandingStatus.MISSING
    assert entry(book, "cyd").standing.total is None


def test_the_same_results_again_change_nothing(book: Book, results: Path) -> None:
    """No row of the database changes."""
    book.sync([results])
    before = dump(book)

    book.sync([results])

    assert dump(book) == before


def test_marks_and_comments_survive_every_sync(book: Book, results: Path) -> None:
    """They survive even if the automatic points and the answers change."""
    book.sync([results])
    for cell, points in (("c1-why", 0.5), ("c2-why", 2), ("c3-why", 1), ("c6-why", 1)):
        mark(book, "ada", cell, points, "Well put.")
    before = entry(book, "ada").standing.total
    write_result(
        results, "ada", a_grade({"reader/oldest_records_come_first": Outcome.WRONG, **OPEN})
    )

    book.sync([results])

    after = entry(book, "ada")
    reader = next(
        checkpoint for checkpoint in after.standing.checkpoints if checkpoint.id == "reader"
    )
    assert before == 85 + 9 + 4.5
    assert after.standing.checkpoints[-1].score == 9 + 4.5
    assert after.to_mark == ()
    assert reader.score is not None
    assert reader.score < 25


def test_points_changed_by_hand_in_nbgrader_count(book: Book, results: Path) -> None:
    """The instructor decides."""
    from nbgrader.api import Gradebook

    book.sync([results])
    with Gradebook(f"sqlite:///{book.database}") as gradebook:
        grade = gradebook.find_grade("writer", "checkpoints", book.code_assignment, "bob")
        grade.manual_score = 30
        gradebook.db.commit()

    book.sync([results])

    assert entry(book, "bob").standing.total == 85 + 9


def test_a_checkpoint_that_was_not_graded_is_not_decided(book: Book, results: Path) -> None:
    """A fault of the grader does not count as zero points."""
    outcomes = {**OPEN, "reader/oldest_records_come_first": Outcome.GRADER_ERROR}
    write_result(results, "cyd", a_grade(outcomes))

    book.sync([results])

    reader = next(
        checkpoint
        for checkpoint in entry(book, "cyd").standing.checkpoints
        if checkpoint.id == "reader"
    )
    assert reader.score is None
    assert entry(book, "cyd").standing.total is None


def test_lateness_and_excuses_follow_from_hand_ins_and_policy(book: Book, results: Path) -> None:
    """GitHub's times are compared with the deadline."""
    (book.folder / "handins.csv").write_text(
        "student,handed_in_at,commit\nbob,2026-12-02T01:59:00+01:00,abc\n"
    )
    book = Book(book.folder, ASSIGNMENT, policy(excused=("cyd",)))

    book.sync([results])

    bob = entry(book, "bob").standing
    assert (bob.late_seconds, bob.commit) == (2 * 3600, "abc")
    assert bob.handed_in_at == datetime(2026, 12, 2, 0, 59, tzinfo=UTC)
    assert entry(book, "cyd").standing.status is StandingStatus.EXCUSED


def test_new_handins_are_merged_with_the_existing_ones(book: Book) -> None:
    """Other students' are kept; the next sync takes the new grade and time."""
    path = book.folder / "handins.csv"
    path.write_text("student,commit\nbob,abc\ncyd,\n")
    when = datetime(2026, 12, 2, 0, 59, tzinfo=UTC)

    book.hand_in("bob", a_grade(), Handin(handed_in_at=when, commit="def", repository="o/r"))
    book.sync([book.folder / "results"])

    assert path.read_text() == (
        "student,handed_in_at,commit,repository\nbob,2026-12-02T00:59:00+00:00,def,o/r\ncyd,,,\n"
    )
    assert entry(book, "bob").standing.handed_in_at == when


def test_an_excuse_in_the_handins_says_where_it_goes_now(book: Book, results: Path) -> None:
    """In one line; a student must not lose the excuse unnoticed."""
    (book.folder / "handins.csv").write_text("student,excused\ncyd,yes\n")

    with pytest.raises(GradebookError) as caught:
        book.sync([results])

    assert "students are excused in course.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("late_by", "percent"), [(0, 0), (1, 10), (2, 20), (3, 100)])
def test_nbgrader_s_own_scores_have_the_penalty(
    book: Book, results: Path, late_by: int, percent: float
) -> None:
    """Those of code and notebook add up to the total, as `nbgrader export` computes them."""
    handed_in_at = (DUE + timedelta(days=late_by)).isoformat()
    (book.folder / "handins.csv").write_text(f"student,handed_in_at\nada,{handed_in_at}\n")
    late = policy(late=LatePenalty(percent_per_day=10, days=2))
    book = Book(book.folder, ASSIGNMENT, late)
    book.sync([results])
    for cell, points in (("c1-why", 0.5), ("c2-why", 2), ("c3-why", 1), ("c6-why", 1)):
        mark(book, "ada", cell, points)

    book.sync([results])

    standing = entry(book, "ada").standing
    assert standing.penalty_percent == percent
    assert standing.total == round((85 + 9 + 4.5) * (100 - percent) / 100, 2)
    assert exported_by_nbgrader(book)["ada"] == pytest.approx(standing.total)


def exported_by_nbgrader(book: Book) -> dict[str, float]:
    """Add up what `nbgrader export` writes for each student."""
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    file = book.folder / "exported.csv"
    with Gradebook(f"sqlite:///{book.database}") as gradebook:
        CsvExportPlugin(to=str(file)).export(gradebook)
    totals: dict[str, float] = {}
    with file.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows, restkey="rest"):
            totals[row["student_id"]] = totals.get(row["student_id"], 0.0) + float(row["score"])
    return totals


def test_each_sync_follows_the_policy(book: Book, results: Path) -> None:
    """Also for students whose results came with an earlier sync."""
    book.sync([results])
    dropped = policy(tests={"writer/create_returns_once_active": Ruling.DROPPED})
    changed = Book(book.folder, ASSIGNMENT, dropped)

    changed.sync([])

    assert exported_by_nbgrader(changed)["bob"] == 85 + 9 - 2
    assert [found.standing.max_score for found in changed.entries()] == [98] * 5
    assert entry(changed, "bob").standing.total == 92


def test_all_mistakes_in_the_handins_are_reported_together(book: Book, results: Path) -> None:
    """With their lines."""
    (book.folder / "handins.csv").write_text(
        "student,handed_in_at\nada,yesterday\nbob,2026-12-01T10:00:00\ncyd,\ncyd,\n"
    )

    with pytest.raises(GradebookError) as caught:
        book.sync([results])

    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert [line.split(":")[0] for line in lines[1:]] == ["line 2", "line 3", "line 5"]


@pytest.mark.parametrize(
    ("delimiter", "codec"),
    [(";", "utf-8"), ("\t", "utf-8"), (",", "utf-8-sig"), (";", "utf-8-sig"), ("\t", "utf-16")],
)
def test_the_handins_may_be_saved_by_a_spreadsheet(book: Book, delimiter: str, codec: str) -> None:
    """As a roster may: with another delimiter, and with a byte order mark."""
    lines = ["Student,Handed_in_at,", "ada,2026-12-01T10:00:00+00:00,", ",,", ""]
    text = "\r\n".join(lines).replace(",", delimiter)
    (book.folder / "handins.csv").write_bytes(text.encode(codec))

    found = book.handins()

    assert {name: handin.handed_in_at for name, handin in found.items()} == {
        "ada": datetime(2026, 12, 1, 10, tzinfo=UTC)
    }


def test_a_row_of_the_handins_on_somebody_who_left_stops_nothing(book: Book, results: Path) -> None:
    """It is named, and stays when the file is written again."""
    file = book.folder / "handins.csv"
    file.write_text("student,handed_in_at\nzoe,2026-12-01T10:00:00+00:00\n")

    synced = book.sync([results])
    book.note_handins({"ada": Handin(commit="a" * 40)})

    assert synced.problems == ()
    assert line_on_strangers(file, book.roster()) == (
        f"{file}: 1 row of students who are not in the roster: line 3 'zoe': delete them if the"
        " students left; otherwise, correct the ids"
    )
    assert "zoe,2026-12-01T10:00:00+00:00,," in file.read_text().splitlines()
    assert set(book.handins()) == {"ada"}


@pytest.mark.parametrize("text", ["20261203", "1798840800", "2026", "-5", "9999-12-31T23:59:59Z"])
def test_a_time_in_the_handins_is_written_out(book: Book, results: Path, text: str) -> None:
    """A bare number is not taken for seconds since 1970: that would never be late."""
    (book.folder / "handins.csv").write_text(f"student,handed_in_at\nada,{text}\n")

    with pytest.raises(GradebookError, match=r"line 2: handed_in_at: (write a time|the year)"):
        book.sync([results])


def test_a_bad_result_does_not_stop_the_others(book: Book, results: Path) -> None:
    """Each bad result is reported with the reason."""
    (results / "eve.json").write_text("{")
    (results / "stranger.json").write_text("{}")
    (results / "dan.json").write_text('{"assignment": "other"}')
    whole = a_grade()
    write_result(results, "cyd", whole.model_copy(update={"checkpoints": whole.checkpoints[:1]}))

    synced = book.sync([results])

    assert synced.written == ("ada", "bob")
    assert len(synced.problems) == 3
    roster = book.folder / "roster.csv"
    assert synced.off_roster.startswith(
        f"1 student with results or marks is not in {roster}: stranger: everything is kept"
    )
    assert any("is not a grade of all checkpoints" in line for line in synced.problems)


def test_results_of_another_course_are_a_problem(book: Book, tmp_path: Path) -> None:
    """A line counts them, names three, and says which roster was read."""
    for number in range(1, 6):
        write_result(tmp_path / "other", f"stud0{number}", a_grade())

    synced = book.sync([tmp_path / "other"])

    (line,) = synced.problems
    assert line.startswith(
        f"5 students with results or marks are not in {book.folder / 'roster.csv'}: "
        "stud01, stud02, stud03 and 2 more: "
    )
    assert synced.off_roster == ""


def test_a_damaged_database_is_reported_and_not_changed(book: Book, results: Path) -> None:
    """The error says where the backup is."""
    book.sync([results])
    book.sync([results])
    content = book.database.read_bytes()
    book.database.write_bytes(content[:8192] + b"\0" * 4096 + content[12288:])
    damaged = book.database.read_bytes()

    with pytest.raises(GradebookError, match="database is damaged"):
        book.sync([results])

    assert book.database.read_bytes() == damaged
    require_sound(book.folder / BACKUP)


def test_a_file_that_is_not_a_database_is_reported(book: Book, results: Path) -> None:
    """Some other file has the name of the database."""
    book.database.write_text("dear diary")

    with pytest.raises(GradebookError, match="database is damaged"):
        book.sync([results])

    assert book.database.read_text() == "dear diary"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_read_only_folder_is_reported(book: Book, results: Path) -> None:
    """The report is one line, and nothing is changed."""
    book.sync([results])
    before = dump(book)
    for path in (book.folder, *book.folder.parents):
        if path == Path(tempfile.gettempdir()):
            break
        path.chmod(0o755)

    error = as_nobody(lambda: book.sync([results]))

    assert error == f"AutograderError: {book.folder} cannot be written: Permission denied"
    assert dump(book) == before


def as_nobody(do: Callable[[], object]) -> str:
    """Do something as a user without rights; return the error that it raised."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setresuid(65534, 65534, 65534)
            do()
        except Exception as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(pid, 0)
    message = os.read(reading, 10_000).decode()
    os.close(reading)
    return message


def test_a_sync_that_is_killed_loses_nothing_and_can_be_done_again(
    book: Book, results: Path
) -> None:
    """It is killed after the first student."""
    book.sync([results])
    mark(book, "ada", "c1-why", 0.5)
    for student in ("cyd", "dan", "eve"):
        write_result(results, student, a_grade(OPEN))
    with subprocess.Popen(
        [sys.executable, "-c", SYNC, str(book.folder), str(results)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)

    synced = book.sync([results])

    assert len(synced.written) == 5
    assert all(entry(book, name).grade for name in ("ada", "bob", "cyd", "dan", "eve"))
    assert "concepts/c1_why" not in entry(book, "ada").to_mark


def test_two_concurrent_syncs_both_succeed(book: Book, results: Path) -> None:
    """The second waits for the first."""
    for student in ("cyd", "dan", "eve"):
        write_result(results, student, a_grade(OPEN))
    command = [sys.executable, "-c", SYNC, str(book.folder), str(results)]

    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate()[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert all(text.endswith("done 5\n") for text in outputs)
    assert len([known for known in book.entries() if known.grade]) == 5


def run_again_without(results: Path, student: str, state: str, reason: str = "") -> None:
    """Do what a class run does if a student's hand-in is gone, or cannot be read."""
    earlier = results / f"{student}.json"
    withdrawn = load_grade(earlier).submission.digest if earlier.exists() else ""
    earlier.unlink(missing_ok=True)
    write_ungraded(results, [Ungraded(student, state, reason, withdrawn)])


def test_a_hand_in_that_cannot_be_read_is_not_missing(book: Book, results: Path) -> None:
    """Its points stay empty, even if students without a hand-in get 0; others are as before."""
    run_again_without(results, "cyd", NOT_READABLE, "work.rar cannot be opened")

    book.sync([results])

    for is_zero in (False, True):
        cyd, dan = book.entries(missing_is_zero=is_zero)[2:4]
        assert cyd.standing.status is StandingStatus.UNGRADED
        assert cyd.standing.ungraded == (
            "what was handed in cannot be read: work.rar cannot be opened"
        )
        assert (cyd.standing.total, cyd.standing.open_points) == (None, 100)
        assert set(cyd.standing.final_scores) == {None}
        assert dan.standing.status is StandingStatus.MISSING


def test_a_run_over_another_section_withdraws_nothing(
    book: Book, results: Path, tmp_path: Path
) -> None:
    """It lacks this section's hand-ins, and lists everybody of the roster."""
    book.sync([results])
    other = tmp_path / "other"
    other.mkdir()
    write_ungraded(other, [Ungraded("ada", NOT_HANDED_IN, "")])

    synced = book.sync([other])

    assert entry(book, "ada").grade is not None
    assert synced.warnings == (
        "1 student without a hand-in in this run keeps the result of an earlier sync: ada: if it"
        " should not count, delete it from the gradebook's results/",
    )


@pytest.mark.parametrize("way", ["sync", "push"])
def test_a_later_grade_removes_the_note_of_an_unreadable_hand_in(
    book: Book, results: Path, way: str
) -> None:
    """Also if the grade came with a push, and is gone again later."""
    run_again_without(results, "cyd", NOT_READABLE, "work.rar cannot be opened")
    book.sync([results])
    run_again_without(results, "dan", NOT_HANDED_IN)
    write_result(results, "cyd", a_grade(OPEN))

    if way == "sync":
        book.sync([results])
    else:
        book.hand_in("cyd", a_grade(OPEN), Handin())

    assert entry(book, "cyd").standing.total == 85 + 9
    (book.folder / "results" / "cyd.json").unlink()
    assert entry(book, "cyd").standing.status is StandingStatus.MISSING


@pytest.mark.parametrize(
    ("state", "status"),
    [(NOT_HANDED_IN, StandingStatus.MISSING), (NOT_READABLE, StandingStatus.UNGRADED)],
)
@pytest.mark.parametrize("given", ["folder", "files"])
def test_the_result_of_a_hand_in_that_is_gone_is_withdrawn(
    book: Book, results: Path, state: str, status: StandingStatus, given: str
) -> None:
    """From the gradebook's folder and nbgrader's database; the command says so."""
    book.sync([results])
    run_again_without(results, "bob", state)

    synced = book.sync([results] if given == "folder" else sorted(results.glob("*.json")))

    assert synced.warnings == (
        "bob: the earlier result was withdrawn, since nothing readable is handed in now",
    )
    assert (entry(book, "bob").standing.status, entry(book, "bob").grade) == (status, None)
    assert not (book.folder / "results" / "bob.json").exists()
    assert exported_by_nbgrader(book)["bob"] == 0
    assert exported_by_nbgrader(book)["ada"] == 85 + 9
    assert book.sync([results]).warnings == ()


def test_marks_outlive_a_result_that_is_withdrawn(book: Book, results: Path) -> None:
    """The warning names them; they count again as soon as there is a grade."""
    book.sync([results])
    mark(book, "ada", "c1-why", 0.5, "Well put.")
    run_again_without(results, "ada", NOT_HANDED_IN)

    synced = book.sync([results])

    assert synced.warnings[0].endswith("; people's marks stay in the gradebook, but do not count")
    assert book.points()["ada"].marks["c1-why"].score == 0.5
    assert book.points()["ada"].marks["c1-why"].comment == "Well put."


def test_results_of_students_whom_no_run_lists_stay(book: Book, results: Path) -> None:
    """A run over a part of the class says nothing about the others."""
    book.sync([results])
    (results / "ada.json").unlink()

    book.sync([results])

    assert entry(book, "ada").grade is not None
