"""Runs git as a client of the stand-in."""

import base64
import os
import subprocess
from pathlib import Path

LONG_AGO = "2001-01-01T00:00:00Z"
"""The date of each commit."""


def run_git(
    token: str, *arguments: str, folder: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run git with a token and without the user's settings. Does not raise if git fails."""
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
            **{
                f"GIT_{role}_{what}": value
                for role in ("AUTHOR", "COMMITTER")
                for what, value in {"NAME": "a", "EMAIL": "a@b.c", "DATE": LONG_AGO}.items()
            },
        },
        capture_output=True,
        check=False,
        text=True,
    )


def commit_and_push(token: str, work: Path, url: str, what: str) -> str:
    """Commit all files of a working copy, push, and return git's error messages."""
    run_git(token, "add", "--all", "--force", folder=work)
    run_git(token, "commit", "--quiet", "--allow-empty", "--message", "x", folder=work)
    return run_git(token, "push", "--quiet", url, what, folder=work).stderr
