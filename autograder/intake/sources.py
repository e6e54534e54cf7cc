"""Finds a class's submissions: in a folder per student, or in the download of an LMS.

In a download, names say whose a submission is:

* Moodle ("Download all submissions", folders): `Ada Lovelace_1234567_assignsubmission_file`;
* Canvas ("Download Submissions", one file each): `lovelaceada_LATE_98765_4711_answers-1.ipynb`,
  the first number being the student's id in Canvas; what was handed in again has `-1` in its name;
* Gradescope ("Export Submissions"): `submission_123456`; `submission_metadata.yml` says whose, by
  SID, or by e-mail address where there is none. Each of a group has the group's.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from autograder.admission import MAX_ENTRIES, most_bytes
from autograder.assignment import Assignment
from autograder.errors import SubmissionError
from autograder.intake.gradescope import SUBMITTERS, read_submitters
from autograder.submission import Submission, read_submission

_MOODLE = re.compile(r"(?P<student>.+)_\d+_assignsubmission_(file|onlinetext)_?")
_CANVAS = re.compile(r"[a-z0-9]+(_LATE)?_(?P<student>\d+)_\d+_(?P<file>.+)", re.IGNORECASE)
_AGAIN = re.compile(r"-\d{1,3}(?=\.[^.]+\Z)")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}")


class Readable(Protocol):
    """A submission that can be read."""

    @property
    def student(self) -> str:
        """The student's id, safe as the name of a file."""

    @property
    def commit(self) -> str | None:
        """Its commit, if that is known before it is read."""

    @property
    def handed_in_at(self) -> datetime | None:
        """When it was handed in, if that is known."""

    def read(self, assignment: Assignment) -> Submission:
        """Read it.

        Raises:
            AutograderError: It cannot be read at all.
        """


@dataclass(frozen=True)
class StudentFolder:
    """A submission in a student's folder."""

    student: str
    folder: Path
    commit: None = None

    @property
    def handed_in_at(self) -> datetime | None:
        """When one of its files was changed last; None if that is not known.

        An archive may give a file a time that lies beyond the year 9999.
        """
        with contextlib.suppress(OSError, ValueError, OverflowError):
            paths = (self.folder, *islice(self.folder.iterdir(), MAX_ENTRIES))
            latest = max(path.lstat().st_mtime for path in paths)
            return datetime.fromtimestamp(latest, UTC)
        return None

    def read(self, assignment: Assignment) -> Submission:
        """Read it; see `read_submission`."""
        return read_submission(self.folder, assignment)


@dataclass(frozen=True)
class FoundSubmissions:
    """The submissions below a folder."""

    handed_in: tuple[StudentFolder, ...]
    """By student."""
    oddities: tuple[str, ...]
    """A line for each thing that is left out, and why."""


def find_submissions(folder: Path, assignment: Assignment, scratch: Path) -> FoundSubmissions:
    """Find each student's submission below a folder.

    Args:
        folder: A folder per student, or the unpacked download of an LMS.
        assignment: What they answer.
        scratch: An empty folder, for submissions that come without a folder.

    Raises:
        SubmissionError: The folder cannot be read, or contains no submission.
    """
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise SubmissionError(f"{folder} cannot be read: {error.strerror}") from None
    of_canvas = _of_canvas(entries)
    found = dict(_canvas_files(of_canvas, assignment, scratch))
    known = {SUBMITTERS, *(path.name for path in of_canvas)}
    oddities: list[str] = []
    submitters = read_submitters(folder / SUBMITTERS) if (folder / SUBMITTERS).exists() else {}
    for entry in entries:
        if entry.is_symlink() or not entry.is_dir():
            if entry.name not in known and not _hidden(entry):
                oddities.append(f"{entry.name!r} is not a folder of a student")
            continue
        if _hidden(entry):
            continue
        moodle = _MOODLE.fullmatch(entry.name)
        names = submitters.get(entry.name, (moodle["student"] if moodle else entry.name,))
        for student in map(_as_id, names):
            if not _ID.fullmatch(student):
                oddities.append(f"{student!r} cannot be a student's id: rename {entry.name!r}")
            elif student in found:
                oddities.append(f"{entry.name!r} is a second folder of {student!r}")
            else:
                found[student] = entry
    if not found:
        raise SubmissionError(f"{folder} contains no submission: give a folder per student")
    return FoundSubmissions(
        tuple(StudentFolder(student, found[student]) for student in sorted(found)), tuple(oddities)
    )


def _canvas_files(
    of_canvas: list[Path], assignment: Assignment, scratch: Path
) -> Iterator[tuple[str, Path]]:
    """Gather the files of Canvas's download into a folder per student."""
    folders: dict[str, Path] = {}
    for entry in of_canvas:
        match = _CANVAS.fullmatch(entry.name)
        assert match is not None
        name = _AGAIN.sub("", match["file"])
        if name in assignment.files or name.endswith(".py"):
            gathered = folders.setdefault(match["student"], scratch / match["student"])
            gathered.mkdir(exist_ok=True)
            with entry.open("rb") as file:
                # One byte more than allowed: larger files are refused, and need not be copied.
                (gathered / name).write_bytes(file.read(most_bytes(name) + 1))
    yield from folders.items()


def _of_canvas(entries: list[Path]) -> list[Path]:
    return [
        entry
        for entry in entries
        if _CANVAS.fullmatch(entry.name) and entry.is_file() and not entry.is_symlink()
    ]


def _hidden(entry: Path) -> bool:
    return entry.name.startswith((".", "__"))


def _as_id(name: str) -> str:
    """Turn a name that Moodle uses into an id: `Ada Lovelace` into `Ada-Lovelace`."""
    return re.sub(r"\s+", "-", name.strip())
