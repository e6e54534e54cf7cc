"""`autograder close` makes everything that follows from a deadline, also if it is killed."""

import csv
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.gradebook.book import Book
from autograder.gradebook.marking.folders import own_folder
from autograder.gradebook.marking.preparing import prepare
from autograder.policy import read_policy
from autograder.tests.checkout import SECOND, Done, copy_checkout, run
from autograder.tests.github_stand_in import StandIn
from autograder.tests.github_stand_in.stand_in import START
from autograder.tests.gradebook.students import (
    ASSIGNMENT,
    COURSE,
    SOLUTION,
    hand_in,
    write_answer,
)
from autograder.tests.gradebook.test_book import exported_by_nbgrader

COURSE_FILE = """
timezone = "UTC"
excused = ["dan"]
[deadline]
at = 2024-12-01T23:59:00
[late]
percent_per_day = 10
"""
STUDENTS = ("ada", "bob", "cyd", "dan", "eve")
WRONG = "def count_words(text):\n    return {word: text.count(word) for word in text.split()}\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a course of two assignments; tests do not change it."""
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "copy", second_assignment=True)


def make_course(folder: Path, checkout: Path) -> Path:
    """Make a course whose class hands in the second assignment: bob is late, eve hands in nothing.

    Returns:
        The course file; the hand-ins lie next to its folder.
    """
    (folder / "course" / "gradebook").mkdir(parents=True)
    file = folder / "course" / "course.toml"
    file.write_text(COURSE_FILE)
    roster = "\n".join(f"{name},{name.title()} Name,{name}@x.org,{name}" for name in STUDENTS)
    (folder / "course" / "roster.csv").write_text(f"id,name,email,login\n{roster}\n")
    (folder / "course" / "gradebook" / "handins.csv").write_text(
        "student,handed_in_at\nbob,2024-12-02T12:00:00+00:00\n"
    )
    solution = (checkout / "solutions" / SECOND / "word_count.py").read_text()
    for name, code in {"ada": solution, "bob": solution, "cyd": WRONG, "dan": WRONG}.items():
        (folder / "submissions" / name).mkdir(parents=True)
        (folder / "submissions" / name / "word_count.py").write_text(code)
    return file


def close(checkout: Path, file: Path, *more: str) -> Done:
    """Close the course of a file."""
    folder = file.parents[1]
    given = ("--submissions", folder / "submissions", "--output", folder / "out", "--any-python")
    return run(checkout, "close", file, *given, *more)


def totals(folder: Path) -> Mapping[str, str]:
    """Read the totals of the exported table."""
    with (folder / "out" / "exports" / "csv.csv").open(newline="") as rows:
        return {row["student"]: row["total"] for row in csv.DictReader(rows)}


def test_everything_follows_from_the_course_file(checkout: Path, tmp_path: Path) -> None:
    """Results, pages, gradebook, report and exports; what cannot be written is left out."""
    file = make_course(tmp_path, checkout)

    done = close(checkout, file, "--assignment", SECOND)

    assert (done.status, done.errors.strip()) == (0, "")
    out = tmp_path / "out"
    assert {path.stem for path in (out / "feedback").iterdir()} == {"ada", "bob", "cyd", "dan"}
    assert "10% of the points are taken off" in (out / "feedback" / "bob.html").read_text()
    found = totals(tmp_path)
    assert float(found["bob"]) == pytest.approx(0.9 * float(found["ada"]))
    assert found["dan"] == found["eve"] == ""
    assert "Ada Name" in (out / "class.html").read_text()
    assert {path.name for path in (out / "exports").iterdir()} >= {"csv.csv", "moodle.csv"}
    assert not (out / "exports" / "canvas.csv").exists()
    assert "exports: csv, moodle" in done.output


