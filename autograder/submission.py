"""A student's files, checked and read: what is graded, what comes along, what is refused.

They come from a folder, or from any other `Source`, such as a commit; the rules are the same.
Everything is read here once, as bytes; later steps never open the source again. Links,
devices and giants are refused by name with a sentence for the student. Symbolic links are never
followed and hard links not read, since either could be one of the grader's own files.
"""

import difflib
import hashlib
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from autograder.assignment import Assignment
from autograder.errors import SubmissionError

MAX_FILE_BYTES = 1 << 20
MAX_FILES = 100
MAX_PACKAGE_DEPTH = 4
MAX_ENTRIES = 5000
MAX_NAME_BYTES = 255
"""No file system that students use takes longer ones; a commit may have names of megabytes."""
MAX_NOTEBOOKS = 20
"""So many are considered where a graded one is missing: comparing names takes time."""
MAX_NOTES = 20
READING_SECONDS = 60.0
"""One hand-in is read within this, in real time; a right one takes milliseconds, and may lie on a
slow network drive."""

# What the run itself imports: a file of the same name would take its place.
RUNTIME_MODULES = frozenset(
    {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"}
    | {"child", "runner", "values", "virtual_clock", "wire"}
)

TOO_LARGE = f"it is larger than {MAX_FILE_BYTES >> 20} MiB"
LINKED = "it is not a plain, readable file (a link, or no right to read it)"

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
    commit: str | None = None
    """Where the files come from, if that is known; not part of the submission's identity."""
    notes: tuple[str, ...] = ()
    """What was left out and costs nothing, each in a sentence for the student."""

    @property
    def file_digests(self) -> dict[str, str]:
        """`sha256:...` of each file, sorted by name."""
        return {name: _digest(content) for name, content in sorted(self.files.items())}

    @property
    def digest(self) -> str:
        """`sha256:...` over all names, contents and refusals: the submission's identity."""
        total = hashlib.sha256()
        for name, digest in self.file_digests.items():
            total.update(f"{name}\0{digest}\n".encode())
        for refusal in self.refused:
            total.update(f"{refusal.file}\0{refusal.reason}\n".encode("utf-8", "backslashreplace"))
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


def read_submission(folder: Path, assignment: Assignment) -> Submission:
    """Read a student's folder.

    Raises:
        SubmissionError: The path does not exist, is no folder, or cannot be read.
    """
    try:
        if not folder.exists():
            raise SubmissionError(f"{folder} does not exist: give the folder with the graded files")
        if not folder.is_dir():
            raise SubmissionError(
                f"{folder} is not a folder: give the folder with the graded files"
            )
        return read_source(_Folder(folder), assignment)
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
        clock: Gives real time, in seconds.

    Raises:
        SubmissionError: They could not be read within `READING_SECONDS`.
    """
    source = bounded = _BoundedSource(source, clock)
    found = list(_find(source, assignment))
    files: dict[str, bytes] = {}
    refused: list[Refusal] = []
    for name in sorted(found):
        content = _hides_graded(name, assignment) or _read(source, name)
        if isinstance(content, Refusal):
            refused.append(content)
        elif len(files) == MAX_FILES:
            refused.append(Refusal(name, f"there are more than {MAX_FILES} Python files"))
            break
        else:
            files[name] = content
    refused += _renamed_notebooks(source, assignment, {*found})
    return Submission(files, assignment.files, tuple(refused), commit, bounded.notes)


def _renamed_notebooks(
    source: Source, assignment: Assignment, found: set[str]
) -> Iterator[Refusal]:
    """Say so where a graded notebook is missing and another lies in its place."""
    wanted = [name for name in assignment.files if name.endswith(".ipynb") and name not in found]
    notebooks = (entry.name for entry in source.entries("") if entry.name.endswith(".ipynb"))
    others = list(islice(notebooks, MAX_NOTEBOOKS))
    for name in wanted if others else ():
        (other,) = difflib.get_close_matches(name, others, 1, cutoff=0.0)
        yield Refusal(name, f"it is not there, but {other[:100]!r} is: rename it to {name}")


def _find(source: Source, assignment: Assignment) -> Iterator[str]:
    """Yield the graded files that exist, and the modules and packages beside them."""
    graded = set(assignment.files)
    entries = source.entries("")
    if len(entries) == MAX_ENTRIES:  # more may be there: the graded files are asked for by name
        listed = {entry.name for entry in entries}
        yield from (name for name in graded - listed if source.exists(name))
    for entry in entries:
        if entry.name in graded:
            yield entry.name
        elif entry.is_folder:
            if _PLAIN_NAME.fullmatch(entry.name) and source.is_file(f"{entry.name}/__init__.py"):
                yield from _find_package(source, entry.name, 1)
        elif entry.name.endswith(".py") and _PLAIN_NAME.fullmatch(entry.name[:-3]):
            yield entry.name


def _find_package(source: Source, folder: str, depth: int) -> Iterator[str]:
    for entry in source.entries(folder):
        name = f"{folder}/{entry.name}"
        if entry.is_folder:
            if depth < MAX_PACKAGE_DEPTH and _PLAIN_NAME.fullmatch(entry.name):
                yield from _find_package(source, name, depth + 1)
        elif entry.name.endswith(".py") and _PLAIN_NAME.fullmatch(entry.name[:-3]):
            yield name


def _hides_graded(name: str, assignment: Assignment) -> Refusal | None:
    """Refuse a package that Python would import in place of a graded file."""
    top, _, inner = name.partition("/")
    if not inner or f"{top}.py" not in assignment.files:
        return None
    return Refusal(name, f"the folder `{top}` hides {top}.py: rename or remove it")


def _read(source: Source, name: str) -> bytes | Refusal:
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


class _BoundedSource:
    """A source as far as it is looked at: without giant names, and within a time limit.

    Args:
        source: Where the files are.
        clock: Gives real time, in seconds.
    """

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock
        self._end = clock() + READING_SECONDS
        self._giants: set[str] = set()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in a sentence for each of the first few names."""
        giants = sorted(self._giants)
        notes = [
            f"{name[:40]!r}... is ignored: its name is longer than {MAX_NAME_BYTES} bytes"
            for name in giants[:MAX_NOTES]
        ]
        more = len(giants) - MAX_NOTES
        return (*notes, *([f"{more} more names are that long"] if more > 0 else []))

    def entries(self, folder: str) -> list[Entry]:
        entries = self._within_time(self._source).entries(folder)
        giants = {entry.name for entry in entries if _is_giant(entry.name)}
        self._giants |= giants
        return [entry for entry in entries if entry.name not in giants] if giants else entries

    def exists(self, name: str) -> bool:
        return self._within_time(self._source).exists(name)

    def is_file(self, name: str) -> bool:
        return self._within_time(self._source).is_file(name)

    def read(self, name: str) -> bytes | str:
        return self._within_time(self._source).read(name)

    def _within_time(self, source: Source) -> Source:
        if self._clock() > self._end:
            raise SubmissionError(
                f"the files could not be read within {READING_SECONDS:g} seconds: is the disk or "
                "network that slow, or are there very many files?"
            )
        return source


def _is_giant(name: str) -> bool:
    # A character takes four bytes at most, so that most names need not be encoded.
    return len(name) * 4 > MAX_NAME_BYTES and len(os.fsencode(name)) > MAX_NAME_BYTES


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
