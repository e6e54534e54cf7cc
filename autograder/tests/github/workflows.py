"""This repository's workflows, read as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from autograder.assignment import Course

PROJECT = Course.of_this_checkout().assignments.parent
GITHUB = PROJECT / ".github"
DESK = GITHUB / "grading-desk" / ".github" / "workflows" / "ask.yml"
SANDBOX = GITHUB / "actions" / "sandbox" / "action.yml"


@dataclass(frozen=True)
class Workflow:
    """A workflow's file."""

    path: Path

    @property
    def text(self) -> str:
        """The file's text."""
        return self.path.read_text("utf-8")

    @property
    def content(self) -> dict[str, Any]:
        """The parsed file; each value is a string, and `on` stays `on`."""
        content: dict[str, Any] = yaml.load(self.text, yaml.BaseLoader)
        return content

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """Its jobs."""
        return list(self.content["jobs"].values())

    @property
    def steps(self) -> Iterator[dict[str, Any]]:
        """The steps of all of its jobs."""
        return (step for job in self.jobs for step in job["steps"])


WORKFLOWS = [Workflow(path) for path in [*sorted((GITHUB / "workflows").glob("*.yml")), DESK]]
