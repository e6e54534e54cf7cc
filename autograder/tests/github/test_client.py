"""The client waits as GitHub asks, repeats requests that may be repeated, and hides secrets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.errors import GitHubError
from autograder.github.client import (
    LIMIT_PAUSE,
    MOST_TRIES,
    WRITE_PAUSE,
    GitHubClient,
    GitHubServer,
    NotThereError,
    UncertainError,
)
from autograder.tests.course.classroom import FakeClock
from autograder.tests.github_stand_in import Fault, StandIn, broken, secondary_limit

NAME = "course/m06-ada"
PATH = f"/repos/{NAME}"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a stand-in with a repository."""
    with StandIn(tmp_path) as made:
        made.add_repository(NAME)
        yield made


@pytest.fixture
def clock() -> FakeClock:
    """Make a clock that moves when somebody sleeps."""
    return FakeClock()


@pytest.fixture
def client(github: StandIn, clock: FakeClock) -> Iterator[GitHubClient]:
    """Make a client with all rights."""
    server = GitHubServer.from_environment(
        github.environment(github.add_token("g", {NAME: "write"}))
    )
    with GitHubClient(server, sleep=clock.sleep, now=clock.now) as made:
        yield made


def comment(client: GitHubClient, sha: str) -> None:
    """Send a request that must not be repeated."""
    client.write(
        "POST", f"{PATH}/commits/{sha}/comments", "writing", {"body": "x"}, repeatable=False
    )


def test_it_waits_as_long_as_retry_after_says(
    github: StandIn, client: GitHubClient, clock: FakeClock
) -> None:
    """It then repeats any request, since a request beyond a limit was not carried out."""
    sha = github.push(NAME, {"a.py": ""})
    github.faults = [secondary_limit("/comments", seconds=42)]

    comment(client, sha)

    assert clock.pauses == [42]
    assert github.comments(NAME, sha) == ["x"]


def test_it_waits_until_a_primary_limit_is_lifted(
    github: StandIn, client: GitHubClient, clock: FakeClock
) -> None:
    """It waits until the time of the reset."""
    reset = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(clock.time) + 1800)}
    github.faults = [Fault(PATH, status=403, headers=reset, message="API rate limit exceeded")]

    client.get(PATH, "reading")

    assert clock.pauses == [1800]


def test_it_waits_longer_each_time_if_github_gives_no_time(
    github: StandIn, client: GitHubClient, clock: FakeClock
) -> None:
    """It waits a minute, then two and so on, and then gives up."""
    github.faults = [Fault(PATH, status=429, times=100)]

    with pytest.raises(GitHubError, match="limit of requests is reached"):
        client.get(PATH, "reading")

    assert clock.pauses == [LIMIT_PAUSE * 2**number for number in range(MOST_TRIES - 1)]


def test_a_wait_of_days_is_an_error(
    github: StandIn, client: GitHubClient, clock: FakeClock
) -> None:
    """Such a wait would be useless."""
    github.faults = [secondary_limit(PATH, seconds=100_000)]

    with pytest.raises(GitHubError, match="limit of requests is reached"):
        client.get(PATH, "reading")

    assert clock.pauses == []


def test_two_writes_are_a_second_apart(
    github: StandIn, client: GitHubClient, clock: FakeClock
) -> None:
    """GitHub asks this of clients that write much."""
    sha = github.push(NAME, {"a.py": ""})

    for _ in range(3):
        comment(client, sha)

    assert clock.pauses == [WRITE_PAUSE, WRITE_PAUSE]


@pytest.mark.parametrize("fault", [Fault(PATH, status=502, times=2), broken(PATH, times=2)])
def test_a_request_that_may_be_repeated_is_tried_again(
    github: StandIn, client: GitHubClient, clock: FakeClock, fault: Fault
) -> None:
    """Each wait is longer than the one before."""
    github.faults = [Fault(**vars(fault))]

    found = client.get(PATH, "reading")

    assert found["full_name"] == NAME
    assert clock.pauses == [1, 2]


@pytest.mark.parametrize("fault", [Fault("/comments", status=502), broken("/comments", acts=True)])
def test_a_request_that_must_not_be_repeated_is_not_tried_again(
    github: StandIn, client: GitHubClient, fault: Fault
) -> None:
    """The error says that nobody knows whether it was carried out."""
    sha = github.push(NAME, {"a.py": ""})
    github.faults = [Fault(**vars(fault))]

    with pytest.raises(UncertainError):
        comment(client, sha)

    assert len([request for request in github.requests if request.writes]) == 1


def test_an_unreachable_github_is_reported(clock: FakeClock) -> None:
    """It is reported after a few tries."""
    nowhere = {"GITHUB_API_URL": "http://127.0.0.1:9", "GITHUB_TOKEN": "ghp_secret"}
    server = GitHubServer.from_environment(nowhere)

    with (
        GitHubClient(server, sleep=clock.sleep, now=clock.now) as client,
        pytest.raises(GitHubError, match="cannot be reached"),
    ):
        client.get(PATH, "reading")

    assert len(clock.pauses) == MOST_TRIES - 1


def test_errors_name_neither_token_nor_repository(github: StandIn, clock: FakeClock) -> None:
    """The token is a secret, and the repository's name contains a student's login."""
    token = github.add_token("reader", {NAME: {"statuses": "read"}})
    server = GitHubServer.from_environment(github.environment(token))

    with GitHubClient(server, sleep=clock.sleep, now=clock.now) as reader:
        with pytest.raises(GitHubError, match="may not do this") as forbidden:
            reader.get(f"{PATH}/activity", "reading")
        with pytest.raises(NotThereError, match="not there") as missing:
            reader.get("/repos/course/m06-eve", "reading")

    texts = [str(forbidden.value), str(missing.value), repr(server), repr(reader)]
    assert not any(word in text for text in texts for word in (token, "m06-ada", "m06-eve"))


def test_a_students_text_is_not_mistaken_for_a_limit(
    github: StandIn, client: GitHubClient, clock: FakeClock
) -> None:
    """The words of a limit may be in a comment that a response contains."""
    sha = github.push(NAME, {"a.py": ""})
    client.write(
        "POST",
        f"{PATH}/commits/{sha}/comments",
        "writing",
        {"body": "RATE_LIMITED"},
        repeatable=False,
    )
    question = 'query { repository(owner: "course", name: "m06-ada") { commitComments(last: 1) {'

    data = client.query(f"{question} nodes {{ body }} }} }} }}", {}, "reading")

    assert data["repository"]["commitComments"]["nodes"] == [{"body": "RATE_LIMITED"}]
    assert clock.pauses == []


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "GITHUB_TOKEN is not set"),
        ({"GITHUB_TOKEN": "  "}, "GITHUB_TOKEN is not set"),
        ({"GITHUB_TOKEN": "t", "GITHUB_API_URL": "http://example.org"}, "GITHUB_API_URL must"),
        ({"GITHUB_TOKEN": "t", "GITHUB_SERVER_URL": "file:///x"}, "GITHUB_SERVER_URL must"),
    ],
)
def test_a_token_is_never_sent_unencrypted(environment: dict[str, str], message: str) -> None:
    """The only exception is this machine, for tests."""
    with pytest.raises(GitHubError, match=message):
        GitHubServer.from_environment(environment)