def test_open_requests_are_left_for_people(checkout: Path, tmp_path: Path) -> None:
    """Until they are answered; a row that cannot be understood is named, too."""
    file = make_course(tmp_path, checkout)
    requests = file.with_name("requests.csv")
    requests.write_text("student,test,reason,answer\nada,,why?,\nzoe,,why?,\n")

    asked = close(checkout, file, "--assignment", SECOND)
    requests.write_text("student,test,reason,answer\nada,,why?,See W1.\n")
    answered = close(checkout, file, "--assignment", SECOND)

    lines = asked.output.splitlines()
    assert f"1 open request of students: autograder requests list --course {file}" in lines
    assert any(line.startswith(f"{requests}, line 3: 'zoe' is not in the") for line in lines)
    assert (asked.status, answered.status) == (1, 0)


def test_a_change_of_the_course_file_reaches_everything(checkout: Path, tmp_path: Path) -> None:
    """Nothing is graded again for it."""
    file = make_course(tmp_path, checkout)
    close(checkout, file, "--assignment", SECOND)
    before = (tmp_path / "out" / "results" / "bob.json").stat().st_mtime_ns
    file.write_text(f"{COURSE_FILE}[extensions]\nbob = 2024-12-05T12:00:00\n")

    close(checkout, file, "--assignment", SECOND)

    found = totals(tmp_path)
    assert found["bob"] == found["ada"]
    assert "taken off" not in (tmp_path / "out" / "feedback" / "bob.html").read_text()
    assert (tmp_path / "out" / "results" / "bob.json").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('excused = ["nobody"]', "excused.nobody: is not in the roster"),
        ('excused = []\n[tests]\n"a/b" = "full"', 'tests."a/b": is not a hidden test'),
    ],
)
def test_a_mistake_in_the_course_file_ends_it_before_anything(
    checkout: Path, tmp_path: Path, change: str, said: str
) -> None:
    """In one line."""
    file = make_course(tmp_path, checkout)
    file.write_text(COURSE_FILE.replace('excused = ["dan"]', change))

    done = close(checkout, file, "--assignment", SECOND)

    assert done.status == 2
    assert said in done.errors
    assert not (tmp_path / "out").exists()


def test_a_course_that_is_not_on_github_needs_submissions(checkout: Path, tmp_path: Path) -> None:
    """The line says what the file lacks."""
    file = make_course(tmp_path, checkout)

    done = run(checkout, "close", file, "--output", tmp_path / "out", "--assignment", SECOND,
               "--any-python")  # fmt: skip

    assert done.status == 2
    assert "names no organization and repository on GitHub" in done.errors


