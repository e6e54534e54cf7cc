"""A class on GitHub is graded by the commits that were pushed in time."""

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli.app import app
from autograder.course.pushes import ClassPushes, find_class_pushes
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.roster import read_roster
from autograder.policy import read_policy
from autograder.tests.github_stand_in import Fault, StandIn
from autograder.tests.github_stand_in.stand_in import START
from autograder.tests.student_repository.clone import SOLUTION

DUE = START + timedelta(days=1)
LOGINS = ("ada", "bob", "eve")
POLICY = f"""
assignment = "m06_partitioned_logs"
organization = "course"
repository = "m06-{{login}}"
timezone = "UTC"
[deadline]
at = {DUE.isoformat()}
grace_minutes = 30
"""
FILE = "compare_with_sqs.py"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a GitHub with three empty repositories; a fourth student has none."""
    (tmp_path / "roster.csv").write_text("login\n" + "\n".join([*LOGINS, "zoe", ""]))
    (tmp_path / "course.toml").write_text(POLICY)
    with StandIn(tmp_path / "github") as made:
        for login in LOGINS:
            made.add_repository(f"course/m06-{login}")
        yield made


def push(github: StandIn, login: str, text: str, *, after: timedelta) -> str:
    """Push a file, this long after the deadline."""
    github.now = DUE + after
    return github.push(f"course/m06-{login}", {FILE: text})


def find(github: StandIn, folder: Path, policy: str = "") -> ClassPushes:
    """Find what counts."""
    (folder / "course.toml").write_text(POLICY + policy)
    rules = read_policy(folder / "course.toml")
    token = github.add_token("staff", {"course/*": "read"})
    server = GitHubServer.from_environment(github.environment(token))
    with GitHubClient(server) as client:
        return find_class_pushes(client, rules, read_roster(rules.roster).students)


def test_the_last_commit_in_time_counts(github: StandIn, tmp_path: Path) -> None:
    """The grace period counts as in time; later commits do not count."""
    push(github, "ada", "first", after=timedelta(hours=-2))
    in_time = push(github, "ada", "in time", after=timedelta(minutes=29))
    push(github, "ada", "too late", after=timedelta(minutes=31))

    found = find(github, tmp_path)

    assert [(work.student, work.commit) for work in found.pushed] == [("ada", in_time)]
    assert found.pushed[0].handed_in_at == DUE + timedelta(minutes=29)


def test_an_extension_moves_one_students_deadline(github: StandIn, tmp_path: Path) -> None:
    """Other students keep the deadline."""
    for login in ("ada", "bob"):
        push(github, login, "early", after=timedelta(hours=-1))
    later = push(github, "ada", "later", after=timedelta(days=3))
    push(github, "bob", "later", after=timedelta(days=3))

    extended = (DUE + timedelta(days=5)).isoformat()
    found = find(github, tmp_path, f"[extensions]\nada = {extended}\n")

    commits = {work.student: work.commit for work in found.pushed}
    assert commits["ada"] == later
    assert commits["bob"] != github.repository("course/m06-bob").head


def test_a_late_student_is_graded_by_the_last_commit_that_counts(
    github: StandIn, tmp_path: Path
) -> None:
    """It is the last commit within the days for late work; if there is none, the newest."""
    within = push(github, "ada", "late", after=timedelta(days=1))
    push(github, "ada", "too late", after=timedelta(days=4))
    late_by = timedelta(days=4)
    push(github, "bob", "much too late", after=late_by)
    newest = push(github, "bob", "later still", after=late_by + timedelta(hours=1))

    found = find(github, tmp_path, "[late]\npercent_per_day = 10\ndays = 2\n")

    assert [(work.student, work.commit) for work in found.pushed] == [
        ("ada", within),
        ("bob", newest),
    ]
    assert found.pushed[1].handed_in_at == DUE + late_by + timedelta(hours=1)
    assert "bob" not in found.missing


def test_a_student_who_pushed_nothing_is_missing(github: StandIn, tmp_path: Path) -> None:
    """The repository is empty or does not exist."""
    found = find(github, tmp_path)

    assert found.missing == ("ada", "bob", "eve", "zoe")
    assert found.unseen == ()


def test_a_repository_that_cannot_be_read_does_not_stop_the_others(
    github: StandIn, tmp_path: Path
) -> None:
    """Its student is neither graded nor counted as missing."""
    for login in ("ada", "bob"):
        push(github, login, "x", after=timedelta(hours=-1))
    github.faults.append(Fault(path="/repos/course/m06-ada/activity", status=404, times=9))

    found = find(github, tmp_path)

    assert [work.student for work in found.pushed] == ["bob"]
    assert [student for student, _ in found.unseen] == ["ada"]
    assert "ada" not in found.missing


def run(github: StandIn, folder: Path, *more: str) -> Result:
    """Run the command."""
    token = github.add_token("staff", {"course/*": "read"})
    arguments = ["grade-class", str(folder / "course.toml"), "--output", str(folder / "out")]
    return CliRunner().invoke(app, [*arguments, *more], env=github.environment(token))


def table(folder: Path) -> dict[str, str]:
    """Read the states of the table."""
    with (folder / "out" / "grades.csv").open(encoding="utf-8") as file:
        return {row["student"]: row["state"] for row in csv.DictReader(file)}


def test_a_class_on_github_is_graded_once(github: StandIn, tmp_path: Path) -> None:
    """A second run fetches nothing; after new pushes, only those students are graded again."""
    commit = github.push("course/m06-ada", SOLUTION.files)
    push(github, "bob", "", after=timedelta(hours=-1))

    first = run(github, tmp_path)
    asked = len([request for request in github.requests if "git-upload-pack" in request.path])
    second = run(github, tmp_path)
    since = run(github, tmp_path, "--since", (DUE - timedelta(hours=2)).isoformat())

    fetched = [request for request in github.requests if "git-upload-pack" in request.path]
    graded = json.loads((tmp_path / "out" / "results" / "ada.json").read_text("utf-8"))
    assert [done.exit_code for done in (first, second, since)] == [0, 0, 0], first.output
    assert 0 < asked == len(fetched)
    assert graded["submission"]["commit"] == commit
    assert graded["score"] == 94
    assert table(tmp_path) == {
        "ada": "unmarked",
        "bob": "nothing gradable",
        "eve": "not handed in",
        "zoe": "not handed in",
    }
    assert "left alone" in since.output


@pytest.mark.parametrize("since", ["yesterday", "2026-12-01T08:00", "3w", ""])
def test_an_invalid_time_is_reported_in_one_line(tmp_path: Path, since: str) -> None:
    """The line shows valid times."""
    done = CliRunner().invoke(
        app, ["grade-class", str(tmp_path), "--output", str(tmp_path), f"--since={since} "]
    )

    assert done.exit_code != 0
    assert "--since" in str(done.exception)
