"""Each student gets the solutions once, after the student's deadline, even if others fail."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autograder.distribution.per_student import DistributionOutcome, StudentResult, results_page
from autograder.distribution.releasing import (
    BRANCH,
    ReleasePlan,
    release_solutions,
)
from autograder.errors import DistributionError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.git import Git
from autograder.gradebook.student import Student
from autograder.policy import Deadline, LatePenalty, Policy
from autograder.tests.course.repositories import files_of, git, log
from autograder.tests.distribution.secrets import ASSIGNMENT
from autograder.tests.github_stand_in import Fault, StandIn, broken, pull_requests, secondary_limit

DUE = datetime(2026, 12, 1, 23, tzinfo=UTC)
AFTER = DUE + timedelta(hours=1)
FILES = {"writer.py": b"solution = 1\n", "tools/more.py": b"more = 2\n"}
THEIRS = {"writer.py": "mine = 1\n", "README.md": "mine\n"}
ADA, BOB, CYD = (Student(id=name, login=name.title()) for name in ("ada", "bob", "cyd"))
CLASS = (ADA, BOB, CYD)


def policy(**more: Any) -> Policy:
    """Write a course's policy."""
    settings: dict[str, Any] = {
        "organization": "course",
        "repository": "m06-{login}",
        "timezone": "UTC",
        "deadline": Deadline(at=DUE),
    }
    return Policy(**settings | more)


PLAN = ReleasePlan(ASSIGNMENT, policy(), FILES, AFTER)


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a GitHub in which every student has pushed."""
    with StandIn(tmp_path / "github") as made:
        for student in CLASS:
            made.add_repository(f"course/m06-{student.id}")
            made.push(f"course/m06-{student.id}", THEIRS)
        yield made


@pytest.fixture
def client(github: StandIn) -> Iterator[GitHubClient]:
    """Return a client whose token has just the rights that are needed, and which never waits."""
    rights = {"contents": "write", "pull_requests": "write"}
    token = github.add_token("staff", {f"course/m06-{student.id}": rights for student in CLASS})
    server = GitHubServer.from_environment(github.environment(token))
    with GitHubClient(server, sleep=lambda _: None) as made:
        yield made


def release(
    plan: ReleasePlan, students: Iterable[Student], github: GitHubClient
) -> tuple[StudentResult, ...]:
    """Release to all students, and return each result."""
    return tuple(release_solutions(plan, students, github))


def outcomes(releases: tuple[StudentResult, ...]) -> dict[str, DistributionOutcome]:
    """Return each student's outcome."""
    return {done.student: done.outcome for done in releases}


def branches(github: StandIn, name: str) -> set[str]:
    """List a student's branches."""
    return {head.removeprefix("refs/heads/") for head in github.repository(name).heads()}


def writes(github: StandIn) -> list[str]:
    """List the requests that change something."""
    return [f"{request.method} {request.path}" for request in github.requests if request.writes]


def test_each_student_gets_a_branch_and_a_pull_request(
    github: StandIn, client: GitHubClient
) -> None:
    """The branch is on top of the student's work, which does not change."""
    done = release(PLAN, CLASS, client)

    assert outcomes(done) == dict.fromkeys(("ada", "bob", "cyd"), DistributionOutcome.RELEASED)
    for student in CLASS:
        repository = github.repository(f"course/m06-{student.id}")
        theirs = {name: text.encode() for name, text in THEIRS.items()}
        assert files_of(repository.folder) == theirs
        assert files_of(repository.folder, BRANCH) == {**theirs, **FILES}
        assert git(repository.folder, "merge-base", "main", BRANCH) == repository.head
        (request,) = pull_requests(repository)
        assert (request["head"]["ref"], request["base"]["ref"]) == (BRANCH, "main")
        assert "Files changed" in request["body"]


def test_the_result_has_the_pull_requests_address(github: StandIn, client: GitHubClient) -> None:
    """A new and an existing pull request are both named."""
    (done,) = release(PLAN, [ADA], client)

    assert done.note == f"{github.url}/course/m06-ada/pull/1"


def test_releasing_again_changes_nothing(github: StandIn, client: GitHubClient) -> None:
    """It adds neither a commit nor a second pull request."""
    release(PLAN, CLASS, client)
    before = [github.repository(f"course/m06-{student.id}").heads() for student in CLASS]
    github.requests.clear()

    again = release(PLAN, CLASS, client)

    assert {*outcomes(again).values()} == {DistributionOutcome.RELEASED_BEFORE}
    assert writes(github) == []
    assert before == [github.repository(f"course/m06-{student.id}").heads() for student in CLASS]


