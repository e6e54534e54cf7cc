"""A student's files, checked and read: what is graded, what comes along, what is refused.

They come from a folder, or from any other `Source`, such as a commit; the rules are the same.
Everything is read here once, as bytes; later steps never open the source again. Links,
devices and giants are refused by name with a sentence for the student. Symbolic links are never
followed and hard links not read, since either could be one of the grader's own files.

The work is bounded whatever a student hands in: so many names, folders and files are looked at,
names have a longest length, and reading ends after `READ_SECONDS`.
"""

import difflib
import hashlib
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from autograder.assignment import Assignment
from autograder.errors import SubmissionError

MAX_FILE_BYTES = 1 << 20
MAX_FILES = 100
MAX_PACKAGE_DEPTH = 4
MAX_ENTRIES = 5000
"""Names of one folder that are looked at."""
MAX_ALL_ENTRIES = 4 * MAX_ENTRIES
"""Names of all folders together: a commit can hold one full folder under many names at no cost."""
MAX_FOLDERS = 200
"""Folders that are searched for modules: twice as many as there can be files. Each takes a process
of git where a commit is read."""
MAX_NAME_BYTES = 255
"""The longest name that Linux's file systems hold (NAME_MAX); a tree of git can hold any length."""
MAX_NOTEBOOKS = 20
"""Notebooks of which one may be a renamed one: comparing two names takes quadratic time."""
MAX_NOTES = 20
READ_SECONDS = 60.0
"""How long reading one hand-in may take. The bounds above keep it below a second on a local disk;
the rest is for a slow network disk, or for git with a commit made to be slow."""

