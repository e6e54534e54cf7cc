"""A course with two assignments: every command works with the right assignment.

The second assignment uses neither a notebook nor AWS, so the grader must work without both.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.tests.checkout import FIRST, SECOND, copy_checkout, run
from autograder.tests.github_stand_in import StandIn
from autograder.validation.visible import lay_out, run_visible_checks

WRONG = "def count_words(text):\n    return {word: text.count(word) for word in text.split()}\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the course. All tests share it, because they do not change it."""
    return copy_checkout(tmp_path_factory.mktemp("course") / "checkout", second_assignment=True)


@pytest.fixture(scope="module")
def solution(checkout: Path) -> bytes:
    """Read the second assignment's solution."""
    return (checkout / "solutions" / SECOND / "word_count.py").read_bytes()


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory, solution: bytes) -> Path:
    """Hand in a right and a wrong submission of the second assignment."""
    folder = tmp_path_factory.mktemp("class")
    for student, code in {"ada": solution, "bob": WRONG.encode()}.items():
        (folder / student).mkdir()
        (folder / student / "word_count.py").write_bytes(code)
    return folder


def test_what_is_out_of_date_is_found_in_both(checkout: Path, tmp_path: Path) -> None:
    """`build --check` checks all assignments, or only the assignment given."""
    copy = shutil.copytree(checkout, tmp_path / "copy")
    for name, file in ((FIRST, "compare_with_sqs.py"), (SECOND, "word_count.py")):
        (copy / "assignments" / name / file).write_text("")

    fresh, stale = run(checkout, "build", "--check"), run(copy, "build", "--check")
    second = run(copy, "build", "--check", "--assignment", SECOND)

    assert (fresh.status, fresh.output) == (0, "")
    assert stale.status == second.status == 1
    assert [line.split()[0] for line in stale.output.splitlines()] == [
        f"assignments/{FIRST}/compare_with_sqs.py",
        f"assignments/{SECOND}/word_count.py",
    ]
    assert [line.split("/")[1] for line in second.output.splitlines()] == [SECOND]


def test_a_submission_is_graded_by_the_tests_of_its_assignment(
    checkout: Path, classroom: Path
) -> None:
    """The names of its files say which assignment it is."""
    right, wrong = (
        json.loads(run(checkout, "grade", classroom / student, "--format", "json").output)
        for student in ("ada", "bob")
    )

    assert (right["assignment"], right["score"]) == (SECOND, 10)
    failed = {
        test["id"]
        for checkpoint in wrong["checkpoints"]
        for test in checkpoint["tests"]
        if test["outcome"] != "passed"
    }
    assert failed == {"counting/case_makes_no_difference"}


def test_a_submission_without_known_files_needs_the_option(checkout: Path, tmp_path: Path) -> None:
    """One line lists the ids."""
    done = run(checkout, "grade", tmp_path)

    assert done.status == 2
    assert done.errors.startswith("autograder: give the assignment with --assignment; there are: ")
    assert FIRST in done.errors
    assert SECOND in done.errors
    assert done.errors.count("\n") == 1


def test_its_hidden_tests_are_validated_with_its_corpus(checkout: Path) -> None:
    """Right submissions pass, wrong ones fail what they declare, and idle code earns nothing."""
    done = run(checkout, "validate", "--assignment", SECOND, "--workers", "1", "--format", "json")
    both = run(checkout, "validate", "--format", "json")

    assert done.status == 0, done.output + done.errors
    assert json.loads(done.output)["findings"] == []
    assert both.status == 2
    assert both.errors.count("\n") == 1


