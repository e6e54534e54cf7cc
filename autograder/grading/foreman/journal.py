"""The journal of a run: a file with a line of JSON for each verdict, written when it is reached.

So the verdicts of a run that is interrupted are not lost. The grader's own process writes the
lines; the file is never open in a process that runs student code.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.grading.judge.phases import Phase

LARGEST_JOURNAL = 64 << 20
"""In bytes. A verdict's feedback is bounded, so a suite of a thousand tests stays far below."""


class Journal:
    """Writes the journal.

    Args:
        path: The file, which is created; None writes nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._file = (
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            if path
            else None
        )

    def began(self, node_id: str) -> None:
        """Note that a test begins, in its arrange phase."""
        self._write({"began": node_id})

    def entered(self, phase: Phase) -> None:
        """Note that the test under way enters a phase."""
        self._write({"phase": phase.value})

    def ended(self, node_id: str, entry: Mapping[str, Any], student_seconds: float) -> None:
        """Note how a test ended, and the real time that student code took so far."""
        self._write({"ended": node_id, "entry": entry, "student_seconds": student_seconds})

    def close(self) -> None:
        """Close the file; later notes are dropped."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            os.write(self._file, json.dumps(line).encode() + b"\n")


@dataclass(frozen=True)
class RunProgress:
    """How far a run came, as its journal says."""

    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    """Node id to how the test ended, for each test that did."""
    under_way: str | None = None
    """The test that had begun and not ended."""
    phase: Phase = Phase.ARRANGE
    """The phase that it was in."""
    student_seconds: float = 0.0
    """Real time that student code took in the tests that ended."""


NO_PROGRESS = RunProgress()


def read_journal(path: Path) -> RunProgress:
    """Read a journal up to its first broken line: the run may have ended within a line."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_JOURNAL)
    except OSError:
        return NO_PROGRESS
    entries: dict[str, Mapping[str, Any]] = {}
    under_way: str | None = None
    phase, seconds = Phase.ARRANGE, 0.0
    for line in content.splitlines():
        try:
            note = json.loads(line)
        except ValueError:
            break
        if "began" in note:
            under_way, phase = note["began"], Phase.ARRANGE
        elif "phase" in note:
            phase = Phase(note["phase"])
        else:
            entries[note["ended"]], under_way = note["entry"], None
            seconds = note["student_seconds"]
    return RunProgress(MappingProxyType(entries), under_way, phase, seconds)