def test_on_github_what_stood_at_each_deadline_is_graded(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later push changes nothing for ada, and is late work of bob; open requests are counted."""
    solution = (checkout / "solutions" / SECOND / "word_count.py").read_text()
    due = START + timedelta(days=1)
    (tmp_path / "course").mkdir()
    file = tmp_path / "course" / "course.toml"
    file.write_text(
        f'assignment = "{SECOND}"\norganization = "course"\nrepository = "m07-{{login}}"\n'
        f'timezone = "UTC"\n[deadline]\nat = {due.isoformat()}\n[late]\npercent_per_day = 10\n'
    )
    (tmp_path / "course" / "roster.csv").write_text("login\nada\nbob\neve\n")
    with StandIn(tmp_path / "github") as github:
        pushed: dict[str, str] = {}
        for login, text, after in (("ada", solution, -1), ("bob", solution, 1), ("ada", WRONG, 1)):
            if login not in pushed:
                github.add_repository(f"course/m07-{login}")
            github.now = due + timedelta(hours=after)
            commit = github.push(f"course/m07-{login}", {"word_count.py": text})
            pushed.setdefault(login, commit)
        github.comment("course/m07-ada", pushed["ada"], "/regrade please", actor="ada")
        token = github.add_token("staff", {"course/*": "read"})
        for name, value in github.environment(token).items():
            monkeypatch.setenv(name, value)

        done = run(checkout, "close", file, "--output", tmp_path / "out", "--any-python")

    assert done.status == 1, done.output + done.errors
    assert done.output.splitlines()[-1].startswith("1 open request of students: autograder")
    with (tmp_path / "out" / "exports" / "csv.csv").open(newline="") as rows:
        found = {row["student"]: row for row in csv.DictReader(rows)}
    assert {name: row["commit"] for name, row in found.items()} == {**pushed, "eve": ""}
    assert [found[name]["days_late"] for name in ("ada", "bob")] == ["0", "1"]
    assert float(found["bob"]["total"]) == pytest.approx(0.9 * float(found["ada"]["total"]))
    assert found["eve"]["status"] == "missing"


def grades(folder: Path) -> Mapping[str, dict[str, str]]:
    """Read the table of the class."""
    with (folder / "out" / "grades.csv").open(newline="") as rows:
        return {row["student"]: row for row in csv.DictReader(rows)}


def test_excused_students_are_in_no_figure(checkout: Path, tmp_path: Path) -> None:
    """They are excused in the table, on the terminal and in the exports."""
    file = make_course(tmp_path, checkout)

    done = close(checkout, file, "--assignment", SECOND)

    rows = grades(tmp_path)
    assert (rows["dan"]["state"], rows["dan"]["total"]) == ("excused", "")
    table = {
        cells[0]: cells[1]
        for line in done.output.splitlines()
        if line.startswith("│")
        for cells in [[cell.strip() for cell in line.strip("│").split("│")]]
    }
    assert (table["graded"], table["not handed in"], table["excused"]) == ("3", "1", "1")
    assert table["lowest score"] == rows["cyd"]["total"]
    assert float(rows["bob"]["total"]) == pytest.approx(0.9 * float(rows["ada"]["total"]))


TOO_LATE = "[late]\npercent_per_day = 10\ndays = 2\n"


@pytest.mark.parametrize("route", ["LMS", "GitHub"])
def test_what_came_after_the_last_late_day_is_too_late(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    """It has 0 points and the same word in all tables, wherever it was handed in."""
    file = make_course(tmp_path, checkout)
    late_by = timedelta(days=4)
    if route == "LMS":
        file.write_text(COURSE_FILE.replace("[late]\npercent_per_day = 10\n", TOO_LATE))
        at = datetime(2024, 12, 1, 23, 59, tzinfo=UTC) + late_by
        handins = file.parent / "gradebook" / "handins.csv"
        handins.write_text(f"student,handed_in_at\ncyd,{at.isoformat()}\n")
        done = close(checkout, file, "--assignment", SECOND)
    else:
        due = START + timedelta(days=1)
        file.write_text(
            f'assignment = "{SECOND}"\norganization = "course"\nrepository = "m07-{{login}}"\n'
            f'timezone = "UTC"\n[deadline]\nat = {due.isoformat()}\n{TOO_LATE}'
        )
        (file.parent / "gradebook" / "handins.csv").unlink()
        with StandIn(tmp_path / "github") as github:
            github.add_repository("course/m07-cyd")
            github.now = due + late_by
            github.push("course/m07-cyd", {"word_count.py": WRONG})
            token = github.add_token("staff", {"course/*": "read"})
            for name, value in github.environment(token).items():
                monkeypatch.setenv(name, value)
            done = run(checkout, "close", file, "--output", tmp_path / "out", "--any-python")

    shown = run(checkout, "gradebook", "status", "--course", file, "--assignment", SECOND)
    row = grades(tmp_path)["cyd"]
    (in_status,) = [line for line in shown.output.splitlines() if "cyd" in line]
    out = tmp_path / "out"
    with (out / "exports" / "csv.csv").open(newline="") as rows:
        (exported,) = [found for found in csv.DictReader(rows) if found["student"] == "cyd"]
    assert (done.status, done.errors.strip()) == (0, "")
    assert (row["state"], row["total"]) == ("too late", "0")
    assert (exported["status"], exported["total"], exported["counts"]) == ("too late", "0", "no")
    assert "too late" in [cell.strip() for cell in in_status.strip("│").split("│")]
    assert "<td>too late, up to 4 days late</td>" in (out / "class.html").read_text()
    assert "Too late. This was" in (out / "feedback" / "cyd.html").read_text()


def test_before_a_deadline_it_says_so(checkout: Path, tmp_path: Path) -> None:
    """Which deadline, for how many it is open, and what their pages show."""
    file = make_course(tmp_path, checkout)
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    text = COURSE_FILE.replace("2024-12-01T23:59:00", due.isoformat())
    stage = (
        f'[[feedback]]\ndetail = "score"\n[[feedback]]\ndetail = "full"\nfrom = {due.isoformat()}\n'
    )
    file.write_text(f"{text}{stage}")

    done = close(checkout, file, "--assignment", SECOND)

    words = " ".join(done.output.split())
    assert done.status == 1
    assert (
        f"the deadline ({due:%Y-%m-%d %H:%M} UTC+0000) is still open for 4 students, whose pages"
        " show only the points of each checkpoint, without verdicts on closed answers: close again"
        " after it"
    ) in words
    assert f"they may show more from {due:%Y-%m-%d %H:%M}" in " ".join(done.errors.split())
    assert "All tests" not in (tmp_path / "out" / "feedback" / "cyd.html").read_text()


def test_text_that_was_typed_in_is_not_left_to_do(checkout: Path, tmp_path: Path) -> None:
    """Next to files it changes nothing; alone it is nothing gradable, until a person decides."""
    file = make_course(tmp_path, checkout)
    handed_in = tmp_path / "submissions"
    for number, name in enumerate(STUDENTS[:4], start=10):
        (handed_in / name).rename(
            handed_in / f"{name.title()} Name_{number}_assignsubmission_file_"
        )
    for name in ("Ada Name_10", "Eve Name_14"):
        (handed_in / f"{name}_assignsubmission_onlinetext_").mkdir()
        text = handed_in / f"{name}_assignsubmission_onlinetext_" / "onlinetext.html"
        text.write_text("<p>My work is attached.</p>")

    first = close(checkout, file, "--assignment", SECOND)
    status = run(checkout, "gradebook", "status", "--course", file, "--assignment", SECOND)
    matches = file.with_name("matches.csv")
    matches.write_text("hand_in,student\nEve Name_14_assignsubmission_onlinetext_,-\n")
    second = close(checkout, file, "--assignment", SECOND)
    matches.write_text(f"{matches.read_text()}Ada Name_10_assignsubmission_onlinetext_,-\n")
    third = close(checkout, file, "--assignment", SECOND)

    typed = "'Ada Name_10_assignsubmission_onlinetext_' was typed in"
    assert first.status == 1
    assert "1 nothing gradable: eve" in first.output
    assert "5 students: 3 complete, 1 excused, 1 nothing gradable" in status.output
    assert typed not in first.output
    assert (second.status, third.status) == (0, 0)
    assert (typed in second.errors, typed in third.errors) == (True, False)
    assert grades(tmp_path)["eve"]["state"] == "not handed in"


def test_marks_reach_the_table_and_a_changed_answer_waits_again(tmp_path: Path) -> None:
    """Only the answer that changed; the others keep their marks."""
    submission = hand_in(tmp_path / "submissions", "ada")
    (tmp_path / "course").mkdir()
    file = tmp_path / "course" / "course.toml"
    file.write_text('timezone = "UTC"\n')
    (tmp_path / "course" / "roster.csv").write_text("id,name,login\nada,Ada,ada\n")
    book = Book(tmp_path / "course" / "gradebook", ASSIGNMENT, read_policy(file))
    checkout = COURSE.assignments.parent
    close(checkout, file, "--assignment", ASSIGNMENT.id)
    notebook = tmp_path / "out" / "notebooks" / "ada.ipynb"
    prepare(book, COURSE, [("ada", notebook.read_bytes())])
    cells = ("c1-why", "c2-why", "c3-why", "c6-why")
    own_folder(book).write_points({("ada", cell): (0.5, "Half.") for cell in cells})

    marked = close(checkout, file, "--assignment", ASSIGNMENT.id)
    row = grades(tmp_path)["ada"]
    write_answer(submission, "c2-why", "Something else.")
    changed = close(checkout, file, "--assignment", ASSIGNMENT.id)
    changed_row = grades(tmp_path)["ada"]
    own_folder(book).write_points({("ada", "c2-why"): (2.0, "Better.")})
    again = close(checkout, file, "--assignment", ASSIGNMENT.id)

    assert marked.status == 0
    assert (row["total"], row["state"], row["open_points"]) == ("96", "complete", "0")
    assert changed.status == 1
    assert "1 open answer to mark again, changed since: ada c2-why" in changed.output
    assert (changed_row["total"], changed_row["state"]) == ("", "to mark again")
    assert (changed_row["score"], changed_row["open_points"]) == ("95.5", "2")
    assert again.status == 0
    assert totals(tmp_path)["ada"] == grades(tmp_path)["ada"]["total"] == "97.5"


def test_a_class_without_anything_to_grade_is_closed_too(checkout: Path, tmp_path: Path) -> None:
    """Hand-ins of nobody in the roster are named; once they are left out, nothing is left to do."""
    file = make_course(tmp_path, checkout)
    (file.parent / "gradebook" / "handins.csv").unlink()
    shutil.rmtree(tmp_path / "submissions")
    for name in ("yan", "zoe"):
        (tmp_path / "submissions" / name).mkdir(parents=True)
        (tmp_path / "submissions" / name / "word_count.py").write_text(WRONG)

    strangers = close(checkout, file, "--assignment", SECOND)
    file.with_name("matches.csv").write_text("hand_in,student\nyan,-\nzoe,-\n")
    nobody = close(checkout, file, "--assignment", SECOND)

    assert (strangers.status, strangers.errors.strip()) == (1, "")
    assert "2 not matched: yan, zoe: say whose in matches.csv" in strangers.output
    assert nobody.status == 0, nobody.errors
    assert {row["state"] for name, row in grades(tmp_path).items() if name} == {
        "excused",
        "not handed in",
    }
    assert (tmp_path / "out" / "class.html").read_text().count("not handed in") >= 4
    assert set(totals(tmp_path)) == set(STUDENTS)


def test_a_roster_of_canvas_without_our_assignment_is_a_warning(
    checkout: Path, tmp_path: Path
) -> None:
    """As `gradebook export` gives it, since Canvas would quietly make new assignments."""
    file = make_course(tmp_path, checkout)
    header = "Student,ID,SIS User ID,SIS Login ID,Section,Homework 6 (4711)"
    rows = [f'"Name, {name}",{at},s{at},{name},A,' for at, name in enumerate(STUDENTS)]
    file.with_name("roster.csv").write_text("\n".join([header, *rows, ""]))

    done = close(checkout, file, "--assignment", SECOND)

    assert done.status == 0
    assert "exports/canvas.csv: the roster lacks the Canvas assignment" in done.errors
    assert "`gradebook export --format canvas --column`" in done.errors


def test_a_student_who_left_is_named_and_nothing_is_left_to_do(
    checkout: Path, tmp_path: Path
) -> None:
    """The line is the same in `close`, `report`, `sync` and `status`; the page has no such row."""
    file = make_course(tmp_path, checkout)
    close(checkout, file, "--assignment", SECOND)
    roster = file.with_name("roster.csv")
    roster.write_text(re.sub("cyd,.*\n", "", roster.read_text()))
    shutil.rmtree(tmp_path / "submissions" / "cyd")
    out = tmp_path / "out"
    given = ("--course", file, "--assignment", SECOND)

    closed = close(checkout, file, "--assignment", SECOND)
    report = run(checkout, "report", out, "--output", tmp_path / "page.html", *given)
    synced = run(checkout, "gradebook", "sync", out / "results", *given)
    status = run(checkout, "gradebook", "status", *given)

    line = f"1 student with results or marks is not in {roster}: cyd: everything is kept"
    for done in (closed, report, synced, status):
        assert (done.output + done.errors).count(line) == 1
        assert done.status == 0
    assert "cyd" not in totals(tmp_path)
    assert "Cyd" not in (out / "class.html").read_text()
    assert (file.parent / "gradebook" / "results" / "cyd.json").exists()


def test_a_new_id_is_neither_graded_again_nor_there_twice(checkout: Path, tmp_path: Path) -> None:
    """The same e-mail address shows who it is, and the earlier files become the student's."""
    file = make_course(tmp_path, checkout)
    close(checkout, file, "--assignment", SECOND)
    before = (tmp_path / "out" / "results" / "bob.json").stat().st_mtime_ns
    roster = file.with_name("roster.csv")
    roster.write_text(roster.read_text().replace("bob,", "bob.n,").replace(",bob\n", ",bob-n\n"))
    (tmp_path / "submissions" / "bob").rename(tmp_path / "submissions" / "bob-n")

    done = close(checkout, file, "--assignment", SECOND)

    out = tmp_path / "out"
    assert done.status == 0
    assert "bob-n: results and marks under the earlier id 'bob' count now" in done.errors
    assert "not in" not in done.errors
    assert {path.stem for path in (out / "feedback").iterdir()} == {"ada", "bob-n", "cyd", "dan"}
    assert (out / "results" / "bob-n.json").stat().st_mtime_ns == before
    assert float(totals(tmp_path)["bob-n"]) == pytest.approx(0.9 * float(totals(tmp_path)["ada"]))
    assert (out / "class.html").read_text().count("Bob Name") == 1


def test_notebooks_are_kept_for_marking(tmp_path: Path) -> None:
    """As they were handed in; the last lines say how many answers wait."""
    hand_in(tmp_path / "submissions", "ada")
    (tmp_path / "course").mkdir()
    file = tmp_path / "course" / "course.toml"
    file.write_text('timezone = "UTC"\n')
    (tmp_path / "course" / "roster.csv").write_text("id,name,login\nada,Ada,ada\n")

    done = close(COURSE.assignments.parent, file, "--assignment", ASSIGNMENT.id)

    assert done.status == 1
    kept = tmp_path / "out" / "notebooks" / "ada.ipynb"
    assert kept.read_bytes() == (SOLUTION / "concepts.ipynb").read_bytes()
    words = " ".join(done.output.split())
    command = f"autograder gradebook mark {tmp_path}/out/notebooks --course {file}"
    assert f"4 open answers of 1 student to mark: {command}" in words


def test_killed_at_any_moment_it_ends_in_the_same_state(checkout: Path, tmp_path: Path) -> None:
    """Twenty times; then it runs to its end, and is compared with a run that was never killed."""
    rng = random.Random(12)
    calm, harried = tmp_path / "calm", tmp_path / "harried"
    for folder in (calm, harried):
        make_course(folder, checkout)
    first, again = run_killed(checkout, calm, [0, 0])

    moments = [rng.randrange(1, first) for _ in range(6)]
    moments += [rng.randrange(1, again) for _ in range(14)]
    run_killed(checkout, harried, [*moments, 0])

    assert contents(harried) == contents(calm)
    assert state_of_gradebook(harried, checkout) == state_of_gradebook(calm, checkout)


def run_killed(checkout: Path, folder: Path, moments: list[int]) -> list[int]:
    """Close a course as often as there are moments; return the changes of runs that ended."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "autograder.tests.course.killed"),
            *(checkout, folder / "course" / "course.toml", folder / "submissions", folder / "out"),
            *map(str, moments),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [int(count) for count in re.findall(r"^\d+$", done.stdout, re.MULTILINE)]


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files of the output."""
    out = folder / "out"
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
    }


def state_of_gradebook(folder: Path, checkout: Path) -> tuple[object, ...]:
    """Read what a gradebook says; the bytes of its database have random ids in them."""
    policy = read_policy(folder / "course" / "course.toml")
    assignment = type(COURSE)(checkout).load(SECOND)
    book = Book(policy.gradebook, assignment, policy)
    kept = (book.folder / "results").iterdir()
    results = {path.name: json.loads(path.read_text()) for path in kept}
    return book.entries(), exported_by_nbgrader(book), results