def test_a_class_is_graded_and_reported(checkout: Path, classroom: Path, tmp_path: Path) -> None:
    """With and without the option. The gradebook and the report read the assignment from grades."""
    out, page, book = tmp_path / "out", tmp_path / "class.html", tmp_path / "gradebook"
    book.mkdir()
    (book / "roster.csv").write_text("id,name\nada,Ada Lovelace\nbob,Bob Ross\n")

    graded = run(checkout, "grade-class", classroom, "--output", out, "--workers", "1")
    again = run(checkout, "grade-class", classroom, "--output", out, "--assignment", SECOND)
    reported = run(checkout, "report", out, "--output", page)
    synced = run(checkout, "gradebook", "sync", out / "results", "--gradebook", book)
    status = run(checkout, "gradebook", "status", "--gradebook", book)
    pairs = run(checkout, "similarity", classroom, "--output", tmp_path / "pairs.html")

    for done in (graded, again, reported, synced, status, pairs):
        assert done.status == 0, done.output + done.errors
    grades = [json.loads(path.read_text()) for path in sorted((out / "results").glob("*.json"))]
    assert [(grade["assignment"], grade["score"]) for grade in grades] == [
        (SECOND, 10),
        (SECOND, 7),
    ]
    assert "Module 7: Counting words" in page.read_text()
    assert re.search(r"10 / 10", status.output)


def test_a_push_is_graded_by_the_assignment_of_its_course_file(
    checkout: Path, solution: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit has a status for its checkpoint, and none for the other assignment's."""
    (tmp_path / "roster.csv").write_text("login,name\nada,Ada Lovelace\n")
    with StandIn(tmp_path / "github") as github:
        github.add_repository("course/m07-ada")
        token = github.add_token("grader", {"course/m07-ada": "write"})
        for name, value in github.environment(token).items():
            monkeypatch.setenv(name, value)
        commit = github.push("course/m07-ada", {"word_count.py": solution.decode()})

        done = run(checkout, "grade-pushes", "--course", course_file(tmp_path), "--workers", "1")

        statuses = github.statuses("course/m07-ada", commit)

    assert done.status == 0, done.output + done.errors
    assert {context: state for context, (state, _) in statuses.items()} == {
        "grade/counting": "success"
    }


def test_the_student_repository_is_published(checkout: Path, tmp_path: Path) -> None:
    """The course file names the assignment. No file of the other one is published."""
    copy, template = shutil.copytree(checkout, tmp_path / "copy"), tmp_path / "template.git"
    _git(tmp_path, "init", "--quiet", "--bare", str(template))
    _git(copy, "init", "--quiet")
    _git(copy, "add", "--all")
    _git(copy, "commit", "--quiet", "--message", "All")

    done = run(
        copy, "publish", "--template", template, "--course", course_file(tmp_path), "--dry-run"
    )  # fmt: skip

    assert done.status == 0, done.output + done.errors
    names = {line.strip() for line in done.output.splitlines()}
    assert {"word_count.py", "checks/hand_in.py", ".github/workflows/grade.yml"} <= names
    assert not {"compare_with_sqs.py", "checks/faults.py", ".env"} & names


def test_its_visible_checks_run_on_the_student_kit(
    checkout: Path, solution: bytes, tmp_path: Path
) -> None:
    """The solution passes all checks, and the stub passes none."""
    repository = Course(checkout).assignments / SECOND
    lay_out(repository, tmp_path / "right", {"word_count.py": solution})
    lay_out(repository, tmp_path / "stub", {})

    right = run_visible_checks(tmp_path / "right", [], {})
    stub = run_visible_checks(tmp_path / "stub", [], {})

    assert "counting 3 of 3 visible checks" in right.stdout, right.stdout
    assert "counting 0 of 3 visible checks" in stub.stdout, stub.stdout
    assert "count_words is not written yet" in stub.stdout


def course_file(folder: Path) -> Path:
    """Write the policy of a course that has the second assignment."""
    path = folder / "course.toml"
    path.write_text(
        f'assignment = "{SECOND}"\norganization = "course"\nrepository = "m07-{{login}}"\n'
        'timezone = "Europe/Berlin"\n[deadline]\nat = 2026-12-01T23:59:00\n'
    )
    return path


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=folder,
        check=True,
    )
