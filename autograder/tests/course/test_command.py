"""`autograder grade-pushes`: its arguments, its output, and what it must never print."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.cli.app import app
from autograder.course import grade_pushes
from autograder.course.watching import Watch
from autograder.errors import AutograderError
from autograder.github import client as github
from autograder.grading.grade import Outcome
from autograder.tests.course.classroom import FILE, Classroom, FakeExaminers
from autograder.tests.github_stand_in import Fault, StandIn
from autograder.tests.gradebook.students import SOLUTION, a_grade

Run = Callable[..., int]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Classroom]:
    """Make a course of two students; the command does not pause between writes."""
    with StandIn(tmp_path / "github") as stand_in:
        made = Classroom(stand_in, tmp_path / "course", ["ada", "bob"])
        for name, value in stand_in.environment(made.token).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(github, "WRITE_PAUSE", 0.0)
        yield made


@pytest.fixture
def run(course: Classroom) -> Run:
    """Return a function that runs the command for the course and returns its exit code."""

    def run_it(*options: str) -> int:
        policy = str(course.folder / "course.toml")
        arguments = ["grade-pushes", "--course", policy, "--workers", "1", *options]
        return app(arguments, standalone_mode=False) or 0

    return run_it


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the examiners by ones that only pretend to grade."""
    monkeypatch.setattr(grade_pushes, "ExaminerPool", FakeExaminers)
    FakeExaminers.made = 0


def test_the_pushes_of_a_class_are_graded_in_sandboxes(course: Classroom, run: Run) -> None:
    """This covers everything from the roster to the comment, with the real hidden tests."""
    text = (SOLUTION / FILE).read_text()
    sha = course.push(text=text)

    code = run()

    assert code == 0
    (comment,) = course.comments(sha)
    assert comment.startswith("# `m06_partitioned_logs`: 10 / 100\n")
    assert course.statuses(sha)["grade/brokers"][0] == "success"
    assert course.statuses(sha)["grade/writer"][0] == "failure"
    assert f"{course.github.url}/course/m06-ada/blob/{sha}/README.md" in comment


