"""A hand-in: the files that somebody handed in together, and all that may say who it was."""

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol, Self

from autograder.admission import MAX_ENTRIES, FileSource
from autograder.assignment import Assignment
from autograder.errors import SubmissionError
from autograder.gradebook.keys import Key, KeyKind, comparable
from autograder.gradebook.student import student_id
from autograder.intake.layouts import contents_of, find_files
from autograder.submission import FolderFiles, Submission, read_source

Keys = frozenset[Key]


class Readable(Protocol):
    """A submission of a student of the class that can be read."""

    @property
    def student(self) -> str:
        """The student's id, safe as the name of a file."""

    @property
    def origin(self) -> str:
        """What its source calls it."""

    @property
    def commit(self) -> str | None:
        """Its commit, if that is known before it is read."""

    @property
    def handed_in_at(self) -> datetime | None:
        """When it was handed in, if that is known."""

    def read(self, assignment: Assignment) -> Submission:
        """Read it.

        Raises:
            SubmissionError: It cannot be read as it was handed in.
            AutograderError: Its source, such as GitHub, does not give it.
        """

    def contents(self, assignment: Assignment) -> str:
        """Say what is in it where nothing of it can be graded; empty if that is not known."""


@dataclass(frozen=True)
class Submitter:
    """Somebody who handed something in, as far as the source says who."""

    name: str
    """For people; without a roster, it becomes the student's id."""
    keys: Keys
    number: str = ""
    """What the source tells students of the same name apart by."""
    may_be_id: bool = False
    """Whether the name may be an id of ours: that of a folder which a person has named."""
    may_have_group: bool = False
    """Whether a group's name and a hyphen may stand before the name."""
    label: str = ""
    """A name that the source shows, and by which nobody is matched."""
    known_as: str = ""
    """What else the source says of the person, in words; empty if that is all in `origin`."""

    @property
    def stated_keys(self) -> Keys:
        """The keys that the source gives the person, other than names.

        None for a folder that a person has named: its name may be of any kind, or of none.
        """
        if self.may_be_id:
            return frozenset()
        return frozenset(key for key in self.keys if key.kind is not KeyKind.NAME)


@dataclass(frozen=True)
class HandIn:
    """What was handed in together, wherever it comes from."""

    origin: str
    """What the source calls it, such as the name of its folder."""
    submitters: tuple[Submitter, ...]
    """Several if a group handed it in together."""
    paths: tuple[Path, ...]
    """A folder; or loose files of a download."""
    files: Callable[[], FileSource] = field(repr=False)
    """Gives its files."""
    attempt: str = ""
    """Sorts the hand-ins of one student: a time or a number that the source names."""
    is_typed: bool = False
    """Whether it holds only text that was typed in, or a report of the system."""
    sent_at: datetime | None = None
    """When it came, as the source says; without a zone, by the clock of the system."""
    is_late: bool | None = None
    """Whether the source marks it as late; None if it does not mark what is late."""
    older: tuple[str, ...] = ()
    """Folders and files of the same hand-in, in which others have taken their place."""
    is_missing: bool = False
    """Whether the source lists it, and its files are not there."""

    @property
    def handed_in_at(self) -> datetime | None:
        """When one of its files was changed last; None if that is not known.

        An archive may give a file a time that lies beyond the year 9999.
        """
        with contextlib.suppress(OSError, ValueError, OverflowError):
            latest = max(path.lstat().st_mtime for path in self._all_paths())
            return datetime.fromtimestamp(latest, UTC)
        return None

    def _all_paths(self) -> Iterator[Path]:
        for path in self.paths:
            yield path
            if path.is_dir():
                yield from islice(path.iterdir(), MAX_ENTRIES)

    def read(self, assignment: Assignment) -> Submission:
        """Read what is graded of it, wherever in it that lies.

        Raises:
            SubmissionError: It cannot be read.
        """
        try:
            found = find_files(self.files(), assignment.files)
            return read_source(found.source, assignment, note=found.note)
        except OSError as error:
            raise SubmissionError(f"{self.origin} cannot be read: {error.strerror}") from None

    def contents(self, assignment: Assignment) -> str:
        """Say what is in it where nothing of it can be graded; empty if it cannot be read."""
        if self.is_typed:
            return "no file, at most text that was typed in"
        with contextlib.suppress(OSError, SubmissionError):
            return contents_of(self.files(), assignment.files)
        return ""


@dataclass(frozen=True)
class StudentHandIn:
    """The hand-in by which one student is graded."""

    student: str
    """The student's id."""
    hand_in: HandIn
    older: tuple[str, ...] = ()
    """Older hand-ins of the same student, which do not count."""
    newer: tuple[str, ...] = ()
    """Newer hand-ins of the same student, which do not count."""
    why: str = ""
    """Why this one counts, in words; empty if it is the newest, and no time says more."""
    came_at: datetime | None = None
    """When it came, with a zone, if the source says so."""
    others_came_at: tuple[datetime, ...] = ()
    """When the student's other hand-ins came, those that a person has left out among them."""
    commit: None = None

    @classmethod
    def of_folder(cls, student: str, folder: Path) -> Self:
        """Take a folder for what a student handed in."""
        submitter = Submitter(student, any_keys(student), may_be_id=True)
        return cls(student, HandIn(folder.name, (submitter,), (folder,), folder_files(folder)))

    @property
    def origin(self) -> str:
        """What the source calls it."""
        return self.hand_in.origin

    @property
    def handed_in_at(self) -> datetime | None:
        """When it was handed in, if that is known."""
        return self.hand_in.handed_in_at

    def read(self, assignment: Assignment) -> Submission:
        """Read it.

        Raises:
            SubmissionError: It cannot be read.
        """
        return self.hand_in.read(assignment)

    def contents(self, assignment: Assignment) -> str:
        """Say what is in it where nothing of it can be graded."""
        return self.hand_in.contents(assignment)


def folder_files(folder: Path) -> Callable[[], FileSource]:
    """Return what gives the files of a folder."""
    return lambda: FolderFiles(folder)


def keys_of(**named: str | None) -> Keys:
    """Make keys by their kind: `keys_of(name="Ada Lovelace", moodle_participant="657717")`."""
    return frozenset(Key.of(KeyKind(kind), text) for kind, text in named.items() if text)


def any_keys(text: str) -> Keys:
    """Make a key of every kind of one text, for a folder that somebody has named."""
    return frozenset(Key.of(kind, text) for kind in KeyKind)


def ids_without_roster(hand_ins: Iterable[HandIn]) -> list[tuple[str, HandIn]]:
    """Give each hand-in the ids of its students, made of their names; twins get their number.

    Returns:
        An id and a hand-in, for each student of each hand-in.
    """
    named = [(submitter, hand_in) for hand_in in hand_ins for submitter in hand_in.submitters]
    numbers: dict[str, set[str]] = {}
    for submitter, _ in named:
        numbers.setdefault(comparable(submitter.name), set()).add(submitter.number)
    found = []
    for submitter, hand_in in named:
        has_twin = len(numbers[comparable(submitter.name)]) > 1
        name = f"{submitter.name} {submitter.number}" if has_twin else submitter.name
        found.append((_id_of(name), hand_in))
    return found


def _id_of(name: str) -> str:
    try:
        return student_id(name)
    except ValueError:  # it looks like a path, or is long
        return f"student-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
