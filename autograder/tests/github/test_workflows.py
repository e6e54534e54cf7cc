"""The workflows of this repository: least rights, nothing that moves, nothing told in a log."""

import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from autograder.cli import app
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
    """It knows the inputs of actions by their tags, so it is given those in place of commits."""
    text = re.sub(r"@[0-9a-f]{40} # (v\d+)[.\d]*", r"@\1", workflow.text)
    (tmp_path / workflow.path.name).write_text(text)

    found = run("actionlint", "-shellcheck", str(BIN / "shellcheck"), str(workflow.path))
    by_tags = run("actionlint", "-shellcheck", "", str(tmp_path / workflow.path.name))

    assert found == (0, "")
    assert by_tags == (0, "")


def test_zizmor_finds_nothing() -> None:
    """No unpinned action, no template in a command, no token that is left lying about."""
    status, told = run(
        "zizmor", "--offline", "--no-progress", "--color=never",
        str(GITHUB), str(GITHUB / "grading-desk"),
    )  # fmt: skip

    assert status == 0, told


@pytest.mark.parametrize("text", [WITHOUT_DESK, WITH_DESK], ids=["plain", "with a desk"])
def test_linters_find_nothing_in_what_students_get(text: str, tmp_path: Path) -> None:
    """Nor in the step that asks a grading desk."""
    file = tmp_path / "grade.yml"
    file.write_text(text)

    actionlint = run("actionlint", "-shellcheck", str(BIN / "shellcheck"), str(file))
    status, told = run("zizmor", "--offline", "--no-progress", "--color=never", str(file))

    assert actionlint == (0, "")
    assert status == 0, told


def test_the_workflow_that_the_page_on_clusters_gives_is_sound(tmp_path: Path) -> None:
    """It is copied from there."""
    (block,) = re.findall(r"^```yaml\n(.*?)^```", CLUSTER.read_text("utf-8"), re.DOTALL | re.M)
    file = tmp_path / "grade-class.yml"
    file.write_text(block)

    actionlint = run("actionlint", "-shellcheck", str(BIN / "shellcheck"), str(file))
    zizmor = run("zizmor", "--offline", "--no-progress", "--color=never", str(file))
    schema = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(file))

    assert actionlint == (0, "")
    assert zizmor[0] == 0, zizmor[1]
    assert schema[0] == 0, schema[1]


def test_they_are_workflows_by_github_s_schema() -> None:
    """And the sandbox's set-up is an action."""
    names = [str(workflow.path) for workflow in WORKFLOWS]

    workflows = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *names)
    actions = run("check-jsonschema", "--builtin-schema", "vendor.github-actions", str(SANDBOX))

    assert workflows[0] == 0, workflows[1]
    assert actions[0] == 0, actions[1]


@each_workflow
def test_nothing_is_allowed_but_reading_this_repository(workflow: Workflow) -> None:
    """What is written elsewhere is written with a token made for it."""
    assert workflow.content["permissions"] == {}
    for job in workflow.jobs:
        assert job.get("permissions", {}) in ({}, {"contents": "read"})


