"""The workflow and the dev container that students get: least rights, and nothing that moves."""

import json
import re
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from autograder.tests.student_repository.clone import REPOSITORY

TEXT = (REPOSITORY / ".github" / "workflows" / "grade.yml").read_text("utf-8")
# BaseLoader: the key `on` stays a text, and so do versions.
WORKFLOW: dict[str, Any] = yaml.load(TEXT, yaml.BaseLoader)
(JOB,) = WORKFLOW["jobs"].values()
STEPS: list[dict[str, Any]] = JOB["steps"]


def test_it_runs_on_each_push_and_on_request() -> None:
    """On every branch, but not on what others send."""
    assert WORKFLOW["on"] == {"push": {"branches": ["**"]}, "workflow_dispatch": ""}


def test_it_may_read_the_files_and_the_statuses_and_nothing_else() -> None:
    """Comments on commits are read with the right to the files."""
    assert WORKFLOW["permissions"] == {}
    assert JOB["permissions"] == {"contents": "read", "statuses": "read"}


def test_actions_are_pinned_to_a_commit_with_their_version_beside() -> None:
    """A tag could be moved."""
    uses = re.findall(r"- uses: (.*)", TEXT)

    assert len(uses) == 2
    for one in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)


def test_no_secret_is_used_and_the_token_reaches_the_last_step_alone() -> None:
    """Neither git nor the student's code is given it."""
    with_token = [step["name"] for step in STEPS if "token" in json.dumps(step).lower()]

    assert "secrets" not in re.sub(r"#.*", "", TEXT)
    assert with_token == ["Grade by the hidden tests"]
    assert STEPS[0]["with"]["persist-credentials"] == "false"


def test_a_newer_push_takes_the_place_of_an_older_one() -> None:
    """On the same branch."""
    assert WORKFLOW["concurrency"] == {
        "group": "grade-${{ github.ref }}",
        "cancel-in-progress": "true",
    }


def test_nothing_runs_for_ever() -> None:
    """The job and each command have a limit."""
    limits = [int(one["timeout-minutes"]) for one in (JOB, *STEPS) if "run" in one or one is JOB]

    assert len(limits) == 3
    assert max(limits) <= 10


def test_versions_are_quoted() -> None:
    """YAML reads 3.10 as 3.1."""
    assert all('"' in line for line in TEXT.splitlines() if "version: " in line)


def test_no_expression_stands_in_a_command() -> None:
    """Names of branches are texts that somebody chose."""
    assert all("${{" not in step.get("run", "") for step in STEPS)


def test_the_grade_is_shown_even_if_checks_fail() -> None:
    """Hidden tests may have graded what the checks refuse."""
    assert STEPS[-1]["run"].endswith("python checks/show_grade.py")
    assert STEPS[-1]["if"] == "${{ !cancelled() }}"


def test_the_dev_container_has_a_full_version_and_installs_the_requirements() -> None:
    """So that it is the same next term."""
    text = (REPOSITORY / ".devcontainer" / "devcontainer.json").read_text("utf-8")

    settings = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))

    assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+-3\.12-\w+", settings["image"])
    assert "--requirement requirements.txt" in settings["postCreateCommand"]
