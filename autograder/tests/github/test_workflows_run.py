"""The workflows that publish something, run on this machine against a stand-in for GitHub."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.tests.course.repositories import files_of
from autograder.tests.distribution.secrets import student_repository
from autograder.tests.github import act
from autograder.tests.github.workflows import DESK
from autograder.tests.github_stand_in import StandIn, dispatches, pull_requests
from autograder.tests.student_repository.clone import SOLUTION

pytestmark = pytest.mark.skipif(
    not act.ACT.exists() or act.UV is None, reason="needs act, which is for Linux, and uv"
)

TEMPLATE = "course/m06-template"
ADA, BOB = "course/m06-ada-l", "course/m06-bob-r"
ROSTER = "id,name,email,login\n1,Ada Lovelace,ada@example.org,ada-l\n2,Bob Ross,b@b.org,bob-r\n"
POLICY = """
assignment = "m06_partitioned_logs"
organization = "course"
repository = "m06-{{login}}"
timezone = "UTC"
[deadline]
at = {at}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the instructors' repository, of a course whose deadline was yesterday."""
    at = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    return act.repository(
        tmp_path_factory.mktemp("act") / "instructors",
        {"course/course.toml": POLICY.format(at=at), "course/roster.csv": ROSTER},
    )


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a GitHub with a template and one student's repository; another student has none."""
    with StandIn(tmp_path / "github") as made:
        for name in (TEMPLATE, ADA):
            made.add_repository(name)
            made.push(name, {"README.md": "old\n"})
        yield made


def environment(github: StandIn) -> dict[str, str]:
    """Return the variables that name the GitHub server and allow any Python."""
    found = github.environment("")
    del found["GITHUB_TOKEN"]
    return {**found, "AUTOGRADER_ANY_PYTHON": "1"}


def test_grading_by_hand(workspace: Path, github: StandIn) -> None:
    """A push is graded once, the token reaches a single step, and the log has only counts."""
    head = github.push(ADA, SOLUTION.files)
    token = github.add_token("staff", {"course/*": {"contents": "write", "statuses": "write"}})

    def run() -> act.ActRun:
        return act.run(
            workspace,
            "grade-pushes.yml",
            environment=environment(github),
            secrets={"GRADING_TOKEN": token},
        )

    first, second = run(), run()

    assert first.jobs == second.jobs == {"grade": "success"}, first.log + second.log
    assert len(github.statuses(ADA, head)) == 5
    assert len(github.comments(ADA, head)) == 1
    assert re.search(r"\bgraded +│ 1 │", first.log)
    assert not re.search(r"\bgraded +│", second.log)
    logs = first.log + second.log
    assert not [
        secret for secret in ("ada-l", "bob-r", "Lovelace", "points", token) if secret in logs
    ]


def test_publishing_by_hand(workspace: Path, github: StandIn) -> None:
    """A dry run comes first, then a real run; in both, the token reaches a single step."""
    token = github.add_token("staff", {TEMPLATE: "write"})

    def run(*, dry_run: bool) -> act.ActRun:
        return act.run(
            workspace,
            "publish-assignment.yml",
            environment=environment(github),
            inputs={"dry_run": dry_run},
            secrets={"PUBLISH_TOKEN": token},
            variables={"TEMPLATE_REPOSITORY": TEMPLATE},
        )

    tried = run(dry_run=True)
    before = files_of(github.repository(TEMPLATE).folder)
    done = run(dry_run=False)

    assert tried.jobs == done.jobs == {"publish": "success"}, tried.log + done.log
    assert set(before) == {"README.md"}
    assert files_of(github.repository(TEMPLATE).folder) == student_repository()
    assert token not in tried.log + done.log


def test_releasing_by_hand(workspace: Path, github: StandIn) -> None:
    """The log has counts and the page has names; a missing repository fails the job."""
    token = github.add_token("staff", {ADA: {"contents": "write", "pull_requests": "write"}})

    done = act.run(
        workspace,
        "release-solutions.yml",
        environment=environment(github),
        inputs={"dry_run": False, "force": False},
        secrets={"RELEASE_TOKEN": token},
    )

    assert done.jobs == {"release": "failure"}, done.log
    assert len(pull_requests(github.repository(ADA))) == 1
    assert "1 released" in done.log
    assert "1 failed" in done.log
    assert not [name for name in ("ada-l", "bob-r", "Lovelace", token) if name in done.log]
    assert ADA in done.artifacts["released.md"]


def test_in_a_public_repository_no_page_is_uploaded(workspace: Path, github: StandIn) -> None:
    """Anybody could download the page."""
    token = github.add_token("staff", {ADA: "write"})

    done = act.run(
        workspace,
        "release-solutions.yml",
        environment=environment(github),
        inputs={"dry_run": True, "force": False},
        secrets={"RELEASE_TOKEN": token},
        private=False,
    )

    assert "1 to be released" in done.log
    assert done.artifacts == {}


@pytest.mark.parametrize(("right", "result"), [("write", "success"), ("read", "failure")])
def test_the_desk_starts_the_grading(
    github: StandIn, tmp_path: Path, right: str, result: str
) -> None:
    """It prints nothing; without the right to start the grading, it fails."""
    instructors = github.add_repository("course/instructors")
    token = github.add_token("desk", {"course/instructors": {"actions": right}})
    desk = act.repository(
        tmp_path / "desk", {".github/workflows/ask.yml": DESK.read_text("utf-8")}, parts=()
    )

    done = act.run(
        desk,
        "ask.yml",
        environment=environment(github),
        secrets={"START_TOKEN": token},
        variables={"INSTRUCTORS_REPOSITORY": "course/instructors"},
    )

    assert done.jobs == {"ask": result}, done.log
    assert dispatches(instructors) == [("grade-pushes.yml", "main")] * (result == "success")
    assert token not in done.log
