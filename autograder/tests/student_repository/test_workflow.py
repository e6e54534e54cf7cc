"""The workflow and the dev container of students: least rights, and only pinned versions."""

import json
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from autograder.tests.student_repository.clone import REPOSITORY
from autograder.tests.student_repository.workflow import WITH_DESK, WITHOUT_DESK

either = pytest.mark.parametrize("text", [WITHOUT_DESK, WITH_DESK], ids=["plain", "with a desk"])


def read(text: str) -> dict[str, Any]:
    """Read a workflow. Each value is a string, and the key `on` does not become True."""
    content: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return content


def job_of(text: str) -> dict[str, Any]:
    """Return the workflow's only job."""
    (job,) = read(text)["jobs"].values()
    found: dict[str, Any] = job
    return found


@either
def test_it_runs_on_each_push_and_on_request(text: str) -> None:
    """On every branch, but not for pull requests of others."""
    assert read(text)["on"] == {"push": {"branches": ["**"]}, "workflow_dispatch": ""}


@either
def test_it_may_read_the_files_and_the_statuses_and_nothing_else(text: str) -> None:
    """`contents: read` covers comments on commits too."""
    assert read(text)["permissions"] == {}
    assert job_of(text)["permissions"] == {"contents": "read", "statuses": "read"}


@either
def test_actions_are_pinned_to_a_commit_and_name_their_version(text: str) -> None:
    """A tag can be moved to another commit."""
    uses = re.findall(r"- uses: (.*)", text)

    assert len(uses) == 2
    for action in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


@either
def test_only_the_last_step_gets_the_token_of_the_job(text: str) -> None:
    """Neither git nor the student's code gets it."""
    steps = job_of(text)["steps"]
    given = [step.get("name") for step in steps if "github.token" in json.dumps(step)]

    assert given == ["Grade by the hidden tests"]
    assert steps[0]["with"]["persist-credentials"] == "false"


def test_without_a_desk_the_workflow_uses_no_secret() -> None:
    """Everybody who may push could read it."""
    assert "secrets" not in re.sub(r"#.*", "", WITHOUT_DESK)


def test_only_the_step_that_asks_gets_the_secret_of_the_desk() -> None:
    """Through its environment. It is the only secret, and the job continues if asking fails."""
    steps = job_of(WITH_DESK)["steps"]
    asking = [step for step in steps if "secrets" in json.dumps(step)]

    assert re.findall(r"secrets\.(\w+)", WITH_DESK) == ["DESK_TOKEN"]
    assert [step["name"] for step in asking] == ["Ask for the grade"]
    assert "secrets" not in asking[0]["run"]
    assert asking[0]["continue-on-error"] == "true"


@either
def test_a_newer_push_cancels_the_job_of_an_older_one(text: str) -> None:
    """If both are on the same branch."""
    assert read(text)["concurrency"] == {
        "group": "grade-${{ github.ref }}",
        "cancel-in-progress": "true",
    }


@either
def test_the_job_and_each_command_have_a_time_limit(text: str) -> None:
    """At most 10 minutes."""
    job = job_of(text)
    commands = [step for step in job["steps"] if "uses" not in step]
    limits = [int(part["timeout-minutes"]) for part in (job, *commands)]

    assert len(limits) >= 3
    assert max(limits) <= 10


@either
def test_versions_are_quoted(text: str) -> None:
    """YAML reads 3.10 as 3.1."""
    assert all('"' in line for line in text.splitlines() if "version: " in line)


@either
def test_no_command_contains_an_expression(text: str) -> None:
    """The shell would run text from others that an expression holds, such as a branch's name."""
    assert all("${{" not in step.get("run", "") for step in job_of(text)["steps"])


@either
def test_the_grade_is_shown_even_if_checks_fail(text: str) -> None:
    """The hidden tests may give points to code that fails some checks."""
    last = job_of(text)["steps"][-1]

    assert last["run"].endswith("python checks/show_grade.py")
    assert last["if"] == "${{ !cancelled() }}"


def test_the_dev_container_has_a_full_version_and_installs_the_requirements() -> None:
    """Then it is the same next term."""
    text = (REPOSITORY / ".devcontainer" / "devcontainer.json").read_text("utf-8")

    settings = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))

    assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+-3\.12-\w+", settings["image"])
    assert "--requirement requirements.txt" in settings["postCreateCommand"]