@pytest.mark.usefixtures("fake")
def test_the_output_identifies_nobody(
    course: Classroom, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    """Names, logins, repositories, code, scores and tokens are hidden; failures are numbered."""
    course.push("ada", "explode = 'mycode'\n")
    course.push("bob", "x = 1\n")
    course.github.faults = [Fault("m06-bob.git", status=502, times=9)]

    code = run()

    out, err = capfd.readouterr()
    assert code == 1
    assert "student 1 of the roster: ZeroDivisionError in the grader" in err
    assert "student 2 of the roster: the commit cannot be fetched" in err
    words = ("ada", "bob", "Secretname", "mycode", "94", "ghp_", course.token)
    assert not any(word in out + err for word in words)


@pytest.mark.usefixtures("fake")
def test_work_on_another_branch_is_reported_without_its_name(
    course: Classroom, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    """The student chose the branch's name; the run does not count as failed."""
    course.hand_out("bob")
    course.github.push(course.name("bob"), {FILE: "x = 1\n"}, branch="bobs-own", actor="bob")

    code = run()

    out, err = capfd.readouterr()
    assert code == 0
    assert "student 2 of the roster: has work on a branch that is not graded" in err
    assert "nothing handed in yet" in out
    assert "bob" not in out + err


@pytest.mark.usefixtures("fake")
def test_no_child_process_has_the_token(course: Classroom, run: Run) -> None:
    """Grading needs none."""
    course.push()

    run()

    assert "GITHUB_TOKEN" not in os.environ


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("seen", [False, True])
def test_a_class_without_visible_repositories_is_reported(
    course: Classroom,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    *,
    seen: bool,
) -> None:
    """A token without the right to repositories looks like a class without repositories."""
    course.push("ada")
    rights = {course.name("ada"): "write"} if seen else {}
    monkeypatch.setenv("GITHUB_TOKEN", course.github.add_token("grader", rights))

    code = run()

    assert code == 0
    assert ("contents=read" in capfd.readouterr().err) is not seen


@pytest.mark.usefixtures("fake")
def test_names_are_printed_on_request(
    course: Classroom, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    """This is for work at a terminal."""
    course.push("ada", "explode\n")

    run("--names")

    assert "ada: ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("options", "who"), [((), ""), (("--names",), " (ada, bob)")])
def test_unreadable_tests_are_counted(
    course: Classroom,
    run: Run,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    who: str,
) -> None:
    """The instructor should look at them. Names are printed on request, and the exit code is 0."""
    grade = a_grade({"writer/create_returns_once_active": Outcome.UNREADABLE})
    monkeypatch.setattr(FakeExaminers, "always", grade)
    course.push("ada")
    course.push("bob")

    code = run(*options)

    assert code == 0
    line = f"2 tests of 2 students unreadable: look at them{who}"
    assert line in capfd.readouterr().out.splitlines()


@pytest.mark.usefixtures("fake")
def test_a_dry_run_writes_nothing(
    course: Classroom, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    """It writes neither to GitHub nor to this machine; it says what would be graded."""
    course.push("ada")
    before = sorted(course.folder.rglob("*"))

    code = run("--dry-run")

    out, err = capfd.readouterr()
    assert code == 0
    assert "student 1 of the roster: would be graded" in err
    assert "to grade" in out
    assert FakeExaminers.made == 0
    assert not any(request.writes for request in course.github.requests)
    assert sorted(course.folder.rglob("*")) == before


@pytest.mark.usefixtures("fake")
def test_it_watches_until_it_is_stopped(
    course: Classroom, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round uses the same examiners, and errors of GitHub do not end the command."""
    pushed: list[str] = []

    def wait(_: Watch, seconds: float) -> None:
        assert seconds == 5
        if len(pushed) == 2:
            raise KeyboardInterrupt
        pushed.append(course.push(text=f"x = {len(pushed)}\n"))
        if len(pushed) == 2:
            course.github.faults = [Fault("/graphql", status=401)]

    monkeypatch.setattr(Watch, "wait", wait)
    course.push("bob")

    code = run("--watch", "--every", "5")

    assert code == 130
    assert FakeExaminers.made == 1
    assert [len(course.comments(push)) for push in pushed] == [1, 0]


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("name", ["course/m06-ada", "M06-ADA", "ada"])
def test_a_single_repository_can_be_graded(course: Classroom, run: Run, name: str) -> None:
    """It is given by its name or its student; if a commit is given, that commit is graded."""
    old, other = course.push("ada"), course.push("bob")
    newer = course.push("ada", "x = 2\n")

    run("--repo", name, "--sha", old)

    counts = [len(course.comments(sha, login)) for sha, login in ((old, "ada"), (newer, "ada"))]
    assert counts == [1, 0]
    assert course.comments(other, "bob") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--repo", "eve"), "no student of the roster has this repository"),
        (("--repo", "other/m06-ada"), "belong to course"),
        (("--sha", "1" * 40), "together with --repo"),
        (("--repo", "ada", "--sha", "main"), "whole commit id"),
        (("--watch", "--dry-run"), "--watch does not go with"),
        (("--watch", "--regrade"), "--watch does not go with"),
        (("--gradebook", "nowhere"), "is not a folder"),
    ],
)
def test_wrong_arguments_are_reported_before_any_request(
    course: Classroom, run: Run, options: tuple[str, ...], message: str
) -> None:
    """In one line."""
    with pytest.raises(AutograderError, match=message):
        run(*options)

    assert course.github.requests == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("roster.csv", "login\nada\nada\n"),
        ("course.toml", '[extensions]\nada_lovelace = "never"\n'),
        ("course.toml", "[extensions]\nada_lovelace = 2026-03-12T00:00:00\n"),
        ("handins.csv", "student,handed_in_at\nada,\nada,\n"),
    ],
)
def test_mistakes_in_the_courses_files_name_nobody(
    course: Classroom, run: Run, file: str, text: str
) -> None:
    """Names are printed on request."""
    given: tuple[str, ...] = ()
    if file == "handins.csv":
        given = ("--gradebook", str(course.folder))
    if file == "course.toml":
        course.change_policy(text)
    else:
        (course.folder / file).write_text(text)

    with pytest.raises(AutograderError, match="--names shows") as nameless:
        run(*given)
    with pytest.raises(AutograderError, match="ada"):
        run("--names", *given)

    assert "ada" not in str(nameless.value).replace(str(course.folder), "")


@pytest.mark.usefixtures("fake")
def test_grades_go_into_a_gradebook(course: Classroom, run: Run, tmp_path: Path) -> None:
    """`gradebook sync` gets results and push times."""
    folder = tmp_path / "gradebook"
    folder.mkdir()
    shutil.copy(course.folder / "roster.csv", folder)
    course.push("ada")

    run("--gradebook", str(folder))

    assert (folder / "results" / "ada.json").exists()
    assert "2026-03-01T12:00:00+00:00" in (folder / "handins.csv").read_text()