@each_workflow
def test_actions_are_pinned_to_a_commit_with_their_version_beside(workflow: Workflow) -> None:
    """A tag could be moved. Our own, `$/PATH`, are of the commit that runs.

    That form: GitHub's changelog of 2026-07-30, "Reference same-repository actions with
    self-repository syntax"; it is github.com's alone, not that of GitHub Enterprise Server.
    """
    uses = [
        action for action in re.findall(r"uses: (.*)", workflow.text) if not action.startswith("$/")
    ]

    odd = [use for use in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", use)]

    assert not odd


def test_an_action_is_the_same_everywhere() -> None:
    """Also in the student repository."""
    students = PROJECT.glob("assignments/*/.github/workflows/grade.yml")
    texts = [workflow.text for workflow in WORKFLOWS]
    texts += [path.read_text("utf-8") for path in students]

    pins = {pin for text in texts for pin in re.findall(r"uses: ([\w-]+/[\w-]+)(@.*)", text)}

    assert len({name for name, _ in pins}) == len(pins)


@each_workflow
def test_each_job_and_each_command_that_may_take_long_has_a_limit(workflow: Workflow) -> None:
    """Minutes are paid for."""
    for job in workflow.jobs:
        assert 0 < int(job["timeout-minutes"]) <= 60
    for step in workflow.steps:
        if "run" in step:
            assert int(step["timeout-minutes"]) < 60, step["name"]


@each_workflow
def test_a_secret_reaches_one_step_alone_and_through_its_environment(workflow: Workflow) -> None:
    """Neither installing nor any action sees it, and it is no argument."""
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
    """Student code runs on the same machine, run in a sandbox or not."""
    for step in workflow.steps:
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"] == {"persist-credentials": "false"}


@each_workflow
def test_no_expression_stands_in_a_command(workflow: Workflow) -> None:
    """What somebody chose, such as an input, is a variable there."""
    assert not [step["run"] for step in workflow.steps if "${{" in step.get("run", "")]


@each_workflow
def test_versions_are_quoted(workflow: Workflow) -> None:
    """YAML reads 3.10 as 3.1."""
    versions = re.findall(r"^\s*(?:[\w-]*version|python): (?!\$)(.*)$", workflow.text, re.M)

    assert all('"' in version for version in versions)


@each_workflow
def test_a_machine_of_a_fixed_kind_is_asked_for(workflow: Workflow) -> None:
    """The sandbox's set-up is for that one."""
    assert {job["runs-on"] for job in workflow.jobs} == {"ubuntu-24.04"}


@pytest.mark.parametrize("name", ["grade-pushes", "publish-assignment", "release-solutions", "ask"])
def test_one_runs_at_a_time_and_is_not_cut_short(name: str) -> None:
    """Two would do the same work twice; a run that is ended leaves work half done."""
    concurrency = BY_NAME[name].content["concurrency"]

    assert "${{" not in concurrency["group"]
    assert concurrency["cancel-in-progress"] == "false"


@pytest.mark.parametrize("name", ["grade-pushes", "publish-assignment", "release-solutions", "ask"])
def test_nothing_that_students_do_starts_what_has_a_secret(name: str) -> None:
    """Only the clock and whoever may write to the repository do."""
    assert set(BY_NAME[name].content["on"]) <= {"schedule", "workflow_dispatch"}


def test_the_schedule_sleeps_until_it_is_switched_on() -> None:
    """A copy of this repository without a course grades nothing."""
    (job,) = BY_NAME["grade-pushes"].jobs

    assert job["if"] == "${{ github.event_name != 'schedule' || vars.GRADING == 'on' }}"


@pytest.mark.parametrize("name", ["publish-assignment", "release-solutions"])
def test_what_cannot_be_taken_back_is_a_dry_run_unless_told(name: str) -> None:
    """Whoever presses the button in haste changes nothing."""
    inputs = BY_NAME[name].content["on"]["workflow_dispatch"]["inputs"]

    assert inputs["dry_run"]["default"] == "true"
    assert inputs.get("force", {"default": "false"})["default"] == "false"


def test_student_code_is_graded_where_a_sandbox_was_set_up() -> None:
    """Before anything is graded, it is looked whether it stands."""
    names = [step.get("name") for step in BY_NAME["grade-pushes"].steps]

    assert names.index("Sandbox") < names.index("Check that student code can run in a sandbox")
    assert names[-1] == "Grade"
    assert "Sandbox" in [step.get("name") for step in BY_NAME["ci"].steps]


def test_the_sandbox_s_profile_is_that_of_the_program_that_is_installed() -> None:
    """bubblewrap's, and it may make user namespaces: nothing else is lifted."""
    text = SANDBOX.read_text("utf-8")

    assert "profile bwrap /usr/bin/bwrap flags=(unconfined) {" in text
    assert "sysctl" not in text


def test_ci_runs_what_ci_run_runs() -> None:
    """One list of checks, wherever they are run."""
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
def test_commands_of_ours_exist_with_their_options(name: str) -> None:
    """What is renamed is renamed here, too."""
    commands: Any = get_command(app)
    lines = "\n".join(step.get("run", "") for step in BY_NAME[name].steps)

    for line in re.findall(r"autograder ((?:[^\n]|\\\n)*)", lines):
        command = commands.commands[line.split()[0]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {*re.findall(r"--[\w-]+", line)} <= known
    for option in re.findall(r"options\+=\((--[\w-]+)", lines):
        assert option in known


def test_the_page_is_kept_in_private_repositories_only() -> None:
    """It names students."""
    *_, step = BY_NAME["release-solutions"].steps

    assert "github.event.repository.private" in step["if"]
    assert "upload-artifact" in step["uses"]
    assert {workflow.path.stem for workflow in WORKFLOWS if "upload-artifact" in workflow.text} == {
        "ci",  # screenshots of made-up students
        "release-solutions",
    }


def test_the_desk_runs_nothing_but_one_request() -> None:
    """No checkout, no action: its token starts one workflow, and its log says nothing."""
    (step,) = Workflow(DESK).steps

    assert set(step) == {"name", "timeout-minutes", "run", "env"}
    assert "--silent" in step["run"]
    assert "--output /dev/null" in step["run"]
    assert "/actions/workflows/grade-pushes.yml/dispatches" in step["run"]
