"""Finds where in a hand-in the graded files lie: at the top, one folder down, or in an archive.

Students wrap their files into a folder or pack them, and some systems add another folder,
as nbgrader does with `STUDENT/ASSIGNMENT/`. Where exactly one folder can be meant, its files are
taken, and a note says so. Where several can, nothing is guessed: files are missing as usual. Where
nothing can be graded, a line says what is there, for the person who looks.
"""

import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from autograder.admission import CHECKS, FileSource, FolderEntry
from autograder.errors import SubmissionError
from autograder.intake.archives import MAX_ARCHIVE_BYTES, is_archive, open_archive
from autograder.some_names import some_of
from autograder.text import counted

METADATA = frozenset(
    {
        "__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "index.html", "node_modules",
        "timestamp.txt",
    }
)  # fmt: skip
"""What systems and nbgrader put next to a student's files."""
MOST_FOLDERS = 100
"""Folders that are looked at: a student chooses how many there are."""
MOST_FILES = 1000


@dataclass(frozen=True)
class Found:
    """Where the files of a hand-in are."""

    source: FileSource
    note: str = ""
    """What the student should know of it."""
    archive: str = ""
    """The archive that they are in; empty if they are in none."""


class Subfolder:
    """A folder of a source, as a source.

    Args:
        source: What has it.
        folder: Its name.
    """

    def __init__(self, source: FileSource, folder: str) -> None:
        self._source = source
        self._folder = folder

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder by name."""
        return self._source.entries(f"{self._folder}/{folder}" if folder else self._folder)

    def exists(self, name: str) -> bool:
        """Whether there is anything of that name."""
        return self._source.exists(f"{self._folder}/{name}")

    def read(self, name: str, most: int) -> bytes | str:
        """Return a file, or why it cannot be taken."""
        return self._source.read(f"{self._folder}/{name}", most)


def find_files(source: FileSource, graded: Collection[str]) -> Found:
    """Find where the graded files of a hand-in lie.

    Args:
        source: The whole hand-in.
        graded: The names of the graded files.

    Raises:
        SubmissionError: They can only be in an archive that cannot be opened.
    """
    if _holds(source, graded):
        return Found(source, _on_others(source, graded))
    if (folder := _only_folder(source, graded)) is not None:
        note = f"the files are taken from the folder {folder!r}: put them into the top folder"
        return Found(Subfolder(source, folder), note)
    archives = [
        entry.name
        for entry in source.entries("")
        if not entry.is_folder and not is_metadata(entry.name) and is_archive(entry.name)
    ]
    if len(archives) != 1:
        return Found(source)
    (name,) = archives
    content = source.read(name, MAX_ARCHIVE_BYTES)
    if isinstance(content, str):
        raise SubmissionError(f"{name} cannot be read: {content}")
    try:
        inner: FileSource = open_archive(name, content)
    except SubmissionError as error:
        raise SubmissionError(f"{name} cannot be opened: {error}") from None
    if not _holds(inner, graded) and (folder := _only_folder(inner, graded)) is not None:
        inner = Subfolder(inner, folder)
    note = f"the files are taken from {name!r}: hand them in unpacked"
    return Found(inner, note, archive=name)


NOT_GRADED = "is ignored, since graded files are next to it"
"""What a note says of an archive, or of a second copy as browsers name it."""
_COPY = re.compile(r"(.+?) ?\(\d+\)(\.[^.]+)")


def _on_others(source: FileSource, graded: Collection[str]) -> str:
    """Say which files next to the graded ones may be meant instead; empty if none may."""
    names = [entry.name for entry in source.entries("") if not entry.is_folder]
    others = [
        name for name in names if is_archive(name) or _copy_of(name) in set(graded) & {*names}
    ]
    return f"{some_of([*map(repr, others)])} {NOT_GRADED}" if others else ""


def _copy_of(name: str) -> str:
    copy = _COPY.fullmatch(name)
    return "" if copy is None else copy[1] + copy[2]


def is_metadata(name: str) -> bool:
    """Return whether a name is that of a system's own file or folder, or hidden."""
    return name.startswith(".") or name in METADATA


def _holds(source: FileSource, graded: Collection[str]) -> bool:
    return any(source.exists(name) for name in graded)


def _only_folder(source: FileSource, graded: Collection[str]) -> str | None:
    """Return the one folder that has graded files in it; None if there is none, or several."""
    folders = [
        entry.name
        for entry in source.entries("")
        if entry.is_folder and entry.name != CHECKS and not is_metadata(entry.name)
    ]
    holding = [name for name in folders if _holds(Subfolder(source, name), graded)]
    return holding[0] if len(holding) == 1 else None


def contents_of(source: FileSource, graded: Collection[str]) -> str:
    """Say what is in a hand-in of which nothing can be graded.

    Args:
        source: The whole hand-in.
        graded: The names of the graded files.

    Raises:
        OSError: It cannot be read.
        SubmissionError: It is an archive that cannot be opened.
    """
    found = find_files(source, graded)
    if any(found.source.exists(name) for name in graded):
        return "the graded files lack all functions that are called"
    paths = list(_paths(found.source))
    where = f" in {found.archive!r}" if found.archive else ""
    deep = [path for path in paths if path.rpartition("/")[2] in graded]
    if deep:
        levels = min(path.count("/") for path in deep)
        return f"found {some_of(deep)}{where}, {counted(levels, 'folder')} too deep"
    return f"only {some_of(paths)}{where}" if paths else "nothing but an empty folder"


def _paths(source: FileSource) -> Iterator[str]:
    """Yield the first files, those of the top folder first."""
    folders = deque([""])
    looked_at = files = 0
    while folders and looked_at < MOST_FOLDERS:
        folder = folders.popleft()
        looked_at += 1
        for entry in source.entries(folder):
            path = f"{folder}/{entry.name}" if folder else entry.name
            if is_metadata(entry.name):
                continue
            if entry.is_folder:
                folders.append(path)
            elif files < MOST_FILES:
                files += 1
                yield path
