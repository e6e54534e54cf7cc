"""Real git repositories for tests: bare repositories to push to, and a checkout to publish from."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from autograder.assignment import Course
from autograder.tests.distribution.secrets import ASSIGNMENT, COURSE, student_repository

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git with a made-up author."""
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=_ENVIRONMENT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout.strip()


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def bare_repository(path: Path, *commits: Mapping[str, bytes], branch: str = "main") -> Path:
    """Make a bare repository with these commits; each adds its files to the commit before."""
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--bare", "--initial-branch", branch)
    if commits:
        work = path.with_name(f"{path.name}-work")
        git(path.parent, "clone", "--quiet", str(path), str(work))
        git(work, "switch", "--quiet", "--orphan", branch)
        for number, files in enumerate(commits, start=1):
            write(work, files)
            git(work, "add", "--all", "--force")
            git(work, "commit", "--quiet", "--message", f"commit {number}")
        git(work, "push", "--quiet", "origin", branch)
        shutil.rmtree(work)
    return path


def checkout(path: Path, files: Mapping[str, bytes] | None = None) -> Course:
    """Make a checkout of a course with this project's assignment and solutions, committed.

    The hidden suite is this project's; it counts as secret and is never published.
    """
    write(path / "assignments" / ASSIGNMENT.id, files or student_repository())
    shutil.copytree(COURSE.solutions, path / "solutions")
    git(path, "init", "--quiet", "--initial-branch", "main")
    commit_all(path)
    course = Course(path)
    course.suites = COURSE.suites
    return course


def commit_all(path: Path) -> None:
    """Commit everything in a checkout."""
    git(path, "add", "--all", "--force")
    git(path, "commit", "--quiet", "--message", "somebody's change")


def files_of(repository: Path, branch: str = "main") -> dict[str, bytes]:
    """Read the files of a branch."""
    names = git(repository, "ls-tree", "-r", "-z", "--name-only", branch).split("\0")
    return {
        name: subprocess.run(
            ["git", "cat-file", "blob", f"{branch}:{name}"],
            cwd=repository,
            env=_ENVIRONMENT,
            capture_output=True,
            check=True,
        ).stdout
        for name in names
        if name
    }


def log(repository: Path, branch: str = "main") -> list[str]:
    """List the subjects of a branch's commits, the newest first."""
    return git(repository, "log", "--format=%s", branch).splitlines()
