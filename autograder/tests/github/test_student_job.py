"""The job in a student's repository reads only that repository, and its token opens no other."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from autograder.tests.course.classroom import CONTEXTS, Classroom
from autograder.tests.course.term import INSTRUCTORS, TEMPLATE
from autograder.tests.distribution.secrets import student_repository
from autograder.tests.github import act
from autograder.tests.github.workflows import Workflow
from autograder.tests.github_stand_in import StandIn, dispatches
from autograder.tests.github_stand_in.git_client import run_git
from autograder.tests.github_stand_in.stand_in import API, GRAPHQL
from autograder.tests.student_repository.clone import REPOSITORY, SOLUTION
from autograder.tests.student_repository.workflow import ASKING_STEP, WITHOUT_DESK

GRADE = Workflow(REPOSITORY / ".github" / "workflows" / "grade.yml")
ADA, BOB = Classroom.name("ada"), Classroom.name("bob")
OTHERS = (BOB, TEMPLATE, INSTRUCTORS)
QUERY = 'query($name: String!) { repository(owner: "course", name: $name) { pushedAt } }'


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Classroom]:
    """Make a course in which all repositories have a commit and all pushes have a grade."""
    with StandIn(tmp_path / "github") as github:
        made = Classroom(github, tmp_path / "course", ["ada", "bob"])
        for name in (TEMPLATE, INSTRUCTORS):
            github.add_repository(name)
            github.push(name, {"course/roster.csv": "login\nada\nbob\n"})
        workflow = {".github/workflows/grade.yml": WITHOUT_DESK.encode()}
        github.push(ADA, student_repository() | SOLUTION.files | workflow)
        made.push("bob")
        made.done()
        github.requests.clear()
        yield made


def reads(name: str, commit: str) -> Iterator[str]:
    """List the addresses that give data of a repository by REST."""
    yield f"/repos/{name}"
    yield f"/repos/{name}/activity"
    yield f"/repos/{name}/pulls"
    yield f"/repos/{name}/commits/{commit}/status"
    yield f"/repos/{name}/commits/{commit}/comments"


def ask(github: StandIn, token: str, path: str) -> httpx.Response:
    """Read something by REST."""
    return httpx.get(f"{github.url}{API}{path}", headers={"Authorization": f"Bearer {token}"})


def repository(github: StandIn, token: str, name: str) -> Any:
    """Read of a repository by GraphQL."""
    variables = {"name": name.partition("/")[2]}
    answer = httpx.post(
        f"{github.url}{GRAPHQL}",
        json={"query": QUERY, "variables": variables},
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.json()["data"]["repository"]


@pytest.mark.skipif(
    not act.ACT.exists() or act.UV is None, reason="needs act, which is for Linux, and uv"
)
def test_a_students_job_asks_only_for_its_repository(course: Classroom, tmp_path: Path) -> None:
    """GitHub's log has all requests of the job, which runs with the workflow's rights."""
    github = course.github
    (job,) = GRADE.jobs
    token = github.add_token("job", {ADA: job["permissions"]})
    environment = {**github.environment(token), "GRADE_WAIT_SECONDS": "0"}
    secrets = {"GITHUB_TOKEN": environment.pop("GITHUB_TOKEN")}
    checkout = run_git(token, "clone", f"{github.url}/{ADA}.git", str(tmp_path / "work"))

    done = act.run(
        tmp_path / "work", "grade.yml", environment=environment, secrets=secrets, name=ADA
    )

    asked = [request.path.removeprefix(API) for request in github.requests]
    assert checkout.returncode == 0
    assert done.jobs == {"grade": "success"}, done.log
    published = github.statuses(ADA, str(github.repository(ADA).head))
    assert {*published} == {*CONTEXTS}
    for context, (state, description) in published.items():
        assert f"{context} {state} {description}" in done.log
    assert {request.login for request in github.requests} == {"job"}
    assert {path.partition(ADA)[0] for path in asked} == {"/", "/repos/"}
    assert {path.partition(ADA)[2].rpartition("/")[2] for path in asked} == {
        "refs", "git-upload-pack", "status", "comments",
    }  # fmt: skip
    assert not any(request.writes for request in github.requests)


def test_a_job_can_only_start_the_workflow_of_the_grading_desk(
    course: Classroom, tmp_path: Path
) -> None:
    """Its token starts that workflow and reads no student's repository; the log says nothing."""
    github = course.github
    desk = github.add_repository("course/grading-desk")
    token = github.add_token("desk", {desk.full_name: {"actions": "write"}})
    (step,) = yaml.safe_load(ASKING_STEP)
    later = tmp_path / "environment-of-later-steps"
    environment = {
        **github.environment(""),
        "GITHUB_ENV": str(later),
        "GITHUB_REPOSITORY_OWNER": "course",
        "TOKEN": token,
    }

    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
        env={**environment, "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert later.read_text() == "GRADE_WAIT_SECONDS=90\n"
    assert dispatches(desk) == [("ask.yml", "main")]
    for name in (ADA, *OTHERS):
        paths = reads(name, str(github.repository(name).head))
        assert {ask(github, token, path).status_code for path in paths} == {404}


@pytest.mark.parametrize("rights", [GRADE.jobs[0]["permissions"], "write"], ids=["given", "all"])
def test_the_token_of_a_student_s_job_opens_no_other_repository(
    course: Classroom, rights: str | Mapping[str, str]
) -> None:
    """It opens neither a classmate's nor the instructors' repository, whatever rights it has."""
    github = course.github
    job = github.add_token("job", {ADA: rights})
    owner = github.add_token("owner", {"course/*": "write"})
    paths = [path for name in OTHERS for path in reads(name, str(github.repository(name).head))] + [
        "/orgs/course/members"
    ]

    answers = {
        token: (
            {ask(github, token, path).status_code for path in paths},
            [repository(github, token, name) is None for name in OTHERS],
            [run_git(token, "ls-remote", f"{github.url}/{name}.git").returncode for name in OTHERS],
            [found["full_name"] for found in ask(github, token, "/orgs/course/repos").json()],
        )
        for token in (job, owner)
    }

    assert answers[job] == ({403, 404}, [True] * 3, [128] * 3, [ADA])
    assert answers[owner] == ({200}, [False] * 3, [0] * 3, [ADA, *OTHERS])
