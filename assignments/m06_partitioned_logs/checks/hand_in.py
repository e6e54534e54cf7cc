"""Finds out before a push which of your files the grader would refuse or leave out, and why."""

import contextlib
import functools
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from checks.admission import (
    LINKED,
    NOT_PLAIN,
    AdmittedFiles,
    FolderEntry,
    TooSlowError,
    admit,
    list_folder,
    too_large,
)

ROOT = Path(__file__).resolve().parent.parent


@functools.cache
def your_hand_in() -> AdmittedFiles:
    """Read your files as the grader does. They are read once per run."""
    try:
        return admit(Folder(ROOT), tuple(dict.fromkeys(graded_files())))
    except TooSlowError as error:
        return AdmittedFiles({}, notes=(str(error),))


def why_not_graded(name: str) -> str | None:
    """Return why a file could not be graded as it is now, or None if it could."""
    refused = [refusal.said_of(name) for refusal in your_hand_in().refusals_of(name)]
    return your_hand_in().missing.get(name) or next(iter(refused), None)


@contextlib.contextmanager
def installed_as_where_graded() -> Iterator[None]:
    """Hide the installed packages that your code cannot import where it is graded."""
    names = your_hand_in().not_installed
    finder = NotInstalled(names)
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.modules.update(before)


class NotInstalled:
    """Makes the import of some packages fail. See importlib.abc.MetaPathFinder."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Raise an error for these packages; leave all others to the next finder."""
        if name in self._names:
            raise ModuleNotFoundError(f"{name} is not installed where your code is graded")


class Folder:
    """A folder on your machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder inside it; a folder that you may not read counts as empty."""
        try:
            return list_folder(self._path / folder)
        except OSError:
            return []

    def read(self, name: str, most: int) -> bytes | str:
        """Return a file's content (bytes), or why it cannot be graded (text)."""
        path = self._path / name
        try:
            if path.is_symlink():
                return LINKED
            if not path.is_file():
                return NOT_PLAIN
            with path.open("rb") as file:
                content = file.read(most + 1)
        except OSError:
            return LINKED
        return content if len(content) <= most else too_large(most)

    def exists(self, name: str) -> bool:
        """Tell whether something has this name, even a broken link."""
        return os.path.lexists(self._path / name)


def graded_files() -> Iterator[str]:
    """Name the files that are graded."""
    assignment = tomllib.loads((ROOT / "assignment.toml").read_text("utf-8"))
    for checkpoint in assignment["checkpoints"]:
        yield from checkpoint["files"]
