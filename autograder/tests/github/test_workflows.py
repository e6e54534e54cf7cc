"""This repository's workflows: least rights, pinned actions, nothing personal in a log."""

import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from autograder.cli.app import app
from autograder.tests.github.workflows import DESK, GITHUB, PROJECT, SANDBOX, WORKFLOWS, Workflow
from autograder.tests.student_repository.workflow import WITH_DESK, WITHOUT_DESK

BIN = Path(sysconfig.get_path("scripts"))
CLUSTER = PROJECT / "autograder" / "docs" / "instructors" / "many-machines.md"
BY_NAME = {workflow.path.stem: workflow for workflow in WORKFLOWS}
SECRETS = {
    "grade-pushes": {"GRADING_TOKEN"},
    "publish-assignment": {"PUBLISH_TOKEN"},
    "release-solutions": {"RELEASE_TOKEN"},
    "ask": {"START_TOKEN"},
    "ci": set(),
}

each_workflow = pytest.mark.parametrize(
    "workflow", WORKFLOWS, ids=lambda workflow: workflow.path.stem
)


def run(*command: str) -> tuple[int, str]:
    """Run a linter of this project's environment."""
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=PROJECT,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


def test_there_is_a_workflow_for_each_job_of_the_course() -> None:
    """And the desk's."""
    assert set(BY_NAME) == set(SECRETS)


@each_workflow
def test_actionlint_finds_nothing(workflow: Workflow, tmp_path: Path) -> None:
    """It knows the inputs of actions by tag, so commits are replaced by tags."""
    text = re.sub(r"@[0-9a-f]{40} # (v\d+)[.\d]*", r"@\1", workflow.text)
    (tmp_path / workflow.path.name).write_text(text)

    found = run("actionlint", "-shellcheck", str(BIN / "shellcheck"), str(workflow.path))
    by_tags = run("actionlint", "-shellcheck", "", str(tmp_path / workflow.path.name))

    assert found == (0, "")
    assert by_tags == (0, "")


def test_zizmor_finds_nothing() -> None:
    """It looks for unpinned actions, templates in commands, and tokens that are left behind."""
    status, output = run(
        "zizmor", "--offline", "--no-progress", "--color=never",
        str(GITHUB), str(GITHUB / "grading-desk"),
    )  # fmt: skip

    assert status == 0, output


@pytest.mark.parametrize("text", [WITHOUT_DESK, WITH_DESK], ids=["plain", "with a desk"])
def test_linters_find_nothing_in_what_students_get(text: str, tmp_path: Path) -> None:
    """The step that asks a grading desk is checked, too."""
    file = tmp_path / "grade.yml"
    file.write_text(text)

    actionlint = run("actionlint", "-shellcheck", str(BIN / "shellcheck"), str(file))
    status, output = run("zizmor", "--offline", "--no-progress", "--color=never", str(file))

    assert actionlint == (0, "")
    assert status == 0, output


def test_the_workflow_in_the_page_on_clusters_is_valid(tmp_path: Path) -> None:
    """Readers copy it from there."""
    (block,) = re.findall(r"^```yaml\n(.*?)^```", CLUSTER.read_text("utf-8"), re.DOTALL | re.M)
    file = tmp_path / "grade-class.yml"
    file.write_text(block)

    actionlint = run("actionlint", "-shellcheck", str(BIN / "shellcheck"), str(file))
    zizmor = run("zizmor", "--offline", "--no-progress", "--color=never", str(file))
    schema = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(file))

    assert actionlint == (0, "")
    assert zizmor[0] == 0, zizmor[1]
    assert schema[0] == 0, schema[1]


def test_they_follow_githubs_schema() -> None:
    """The sandbox's set-up follows the schema of actions."""
    names = [str(workflow.path) for workflow in WORKFLOWS]

    workflows = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *names)
    actions = run("check-jsonschema", "--builtin-schema", "vendor.github-actions", str(SANDBOX))

    assert workflows[0] == 0, workflows[1]
    assert actions[0] == 0, actions[1]


