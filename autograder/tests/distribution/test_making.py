"""Each student gets a private repository and an invitation to write, however often it is run."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.distribution.making import MakingPlan, make_repositories
from autograder.distribution.per_student import DistributionOutcome, StudentResult
from autograder.errors import DistributionError, GitHubError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.student import Student
from autograder.policy import Deadline, Policy
from autograder.tests.github_stand_in import (
    Fault,
    StandIn,
    accept_invitation,
    broken,
    collaborators,
    invitations,
    secondary_limit,
)

TEMPLATE = "course/m06-template"
FILES = {"writer.py": "stub\n", "README.md": "read me\n"}
ADA, BOB, CYD = (Student(id=name.lower(), login=name) for name in ("Ada", "bob", "cyd"))
DAN, EVE = Student(id="dan"), Student(id="eve", login="eve-unknown")
CLASS = (DAN, EVE, ADA, BOB, CYD)
SERVED = ("ada", "bob", "cyd")
RIGHTS = {"administration": "write", "contents": "read"}
PLAN = MakingPlan(
    TEMPLATE,
    Policy(
        organization="course",
        repository="m06-{login}",
        timezone="UTC",
        deadline=Deadline(at=datetime(2026, 12, 1, 23, tzinfo=UTC)),
    ),
)
UNSERVED = {"dan": DistributionOutcome.NO_LOGIN, "eve": DistributionOutcome.UNKNOWN_LOGIN}


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a GitHub with a template, which does not know the login of one student."""
    with StandIn(tmp_path / "github") as made:
        made.add_repository(TEMPLATE).is_template = True
        made.push(TEMPLATE, FILES)
        made.unknown_logins.add("eve-unknown")
        yield made


@pytest.fixture
def client(github: StandIn) -> Iterator[GitHubClient]:
    """Return a client whose token has just the rights that are needed, and which never waits."""
    token = github.add_token("owner", {"course/*": RIGHTS})
    server = GitHubServer.from_environment(github.environment(token))
    with GitHubClient(server, sleep=lambda _: None) as made:
        yield made


def make(client: GitHubClient, plan: MakingPlan = PLAN) -> tuple[StudentResult, ...]:
    """Make the repositories of the class."""
    return tuple(make_repositories(plan, CLASS, client))


def outcomes(results: tuple[StudentResult, ...]) -> dict[str, DistributionOutcome]:
    """Return each student's outcome."""
    return {result.student: result.outcome for result in results}


def writes(github: StandIn) -> list[str]:
    """List the requests that change something."""
    return [f"{request.method} {request.path}" for request in github.requests if request.writes]


def assert_all_is_made(github: StandIn) -> None:
    """Check the repositories and the invitations of the class."""
    assert {repository.full_name for repository in github.repositories("course")} == {
        TEMPLATE,
        *(f"course/m06-{student}" for student in SERVED),
    }
    for login in ("Ada", "bob", "cyd"):
        repository = github.repository(f"course/m06-{login}")
        assert repository.private
        assert repository.files() == {name: text.encode() for name, text in FILES.items()}
        (invitation,) = invitations(repository)
        assert (invitation["invitee"]["login"], invitation["permissions"]) == (login, "write")


def test_each_student_gets_a_private_repository_and_an_invitation(
    github: StandIn, client: GitHubClient
) -> None:
    """One without a login, and one whose login GitHub does not know, stop nobody."""
    done = make(client)

    assert outcomes(done) == UNSERVED | dict.fromkeys(SERVED, DistributionOutcome.MADE)
    assert done[1].note == "eve-unknown"
    assert done[2].note == f"{github.url}/course/m06-ada"
    assert_all_is_made(github)


def test_making_again_changes_nothing(github: StandIn, client: GitHubClient) -> None:
    """It says who has accepted, and who has not."""
    make(client)
    accept_invitation(github.repository("course/m06-bob"), "bob")
    github.requests.clear()

    again = make(client)

    assert outcomes(again) == UNSERVED | {
        "ada": DistributionOutcome.WAITING,
        "bob": DistributionOutcome.READY,
        "cyd": DistributionOutcome.WAITING,
    }
    assert writes(github) == []


