"""The workflow and the dev container that students get: least rights, and nothing that moves."""

import json
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from autograder.tests.student_repository.clone import REPOSITORY
from autograder.tests.student_repository.workflow import WITH_DESK, WITHOUT_DESK

either = pytest.mark.parametrize("text", [WITHOUT_DESK, WITH_DESK], ids=["plain", "with a desk"])


def read(text: str) -> dict[str, Any]:
    """Read a workflow; each value is a text, and `on` stays `on`."""
    content: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return content


def job_of(text: str) -> dict[str, Any]:
    """Take the only job."""
    (job,) = read(text)["jobs"].values()
    found: dict[str, Any] = job
    return found


@either
def test_it_runs_on_each_push_and_on_request(text: str) -> None:
    """On every branch, but not on what others send."""
    assert read(text)["on"] == {"push": {"branches": ["**"]}, "workflow_dispatch": ""}


@either
def test_it_may_read_the_files_and_the_statuses_and_nothing_else(text: str) -> None:
    """Comments on commits are read with the right to the files."""
    assert read(text)["permissions"] == {}
    assert job_of(text)["permissions"] == {"contents": "read", "statuses": "read"}


@either
def test_actions_are_pinned_to_a_commit_with_their_version_beside(text: str) -> None:
    """A tag could be moved."""
    uses = re.findall(r"- uses: (.*)", text)

    assert len(uses) == 2
    for one in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)


@either
def test_the_job_s_token_reaches_the_last_step_alone(text: str) -> None:
    """Neither git nor the student's code is given it."""
    steps = job_of(text)["steps"]
    given = [step.get("name") for step in steps if "github.token" in json.dumps(step)]

    assert given == ["Grade by the hidden tests"]
    assert steps[0]["with"]["persist-credentials"] == "false"


def test_no_secret_is_used_where_no_desk_is_asked() -> None:
    """Whoever may push can read any that is."""
    assert "secrets" not in re.sub(r"#.*", "", WITHOUT_DESK)


def test_the_desk_s_secret_reaches_the_step_that_asks_alone() -> None:
    """Through its environment; it is the only one, and a failure to ask costs nothing."""
    steps = job_of(WITH_DESK)["steps"]
    asking = [step for step in steps if "secrets" in json.dumps(step)]

    assert re.findall(r"secrets\.(\w+)", WITH_DESK) == ["DESK_TOKEN"]
    assert [step["name"] for step in asking] == ["Ask for the grade"]
    assert "secrets" not in asking[0]["run"]
    assert asking[0]["continue-on-error"] == "true"


@either
def test_a_newer_push_takes_the_place_of_an_older_one(text: str) -> None:
    """On the same branch."""
    assert read(text)["concurrency"] == {
        "group": "grade-${{ github.ref }}",
        "cancel-in-progress": "true",
    }


@either
def test_nothing_runs_for_ever(text: str) -> None:
    """The job and each command have a limit."""
    job = job_of(text)
    limits = [int(one["timeout-minutes"]) for one in (job, *job["steps"]) if "uses" not in one]

    assert len(limits) >= 3
    assert max(limits) <= 10


@either
def test_versions_are_quoted(text: str) -> None:
    """YAML reads 3.10 as 3.1."""
    assert all('"' in line for line in text.splitlines() if "version: " in line)


@either
def test_no_expression_stands_in_a_command(text: str) -> None:
    """Names of branches are texts that somebody chose."""
    assert all("${{" not in step.get("run", "") for step in job_of(text)["steps"])


@either
def test_the_grade_is_shown_even_if_checks_fail(text: str) -> None:
    """Hidden tests may have graded what the checks refuse."""
    last = job_of(text)["steps"][-1]

    assert last["run"].endswith("python checks/show_grade.py")
    assert last["if"] == "${{ !cancelled() }}"


def test_the_dev_container_has_a_full_version_and_installs_the_requirements() -> None:
    """So that it is the same next term."""
    text = (REPOSITORY / ".devcontainer" / "devcontainer.json").read_text("utf-8")

    settings = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))

    assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+-3\.12-\w+", settings["image"])
    assert "--requirement requirements.txt" in settings["postCreateCommand"]
