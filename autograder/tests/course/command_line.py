"""Runs the command line in this process."""

import sys
from dataclasses import dataclass

import pytest

from autograder.cli import main


@dataclass(frozen=True)
class CommandResult:
    """The exit status and output of a command."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    """Runs commands, with the fixtures of a test."""

    monkeypatch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> CommandResult:
        """Run `autograder` with these arguments."""
        self.monkeypatch.setattr(sys, "argv", ["autograder", *arguments])
        with pytest.raises(SystemExit) as exited:
            main()
        captured = self.capture.readouterr()
        return CommandResult(int(exited.value.code or 0), captured.out, captured.err)
