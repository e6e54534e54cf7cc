"""A student's files, checked and read: what is graded, what comes along, what is refused.

They come from a folder, or from any other `FileSource`, such as a commit; the rules are those of
`autograder.admission`. Everything is read here once, as bytes; later steps never open the source
again. Symbolic links are never followed and hard links not read, since either could be one of the
grader's own files.
"""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.admission import (
    LINKED,
    NOT_PLAIN,
    FileSource,
    FolderEntry,
    Refusal,
    TooSlowError,
    admit,
    list_folder,
    too_large,
)
from autograder.assignment import Assignment
from autograder.errors import SubmissionError


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
    missing: Mapping[str, str] = field(default_factory=dict)
    """For each graded file that was looked for in vain, a sentence for the student."""

    @property
    def file_digests(self) -> dict[str, str]:
        """`sha256:...` of each file, sorted by name."""
        return {name: _digest(content) for name, content in sorted(self.files.items())}

    @property
    def digest(self) -> str:
        """`sha256:...` over names, contents and what is said of them: the submission's identity."""
        total = hashlib.sha256()
        for name, digest in self.file_digests.items():
            total.update(f"{name}\0{digest}\n".encode())
        for refusal in self.refused:
            parts = (refusal.file, refusal.reason, *refusal.concerns)
            total.update(f"{chr(0).join(parts)}\n".encode("utf-8", "backslashreplace"))
        for note in (*self.notes, *self.missing.values()):
            total.update(f"\0{note}\n".encode("utf-8", "backslashreplace"))
        return f"sha256:{total.hexdigest()}"

    def refusal_for(self, files: tuple[str, ...]) -> str | None:
        """Say why one of these graded files is refused; None if all are taken."""
        for refusal in self.refused:
            for name in files:
                if name in refusal.concerns:
                    return refusal.said_of(name)
        return None

    def missing_for(self, files: tuple[str, ...]) -> str | None:
        """Return a sentence if these graded files are all missing; None if one of them is there."""
        sentences = [self.missing[name] for name in files if name in self.missing]
        return sentences[0] if len(sentences) == len(files) else None

    def copy_to(self, folder: Path) -> None:
        """Write the files below an existing, empty folder, readable by all."""
        folder.chmod(0o755)
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            path.write_bytes(content)
            path.chmod(0o644)


def read_submission(
    folder: Path, assignment: Assignment, *, clock: Callable[[], float] = time.monotonic
) -> Submission:
    """Read a student's folder.

    Args:
        folder: Where the files are.
        assignment: What they answer.
        clock: Returns seconds; see `read_source`.

    Raises:
        SubmissionError: The path is not a folder that exists, cannot be read, or takes too long.
    """
    try:
        if not folder.exists():
            raise SubmissionError(f"{folder} does not exist: give the folder with the graded files")
        if not folder.is_dir():
            raise SubmissionError(
                f"{folder} is not a folder: give the folder with the graded files"
            )
        return read_source(FolderFiles(folder), assignment, clock=clock)
    except OSError as error:
        raise SubmissionError(f"{folder} cannot be read: {error.strerror}") from None


def read_source(
    source: FileSource,
    assignment: Assignment,
    commit: str | None = None,
    *,
    note: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> Submission:
    """Read a student's files from anywhere.

    Args:
        source: Where they are.
        assignment: What they answer.
        commit: To keep with the submission.
        note: What the student should know of how they were found.
        clock: Returns seconds; reading ends `READ_SECONDS` after the first look at it.

    Raises:
        SubmissionError: Reading takes too long.
    """
    try:
        admission = admit(source, assignment.files, clock)
    except TooSlowError as error:
        raise SubmissionError(str(error)) from None
    return Submission(
        dict(admission.files),
        assignment.files,
        admission.refused,
        (note, *admission.notes) if note else admission.notes,
        commit,
        admission.missing,
    )


class FolderFiles:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder by name."""
        return list_folder(self._folder / folder)

    def exists(self, name: str) -> bool:
        """Whether there is anything of that name."""
        return os.path.lexists(self._folder / name)

    def read(self, name: str, most: int) -> bytes | str:
        """Return a file, or why it cannot be taken."""
        return _read_plain(self._folder / name, most)


class LooseFiles:
    """Files on this machine that lie in one folder with those of others, under longer names.

    Args:
        paths: Where each is, by the name that the student gave it.
    """

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths

    def entries(self, folder: str) -> list[FolderEntry]:
        """List them by name."""
        return [FolderEntry(name, is_folder=False) for name in sorted(self._paths) if not folder]

    def exists(self, name: str) -> bool:
        """Whether there is one of that name."""
        return name in self._paths

    def read(self, name: str, most: int) -> bytes | str:
        """Return a file, or why it cannot be taken."""
        path = self._paths.get(name)
        return NOT_PLAIN if path is None else _read_plain(path, most)


def _read_plain(path: Path, most: int) -> bytes | str:
    """Return a plain file of at most `most` bytes, or why not, in words for the student."""
    try:
        # O_NONBLOCK: opening a FIFO must not wait for somebody to write to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return LINKED
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return NOT_PLAIN
        if status.st_nlink > 1:
            return "it has more than one name (a hard link): hand in a copy"
        content = _read_at_most(descriptor, most + 1)
    finally:
        os.close(descriptor)
    return too_large(most) if len(content) > most else content


def _read_at_most(descriptor: int, size: int) -> bytes:
    parts: list[bytes] = []
    while size and (part := os.read(descriptor, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