# What the run itself imports: a file of the same name would take its place.
RUNTIME_MODULES = frozenset(
    {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"}
    | {"child", "runner", "values", "virtual_clock", "wire"}
)

TOO_LARGE = f"it is larger than {MAX_FILE_BYTES >> 20} MiB"
LINKED = "it is not a plain, readable file (a link, or no right to read it)"

MAX_SHOWN_NAME = 100
"""Characters of a name in a sentence."""

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
"""How a file begins that stands for one in Git LFS (git-lfs, docs/spec.md)."""


@dataclass(frozen=True)
class Refusal:
    """Why a file cannot be graded, in a sentence for the student."""

    file: str
    reason: str


@dataclass(frozen=True)
class Submission:
    """The files of one submission, by name relative to its folder, with their content."""

    files: dict[str, bytes] = field(repr=False)
    graded: tuple[str, ...]
    """The names that the assignment grades; the others are helpers."""
    refused: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    """What was left out and why, in sentences for the student; a note costs no points."""
    commit: str | None = None
    """Where the files come from, if that is known; not part of the submission's identity."""

    @property
    def file_digests(self) -> dict[str, str]:
        """`sha256:...` of each file, sorted by name."""
        return {name: _digest(content) for name, content in sorted(self.files.items())}

    @property
    def digest(self) -> str:
        """`sha256:...` over all names, contents, refusals and notes: the submission's identity."""
        total = hashlib.sha256()
        for name, digest in self.file_digests.items():
            total.update(f"{name}\0{digest}\n".encode())
        for refusal in self.refused:
            total.update(f"{refusal.file}\0{refusal.reason}\n".encode("utf-8", "backslashreplace"))
        for note in self.notes:
            total.update(f"\0{note}\n".encode("utf-8", "backslashreplace"))
        return f"sha256:{total.hexdigest()}"

    def refusal_for(self, files: tuple[str, ...]) -> Refusal | None:
        """The first refusal that concerns these graded files.

        A refused helper concerns every file, since any of them may import it.
        """
        for refusal in self.refused:
            if refusal.file in files or refusal.file not in self.graded:
                return refusal
        return None

    def copy_to(self, folder: Path) -> None:
        """Write the files below an existing, empty folder, readable by all."""
        folder.chmod(0o755)
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            path.write_bytes(content)
            path.chmod(0o644)


@dataclass(frozen=True)
class Entry:
    """One name in a folder of a source."""

    name: str
    is_folder: bool
    """A link to a folder is none."""


class Source(Protocol):
    """Where a student's files come from; names are relative, with slashes, and `""` is the top."""

    def entries(self, folder: str) -> list[Entry]:
        """List a folder by name; what exceeds `MAX_ENTRIES` may be left out."""

    def exists(self, name: str) -> bool:
        """Whether there is anything of that name."""

    def is_file(self, name: str) -> bool:
        """Whether there is a file of that name, or a link that may be one."""

    def read(self, name: str) -> bytes | str:
        """Read a plain file of at most `MAX_FILE_BYTES`, or say why not, to the student."""


def read_submission(
    folder: Path, assignment: Assignment, *, clock: Callable[[], float] = time.monotonic
) -> Submission:
    """Read a student's folder.

    Args:
        folder: Where the files are.
        assignment: What they answer.
        clock: Returns seconds; see `read_source`.

    Raises:
        SubmissionError: The path does not exist, is no folder, cannot be read, or takes too long.
    """
    try:
        if not folder.exists():
            raise SubmissionError(f"{folder} does not exist: give the folder with the graded files")
        if not folder.is_dir():
            raise SubmissionError(
                f"{folder} is not a folder: give the folder with the graded files"
            )
        return read_source(_Folder(folder), assignment, clock=clock)
    except OSError as error:
        raise SubmissionError(f"{folder} cannot be read: {error.strerror}") from None


def read_source(
    source: Source,
    assignment: Assignment,
    commit: str | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Submission:
    """Read a student's files from anywhere.

    Args:
        source: Where they are.
        assignment: What they answer.
        commit: To keep with the submission.
        clock: Returns seconds; reading ends `READ_SECONDS` after the first look at it.

    Raises:
        SubmissionError: Reading takes too long.
    """
    bounded = _Bounded(source, clock)
    top = bounded.entries("")
    found = sorted(_find(bounded, top, assignment))
    files: dict[str, bytes] = {}
    refused: list[Refusal] = []
    for name in found[:MAX_FILES]:
        content = _hides_graded(name, assignment) or _read(bounded, name)
        if isinstance(content, Refusal):
            refused.append(content)
        else:
            files[name] = content
    if len(found) > MAX_FILES:
        reason = f"there are more than {MAX_FILES} Python files"
        refused.append(Refusal(found[MAX_FILES], reason))
    refused += _renamed_notebooks(top, assignment, {*found})
    return Submission(files, assignment.files, tuple(refused), bounded.notes(), commit)


class _Bounded:
    """A source that is read in bounded work and time, and the notes on what was left out."""

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock
        self._ends = clock() + READ_SECONDS
        self._entries_left = MAX_ALL_ENTRIES
        self._folders: set[str] = set()
        self._cut: set[str] = set()
        self._notes: list[str] = []
        self._notes_left_out = 0

    def notes(self) -> tuple[str, ...]:
        """Return the first notes, and how many more there would be."""
        more = self._notes_left_out
        return (*self._notes, f"{more:,} more are ignored") if more else (*self._notes,)

    def is_cut(self, folder: str) -> bool:
        """Whether there may be more in a folder than was listed."""
        return folder in self._cut

    def entries(self, folder: str) -> list[Entry]:
        """List a folder by name, without names that are too long; nothing once too much is read."""
        if not self._may_open(folder):
            return []
        room = min(MAX_ENTRIES, self._entries_left)
        listed = self._source.entries(folder)[:room]
        self._entries_left -= len(listed)
        if len(listed) == room:
            self._cut.add(folder)
            where = f"the folder {_shown(folder)}" if folder else "the folder"
            self._note(f"{where} has too many files: the first {room:,} are looked at")
        for entry in listed:
            if not _is_short(entry.name):
                reason = f"its name is longer than {MAX_NAME_BYTES} bytes"
                self._note(f"{_shown(entry.name)} is ignored: {reason}")
        return [entry for entry in listed if _is_short(entry.name)]

    def exists(self, name: str) -> bool:
        """Whether there is anything of that name."""
        self._check_time()
        return self._source.exists(name)

    def is_package(self, folder: str) -> bool:
        """Whether Python would import a folder."""
        return self._may_open(folder) and self._source.is_file(f"{folder}/__init__.py")

    def read(self, name: str) -> bytes | str:
        """Read a plain file of at most `MAX_FILE_BYTES`, or say why not."""
        self._check_time()
        return self._source.read(name)

    def _may_open(self, folder: str) -> bool:
        self._check_time()
        if folder not in self._folders:
            if len(self._folders) == MAX_FOLDERS or not self._entries_left:
                self._note(f"{_shown(folder)} is ignored: there are too many files and folders")
                return False
            self._folders.add(folder)
        return True

    def _check_time(self) -> None:
        if self._clock() >= self._ends:
            raise SubmissionError(
                f"the files cannot be read in {READ_SECONDS:.0f} seconds: "
                "take out what is not needed"
            )

    def _note(self, note: str) -> None:
        if len(self._notes) < MAX_NOTES:
            self._notes.append(note)
        else:
            self._notes_left_out += 1


def _is_short(name: str) -> bool:
    return len(name) <= MAX_NAME_BYTES and len(os.fsencode(name)) <= MAX_NAME_BYTES


def _shown(name: str) -> str:
    """Quote a name for a sentence, cut where it is long, with escapes for what cannot be seen."""
    cut = "..." if len(name) > MAX_SHOWN_NAME else ""
    return f"{name[:MAX_SHOWN_NAME]!r}{cut}"


def _renamed_notebooks(
    entries: Sequence[Entry], assignment: Assignment, found: set[str]
) -> Iterator[Refusal]:
    """Say so where a graded notebook is missing and another lies in its place."""
    wanted = [name for name in assignment.files if name.endswith(".ipynb") and name not in found]
    others = [entry.name for entry in entries if entry.name.endswith(".ipynb")][:MAX_NOTEBOOKS]
    for name in wanted if others else ():
        (other,) = difflib.get_close_matches(name, others, 1, cutoff=0.0)
        yield Refusal(name, f"it is not there, but {_shown(other)} is: rename it to {name}")


def _find(bounded: _Bounded, top: Sequence[Entry], assignment: Assignment) -> Iterator[str]:
    """Yield the graded files that exist, and the modules and packages beside them."""
    graded = set(assignment.files)
    if bounded.is_cut(""):  # more may be there: the graded files are asked for by name
        listed = {entry.name for entry in top}
        yield from (name for name in graded - listed if bounded.exists(name))
    for entry in top:
        if entry.name in graded:
            yield entry.name
        elif entry.is_folder:
            if _PLAIN_NAME.fullmatch(entry.name) and bounded.is_package(entry.name):
                yield from _find_package(bounded, entry.name, 1)
        elif entry.name.endswith(".py") and _PLAIN_NAME.fullmatch(entry.name[:-3]):
            yield entry.name


def _find_package(bounded: _Bounded, folder: str, depth: int) -> Iterator[str]:
    for entry in bounded.entries(folder):
        name = f"{folder}/{entry.name}"
        if entry.is_folder:
            if depth < MAX_PACKAGE_DEPTH and _PLAIN_NAME.fullmatch(entry.name):
                yield from _find_package(bounded, name, depth + 1)
        elif entry.name.endswith(".py") and _PLAIN_NAME.fullmatch(entry.name[:-3]):
            yield name


def _hides_graded(name: str, assignment: Assignment) -> Refusal | None:
    """Refuse a package that Python would import in place of a graded file."""
    top, _, inner = name.partition("/")
    if not inner or f"{top}.py" not in assignment.files:
        return None
    return Refusal(name, f"the folder `{top}` hides {top}.py: rename or remove it")


def _read(source: _Bounded, name: str) -> bytes | Refusal:
    """Read one file, or say why not."""
    top = name.split("/")[0].removesuffix(".py")
    if top in sys.stdlib_module_names or top in RUNTIME_MODULES:
        return Refusal(
            name,
            f"its name hides the module `{top}` that Python or boto3 needs: rename it",
        )
    content = source.read(name)
    if isinstance(content, str):
        return Refusal(name, content)
    if content.startswith(_LFS_POINTER):
        return Refusal(name, "it is a pointer of Git LFS: commit the file itself")
    return content


class _Folder:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entries(self, folder: str) -> list[Entry]:
        with os.scandir(self._folder / folder) as entries:
            first = [entry for _, entry in zip(range(MAX_ENTRIES), entries, strict=False)]
        listed = [Entry(one.name, one.is_dir(follow_symlinks=False)) for one in first]
        return sorted(listed, key=lambda entry: entry.name)

    def exists(self, name: str) -> bool:
        return os.path.lexists(self._folder / name)

    def is_file(self, name: str) -> bool:
        return (self._folder / name).is_file()

    def read(self, name: str) -> bytes | str:
        try:
            # O_NONBLOCK: opening a FIFO must not wait for somebody to write to it.
            descriptor = os.open(
                self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            )
        except OSError:
            return LINKED
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return "it is not a plain file"
            if status.st_nlink > 1:
                return "it has more than one name (a hard link): hand in a copy"
            content = _read_at_most(descriptor, MAX_FILE_BYTES + 1)
        finally:
            os.close(descriptor)
        return TOO_LARGE if len(content) > MAX_FILE_BYTES else content


def _read_at_most(descriptor: int, size: int) -> bytes:
    parts: list[bytes] = []
    while size and (part := os.read(descriptor, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
