"""Runs a workflow of this repository on this machine, with act, on a new commit.

act differs from GitHub in some ways: it ignores permissions, concurrency, limits of jobs and types
of inputs, which the static tests check. Actions are replaced by stand-ins; the workspace is a copy
of the repository, so no checkout is needed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.tests.course.repositories import commit_all, git
from autograder.tests.github.workflows import PROJECT

ACT = Path(sysconfig.get_path("scripts")) / "act"
UV = os.environ.get("UV") or shutil.which("uv")
STAND_INS = {
    "setup-uv": "- run: uv --version\n      shell: bash",
    "checkout": "- run: 'true'\n      shell: bash",
    "upload-artifact": (
        '- run: cp "$WHAT" "$ARTIFACTS"\n      shell: bash\n'
        "      env: {WHAT: '${{ inputs.path }}'}"
    ),
}
SANDBOX = ".github/actions/sandbox/action.yml"
STAND_IN_FOR_THE_SANDBOX = (
    "name: Sandbox\ndescription: A stand-in, since this machine has a sandbox already.\n"
    "runs:\n  using: composite\n  steps:\n    - run: 'true'\n      shell: bash\n"
)
PARTS = (".github", "assignments", "autograder", "solutions", "README.md", "pyproject.toml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv", "uv.lock", ".hypothesis")
_USES = re.compile(r"uses: ([\w-]+)/([\w-]+)@([0-9a-f]{40})")


@dataclass(frozen=True)
class ActRun:
    """The results and the log of a workflow's run."""

    jobs: dict[str, str]
    """The result of each job that ran, by its name."""
    log: str
    """What the run wrote into the log."""
    artifacts: dict[str, str] = field(default_factory=dict)


def repository(folder: Path, files: Mapping[str, str], parts: Collection[str] = PARTS) -> Path:
    """Copy the named parts of this repository, add these files, and commit everything."""
    folder.mkdir()
    for part in parts:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=_LEFT_OUT)
        else:
            shutil.copy(source, folder / part)
    for name, text in ({SANDBOX: STAND_IN_FOR_THE_SANDBOX} | dict(files)).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    for workflow in (folder / ".github" / "workflows").iterdir():
        # act knows the repository's folder by this name.
        workflow.write_text(workflow.read_text("utf-8").replace("uses: $/", "uses: ./"), "utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit_all(folder)
    return folder


def run(
    workspace: Path,
    workflow: str,
    *,
    environment: Mapping[str, str],
    secrets: Mapping[str, str],
    inputs: Mapping[str, bool] = {},
    variables: Mapping[str, str] = {},
    private: bool = True,
    name: str = "course/instructors",
) -> ActRun:
    """Start a workflow by hand.

    Args:
        workspace: The repository.
        workflow: Its file's name.
        environment: The variables that name the GitHub server.
        secrets: The repository's.
        inputs: The values of the workflow's inputs.
        variables: The repository's.
        private: Whether the repository is private.
        name: The repository's.
    """
    out = Path(tempfile.mkdtemp(dir=workspace.parent))
    artifacts = out / "artifacts"
    artifacts.mkdir()
    text = (workspace / ".github" / "workflows" / workflow).read_text("utf-8")
    event = {
        "inputs": {name: str(value).lower() for name, value in inputs.items()},
        "repository": {"full_name": name, "private": private},
    }
    (out / "event.json").write_text(json.dumps(event))
    command = [
        str(ACT), "workflow_dispatch", "--workflows", f".github/workflows/{workflow}", "--json",
        "--platform", "ubuntu-24.04=-self-hosted", "--eventpath", str(out / "event.json"),
        "--action-cache-path", str(out / "cache"), "--no-cache-server", "--pull=false",
        "--env", f"GITHUB_REPOSITORY={name}",
    ]  # fmt: skip
    for owner, name, commit in _USES.findall(text):
        action = _stand_in(out, name)
        command += ["--local-repository", f"{owner}/{name}@{commit}={action}"]
    for option, values in {
        "--env": {**environment, "ARTIFACTS": str(artifacts)},
        "--secret": secrets,
        "--var": variables,
    }.items():
        for name, value in values.items():
            command += [option, f"{name}={value}"]
    assert UV is not None
    cache = subprocess.run([UV, "cache", "dir"], capture_output=True, check=True, text=True)
    done = subprocess.run(
        command,
        cwd=workspace,
        env={  # act hands all of it to each step
            "PATH": f"{Path(UV).parent}:{os.environ['PATH']}",
            "HOME": str(out),
            "LANG": "C.UTF-8",
            "UV_CACHE_DIR": cache.stdout.strip(),
            # The packages are installed already, for the process that runs this test.
            "UV_OFFLINE": "1",
            "UV_PYTHON": sys.executable,
        },
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=300,
    )
    return _read(done.stdout + done.stderr, artifacts)


def _stand_in(out: Path, name: str) -> Path:
    folder = out / "actions" / name
    folder.mkdir(parents=True)
    (folder / "action.yml").write_text(
        f"name: {name}\ndescription: A stand-in.\n"
        "inputs: {path: {required: false, description: A file.}}\n"
        f"runs:\n  using: composite\n  steps:\n    {STAND_INS[name]}\n"
    )
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit_all(folder)
    return folder


def _read(log: str, artifacts: Path) -> ActRun:
    jobs: dict[str, str] = {}
    lines: list[str] = []
    for line in log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            lines.append(line)
            continue
        if "jobResult" in entry:
            jobs[entry["jobID"]] = entry["jobResult"]
        lines.append(str(entry.get("msg", "")).rstrip("\n"))
    kept = {path.name: path.read_text("utf-8") for path in artifacts.iterdir()}
    return ActRun(jobs, "\n".join(lines), kept)