def test_a_closed_pull_request_is_not_opened_again(github: StandIn, client: GitHubClient) -> None:
    """It stays closed, whether or not the student kept the branch."""
    release(PLAN, [ADA, BOB], client)
    for name in ("course/m06-ada", "course/m06-bob"):
        pull_requests(github.repository(name))[0]["state"] = "closed"
    git(github.repository("course/m06-bob").folder, "branch", "-D", BRANCH)

    again = release(PLAN, [ADA, BOB], client)

    assert outcomes(again) == {
        "ada": DistributionOutcome.RELEASED_BEFORE,
        "bob": DistributionOutcome.RELEASED_BEFORE,
    }
    assert branches(github, "course/m06-bob") == {"main"}
    assert len(pull_requests(github.repository("course/m06-ada"))) == 1


def test_corrected_solutions_become_another_commit(github: StandIn, client: GitHubClient) -> None:
    """The branch moves forward, and the pull request stays the same."""
    release(PLAN, [ADA], client)

    (done,) = release(replace(PLAN, files={**FILES, "writer.py": b"better\n"}), [ADA], client)

    repository = github.repository("course/m06-ada")
    assert done.outcome is DistributionOutcome.RELEASED
    assert files_of(repository.folder, BRANCH)["writer.py"] == b"better\n"
    assert len(log(repository.folder, BRANCH)) == 3
    assert len(pull_requests(repository)) == 1


def test_a_branch_of_that_name_is_never_overwritten(github: StandIn, client: GitHubClient) -> None:
    """If the student has such a branch, the solutions are a commit on top of it."""
    theirs = github.push("course/m06-ada", {"mine.txt": "mine\n"}, branch=BRANCH)

    release(PLAN, [ADA], client)

    folder = github.repository("course/m06-ada").folder
    assert git(folder, "rev-parse", f"{BRANCH}^") == theirs
    assert files_of(folder, BRANCH) == {"mine.txt": b"mine\n", **FILES}


def test_a_student_with_the_same_files_gets_no_pull_request(
    github: StandIn, client: GitHubClient
) -> None:
    """It would be empty, and GitHub would refuse it."""
    github.push("course/m06-ada", FILES)

    (done,) = release(PLAN, [ADA], client)

    assert done.outcome is DistributionOutcome.SAME
    assert branches(github, "course/m06-ada") == {"main"}


def test_a_dry_run_writes_nothing(github: StandIn, client: GitHubClient) -> None:
    """The outcomes say what would be done."""
    done = release(replace(PLAN, dry_run=True), CLASS, client)

    assert {*outcomes(done).values()} == {DistributionOutcome.TO_RELEASE}
    assert writes(github) == []
    assert branches(github, "course/m06-ada") == {"main"}


@pytest.mark.parametrize(
    ("more", "opens"),
    [
        ({}, DUE),
        ({"deadline": Deadline(at=DUE, grace_minutes=15)}, DUE + timedelta(minutes=15)),
        ({"late": LatePenalty(percent_per_day=10, days=3)}, DUE + timedelta(days=3)),
        ({"late": LatePenalty(percent_per_day=10)}, DUE),
    ],
)
def test_nothing_is_released_while_work_counts(
    client: GitHubClient, more: dict[str, Any], opens: datetime
) -> None:
    """It waits for the grace period and for the days on which late work still counts."""
    early = ReleasePlan(ASSIGNMENT, policy(**more), FILES, opens - timedelta(seconds=1))

    with pytest.raises(DistributionError, match=r"work counts until .*--force"):
        release(early, [ADA], client)
    (done,) = release(replace(early, now=opens), [ADA], client)

    assert done.outcome is DistributionOutcome.RELEASED


def test_force_releases_before_the_deadline(client: GitHubClient) -> None:
    """The instructor may have a reason."""
    plan = replace(PLAN, now=DUE - timedelta(days=1), force=True)

    (done,) = release(plan, [ADA], client)

    assert done.outcome is DistributionOutcome.RELEASED


def test_an_extension_is_waited_for(client: GitHubClient) -> None:
    """Other students get the solutions; this student gets them in a later run."""
    extended = replace(PLAN, policy=policy(extensions={"ADA": AFTER + timedelta(days=7)}))

    first = release(extended, CLASS, client)
    later = release(replace(extended, now=AFTER + timedelta(days=7)), CLASS, client)

    assert outcomes(first) == {
        "ada": DistributionOutcome.NOT_DUE,
        "bob": DistributionOutcome.RELEASED,
        "cyd": DistributionOutcome.RELEASED,
    }
    assert first[0].note == "2026-12-09 00:00 UTC"
    assert outcomes(later) == {
        "ada": DistributionOutcome.RELEASED,
        "bob": DistributionOutcome.RELEASED_BEFORE,
        "cyd": DistributionOutcome.RELEASED_BEFORE,
    }