@pytest.mark.parametrize("state", ["declined", "expired", "may only read"])
def test_an_invitation_that_is_missing_is_sent_again(
    github: StandIn, client: GitHubClient, state: str
) -> None:
    """The student's work stays as it is."""
    make(client)
    work = github.push("course/m06-ada", {"writer.py": "mine\n"})
    repository = github.repository("course/m06-ada")
    if state == "expired":
        invitations(repository)[0]["expired"] = True
    else:
        invitations(repository).clear()
    if state == "may only read":
        collaborators(repository)["Ada"] = "pull"

    again = make(client)

    assert outcomes(again)["ada"] is DistributionOutcome.INVITED
    assert repository.head == work
    if state == "may only read":
        assert collaborators(repository) == {"Ada": "push"}
    else:
        (invitation,) = invitations(repository)
        assert (invitation["permissions"], invitation["expired"]) == ("write", False)


def test_a_dry_run_writes_nothing(github: StandIn, client: GitHubClient) -> None:
    """The outcomes say what would be done."""
    dry = replace(PLAN, dry_run=True)
    first = make(client, dry)
    github.add_repository("course/m06-cyd")

    second = make(client, dry)

    assert outcomes(first) == UNSERVED | dict.fromkeys(SERVED, DistributionOutcome.TO_MAKE)
    assert outcomes(second)["cyd"] is DistributionOutcome.TO_INVITE
    assert writes(github) == []


def test_an_interrupted_run_can_be_continued(github: StandIn, client: GitHubClient) -> None:
    """It may end before or after each request, also where GitHub did what was asked."""
    for after in range(20):
        github.faults = [Fault("", after=after, times=100, status=503, acts=after % 2 == 0)]
        with suppress(GitHubError):  # where the template could not be looked up
            make(client)
    github.faults = []

    make(client)

    assert_all_is_made(github)


def test_a_lost_response_makes_no_second_repository(github: StandIn, client: GitHubClient) -> None:
    """It first looks whether the repository is there."""
    github.faults = [replace(broken("/generate", acts=True), method="POST")]

    done = make(client)

    assert outcomes(done)["ada"] is DistributionOutcome.MADE
    assert_all_is_made(github)


def test_a_refused_invitation_is_reported(github: StandIn, client: GitHubClient) -> None:
    """The repository stays, and the next run invites again."""
    github.faults = [Fault("/collaborators/Ada", method="PUT", status=422)]

    first = make(client)
    second = make(client)

    assert outcomes(first)["ada"] is DistributionOutcome.FAILED
    assert "inviting the student: 422" in first[2].note
    assert outcomes(second)["ada"] is DistributionOutcome.INVITED


def test_a_repository_that_others_can_see_or_that_the_student_administers_is_reported(
    github: StandIn, client: GitHubClient
) -> None:
    """It is not changed: somebody may have a reason."""
    github.add_repository("course/m06-ada", private=False)
    collaborators(github.add_repository("course/m06-bob"))["bob"] = "admin"

    done = {result.student: result for result in make(client)}

    assert "is public" in done["ada"].note
    assert "is an admin" in done["bob"].note
    assert collaborators(github.repository("course/m06-bob")) == {"bob": "admin"}


def test_the_template_is_looked_up_first(github: StandIn, client: GitHubClient) -> None:
    """Nothing is made from a repository that is missing, or not marked as a template."""
    github.repository(TEMPLATE).is_template = False

    with pytest.raises(DistributionError, match="Settings > Template repository"):
        make(client)
    with pytest.raises(DistributionError, match="no such template"):
        make(client, replace(PLAN, template="course/none"))

    assert writes(github) == []


@pytest.mark.parametrize("right", RIGHTS)
def test_each_right_is_needed_and_named(github: StandIn, right: str) -> None:
    """The error is reported for each student."""
    rights = {**RIGHTS, right: "read" if RIGHTS[right] == "write" else ""}
    token = github.add_token("weak", {"course/*": rights})
    server = GitHubServer.from_environment(github.environment(token))
    with GitHubClient(server, sleep=lambda _: None) as weak:
        done = make(weak)

    assert outcomes(done) == UNSERVED | dict.fromkeys(SERVED, DistributionOutcome.FAILED)
    assert f"needs {right}={RIGHTS[right]}" in done[2].note


def test_a_limit_of_github_is_waited_for(github: StandIn) -> None:
    """Writes come a second apart, and a limit lasts as long as GitHub says."""
    waited: list[float] = []
    token = github.add_token("owner", {"course/*": RIGHTS})
    github.faults = [secondary_limit("/generate", seconds=77, after=1)]
    server = GitHubServer.from_environment(github.environment(token))
    with GitHubClient(server, sleep=waited.append, now=lambda: 0.0) as patient:
        done = make(patient)

    assert outcomes(done) == UNSERVED | dict.fromkeys(SERVED, DistributionOutcome.MADE)
    assert 77.0 in waited
    assert waited.count(1.0) >= 5