@each_workflow
def test_workflows_may_only_read_this_repository(workflow: Workflow) -> None:
    """Writing elsewhere needs a token that is made for it."""
    assert workflow.content["permissions"] == {}
    for job in workflow.jobs:
        assert job.get("permissions", {}) in ({}, {"contents": "read"})


@each_workflow
def test_actions_are_pinned_to_a_commit_and_show_their_version(workflow: Workflow) -> None:
    """A tag could be moved. Our actions, `$/PATH`, come from the commit that runs.

    That form is in GitHub's changelog of 2026-07-30, "Reference same-repository actions with
    self-repository syntax"; github.com has it, GitHub Enterprise Server does not.
    """
    uses = [
        action for action in re.findall(r"uses: (.*)", workflow.text) if not action.startswith("$/")
    ]

    odd = [use for use in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", use)]

    assert not odd


def test_an_action_is_the_same_everywhere() -> None:
    """The student repository uses the same version."""
    students = PROJECT.glob("assignments/*/.github/workflows/grade.yml")
    texts = [workflow.text for workflow in WORKFLOWS]
    texts += [path.read_text("utf-8") for path in students]

    pins = {pin for text in texts for pin in re.findall(r"uses: ([\w-]+/[\w-]+)(@.*)", text)}

    assert len({name for name, _ in pins}) == len(pins)


@each_workflow
def test_each_job_and_each_command_that_may_take_long_has_a_limit(workflow: Workflow) -> None:
    """Minutes cost money."""
    for job in workflow.jobs:
        assert 0 < int(job["timeout-minutes"]) <= 60
    for step in workflow.steps:
        if "run" in step:
            assert int(step["timeout-minutes"]) < 60, step["name"]


@each_workflow
def test_a_secret_reaches_a_single_step_by_its_environment(workflow: Workflow) -> None:
    """Neither the installation nor an action gets it, and it is not an argument."""
    without = [json.dumps({**step, "env": {}}) for step in workflow.steps] + [
        json.dumps({**job, "steps": []}) for job in workflow.jobs
    ]
    used = [re.findall(r"secrets\.(\w+)", json.dumps(step)) for step in workflow.steps]

    assert not [text for text in without if "secrets." in text or "github.token" in text]
    assert {name for names in used for name in names} == SECRETS[workflow.path.stem]
    assert sum(bool(names) for names in used) == len(SECRETS[workflow.path.stem])
    assert not [step for step in workflow.steps if "uses" in step and "env" in step]


@each_workflow
def test_a_checkout_leaves_no_token_behind(workflow: Workflow) -> None:
    """Student code runs on the same machine, with or without a sandbox."""
    for step in workflow.steps:
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"] == {"persist-credentials": "false"}


@each_workflow
def test_no_expression_is_in_a_command(workflow: Workflow) -> None:
    """Commands get inputs and the like as environment variables."""
    assert not [step["run"] for step in workflow.steps if "${{" in step.get("run", "")]


@each_workflow
def test_versions_are_quoted(workflow: Workflow) -> None:
    """YAML reads 3.10 as 3.1."""
    versions = re.findall(r"^\s*(?:[\w-]*version|python): (?!\$)(.*)$", workflow.text, re.M)

    assert all('"' in version for version in versions)


@each_workflow
def test_jobs_run_on_a_fixed_version_of_ubuntu(workflow: Workflow) -> None:
    """The sandbox's set-up is made for it."""
    assert {job["runs-on"] for job in workflow.jobs} == {"ubuntu-24.04"}


@pytest.mark.parametrize("name", ["grade-pushes", "publish-assignment", "release-solutions", "ask"])
def test_only_one_run_at_a_time_and_it_is_not_cancelled(name: str) -> None:
    """Two runs would do the same work twice, and a cancelled run leaves work half done."""
    concurrency = BY_NAME[name].content["concurrency"]

    assert "${{" not in concurrency["group"]
    assert concurrency["cancel-in-progress"] == "false"


@pytest.mark.parametrize("name", ["grade-pushes", "publish-assignment", "release-solutions", "ask"])
def test_students_cannot_start_a_workflow_with_a_secret(name: str) -> None:
    """Only the schedule and people with write access can."""
    assert set(BY_NAME[name].content["on"]) <= {"schedule", "workflow_dispatch"}


def test_the_schedule_is_off_by_default() -> None:
    """A copy of this repository without a course grades nothing."""
    (job,) = BY_NAME["grade-pushes"].jobs

    assert job["if"] == "${{ github.event_name != 'schedule' || vars.GRADING == 'on' }}"


@pytest.mark.parametrize("name", ["publish-assignment", "release-solutions"])
def test_irreversible_workflows_are_a_dry_run_by_default(name: str) -> None:
    """A click in haste changes nothing."""
    inputs = BY_NAME[name].content["on"]["workflow_dispatch"]["inputs"]

    assert inputs["dry_run"]["default"] == "true"
    assert inputs.get("force", {"default": "false"})["default"] == "false"


def test_student_code_is_graded_only_after_a_sandbox_was_set_up() -> None:
    """A step checks the sandbox before anything is graded."""
    names = [step.get("name") for step in BY_NAME["grade-pushes"].steps]

    assert names.index("Sandbox") < names.index("Check that student code can run in a sandbox")
    assert names[-1] == "Grade"
    assert "Sandbox" in [step.get("name") for step in BY_NAME["ci"].steps]


def test_the_sandboxs_profile_is_for_the_installed_program() -> None:
    """It allows bubblewrap to make user namespaces, and nothing else."""
    text = SANDBOX.read_text("utf-8")

    assert "profile bwrap /usr/bin/bwrap flags=(unconfined) {" in text
    assert "sysctl" not in text


def test_ci_runs_the_checks_of_ci_run() -> None:
    """There is a single list of checks."""
    assert [step["run"] for step in BY_NAME["ci"].steps if "run" in step] == [".ci/run"]
    assert (PROJECT / ".ci" / "run").stat().st_mode & 0o100


def test_ci_covers_the_oldest_and_the_newest_python() -> None:
    """Those of pyproject.toml."""
    (job,) = BY_NAME["ci"].jobs
    asked = re.search(
        r'requires-python = ">=([\d.]+),<3\.(\d+)"', (PROJECT / "pyproject.toml").read_text()
    )

    assert asked
    assert job["strategy"]["matrix"]["python"] == [asked[1], f"3.{int(asked[2]) - 1}"]


@pytest.mark.parametrize(
    "name",
    [
        "grade-pushes",
        "publish-assignment",
        "release-solutions",
    ],
)
def test_our_commands_exist_with_their_options(name: str) -> None:
    """This notices commands and options that were renamed elsewhere."""
    commands: Any = get_command(app)
    lines = "\n".join(step.get("run", "") for step in BY_NAME[name].steps)

    for line in re.findall(r"autograder ((?:[^\n]|\\\n)*)", lines):
        command = commands.commands[line.split()[0]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {*re.findall(r"--[\w-]+", line)} <= known
    for option in re.findall(r"options\+=\((--[\w-]+)", lines):
        assert option in known


def test_the_page_is_uploaded_in_private_repositories_only() -> None:
    """It names students."""
    *_, step = BY_NAME["release-solutions"].steps

    assert "github.event.repository.private" in step["if"]
    assert "upload-artifact" in step["uses"]
    assert {workflow.path.stem for workflow in WORKFLOWS if "upload-artifact" in workflow.text} == {
        "ci",  # screenshots of made-up students
        "release-solutions",
    }


def test_the_desk_only_sends_a_request() -> None:
    """It uses no checkout or action; its token starts one workflow, and its log says nothing."""
    (step,) = Workflow(DESK).steps

    assert set(step) == {"name", "timeout-minutes", "run", "env"}
    assert "--silent" in step["run"]
    assert "--output /dev/null" in step["run"]
    assert "/actions/workflows/grade-pushes.yml/dispatches" in step["run"]