def test_a_failure_does_not_stop_the_others(github: StandIn, client: GitHubClient) -> None:
    """Failures are a missing repository, an empty repository and a student without a login."""
    git(github.repository("course/m06-bob").folder, "branch", "-D", "main")
    unknown, gone = Student(id="dan"), Student(id="eve", login="eve")

    done = release(PLAN, [unknown, gone, BOB, CYD], client)

    assert outcomes(done) == {
        "dan": DistributionOutcome.NO_LOGIN,
        "eve": DistributionOutcome.FAILED,
        "bob": DistributionOutcome.FAILED,
        "cyd": DistributionOutcome.RELEASED,
    }
    assert done[2].note == "the repository is still empty"


def test_a_token_without_the_right_is_reported(github: StandIn) -> None:
    """It is reported for each repository, and the next run can finish the work."""
    rights = {"course/m06-ada": {"contents": "write", "pull_requests": "read"}}
    server = GitHubServer.from_environment(github.environment(github.add_token("weak", rights)))
    with GitHubClient(server, sleep=lambda _: None) as weak:
        (done,) = release(PLAN, [ADA], weak)

    assert done.outcome is DistributionOutcome.FAILED
    assert "the token may not do this" in done.note


def test_an_interrupted_run_can_be_continued(github: StandIn, client: GitHubClient) -> None:
    """It may end before the push, after the push, or before the pull request."""
    for after in range(14):
        github.faults = [Fault("", after=after, times=100, status=503)]
        release(PLAN, CLASS, client)
    github.faults = []

    release(PLAN, CLASS, client)

    for student in CLASS:
        repository = github.repository(f"course/m06-{student.id}")
        assert len(log(repository.folder, BRANCH)) == 2
        assert len(pull_requests(repository)) == 1


def test_a_lost_response_opens_no_second_pull_request(
    github: StandIn, client: GitHubClient
) -> None:
    """It first looks for an existing pull request."""
    github.faults = [replace(broken("/pulls", acts=True), method="POST")]

    (done,) = release(PLAN, [ADA], client)

    assert done.outcome is DistributionOutcome.RELEASED
    assert len(pull_requests(github.repository("course/m06-ada"))) == 1


def test_a_limit_of_github_is_waited_for(github: StandIn) -> None:
    """It waits as long as GitHub says, and then continues."""
    waited: list[float] = []
    token = github.add_token("staff", {"course/m06-ada": "write"})
    github.faults = [secondary_limit("/pulls", seconds=77, after=1)]
    server = GitHubServer.from_environment(github.environment(token))
    with GitHubClient(server, sleep=waited.append, now=lambda: 0.0) as patient:
        (done,) = release(PLAN, [ADA], patient)

    assert done.outcome is DistributionOutcome.RELEASED
    assert 77.0 in waited


def test_a_hostile_repository_is_never_checked_out(
    github: StandIn, client: GitHubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A student's links, filters and hooks have no effect, and odd names are unchanged."""
    used: list[str] = []
    run = Git.run

    def watched(git: Git, *arguments: str, stdin: bytes = b"") -> bytes:
        used.append(arguments[0])
        return run(git, *arguments, stdin=stdin)

    monkeypatch.setattr(Git, "run", watched)
    github.push(
        "course/m06-ada",
        {
            "writer.py": ("120000", "/etc/passwd"),
            ".gitattributes": "* filter=evil\n",
            ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = https://evil.example/x\n',
            "tools": ("120000", "/tmp"),
        },
    )

    (done,) = release(PLAN, [ADA], client)

    assert done.outcome is DistributionOutcome.RELEASED
    assert {*used} == {
        "init", "ls-remote", "fetch", "fsck", "fast-import", "rev-parse", "diff-tree", "push",
    }  # fmt: skip
    assert (
        files_of(github.repository("course/m06-ada").folder, BRANCH)["writer.py"]
        == FILES["writer.py"]
    )


def test_the_page_lists_failures_first(client: GitHubClient) -> None:
    """The reader must act on failures."""
    done = release(PLAN, [ADA, Student(id="eve", login="eve")], client)

    lines = results_page("Solutions of *Logs*", AFTER, done, dry_run=False).splitlines()

    assert lines[0] == "# Solutions of `*Logs*`"
    assert "2026-12-02 00:00 UTC, 2 students." in lines
    assert "* 1 released" in lines
    assert "* 1 failed" in lines
    assert lines[-2].startswith("| eve |")
    assert lines[-1].endswith("/course/m06-ada/pull/1> |")


def test_the_page_escapes_error_messages() -> None:
    """The page is shown where HTML and links would work."""
    done = StudentResult("ada", "course/m06-ada", DistributionOutcome.FAILED, "<script>|@everybody")

    line = results_page("Solutions", AFTER, [done], dry_run=False).splitlines()[-1]

    assert "`<script>" in line
    assert line.count("|") - line.count("\\|") == 5
