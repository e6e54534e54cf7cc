"""Writing files as a whole or not at all, and making folders."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.errors import AutograderError

DEVICES = Path("/dev")
LOCK = ".lock"
PART = ".part"
"""The end of the name of a file that is being written."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file as a whole: readers see the old content or the new, never a part.

    A link stays a link: the file that it leads to is replaced. Devices and pipes, such as
    `/dev/stdout`, are written to as they are.

    Args:
        path: The file; its folder exists.
        content: Its new content; a text is written as UTF-8.

    Raises:
        AutograderError: It cannot be written; the old content is still there.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if _is_special(path):
            # To append: `>> file` makes /dev/stdout a file with something in it.
            with path.open("ab") as file:
                file.write(data)
        else:
            _replace(path.resolve(), data)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        reason = getattr(error, "strerror", None) or error
        raise AutograderError(f"{path} cannot be written: {reason}") from None


def _is_special(path: Path) -> bool:
    """Whether a path is anything but a file, or a link to one, that may be replaced."""
    if path.absolute().is_relative_to(DEVICES) and not path.absolute().is_relative_to("/dev/shm"):  # noqa: S108 - an ordinary folder
        return True
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False


def remove_leftovers(folder: Path) -> None:
    """Remove what writers left in a folder that were killed; nobody else may be writing there."""
    for leftover in folder.rglob(f".*{PART}"):
        leftover.unlink(missing_ok=True)


def _replace(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(
        "wb", dir=path.parent, prefix=".", suffix=PART, delete=False
    ) as file:
        try:
            file.write(data)
            file.flush()
            Path(file.name).chmod(_mode_of(path))
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _mode_of(path: Path) -> int:
    """Return who may read and write a file that is replaced; all may read a new file."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o644


@contextmanager
def locked_folder(folder: Path, *, wait: bool) -> Iterator[None]:
    """Hold a folder by a file in it, see `locked`.

    Raises:
        AutograderError: It cannot be written, or another process holds it and `wait` is false.
    """
    lock = folder / LOCK
    try:
        lock.touch(0o644)
    except OSError as error:
        raise AutograderError(f"{folder} cannot be written: {error.strerror}") from None
    with locked(lock, wait=wait):
        yield


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a file, which no other process that asks for it holds at the same time.

    Who holds it may replace it, as the last thing before the context ends.

    Args:
        path: The file; it exists.
        wait: Whether to wait while another process holds it.

    Raises:
        AutograderError: It cannot be written, or another process holds it and `wait` is false.
    """
    try:
        descriptor = _lock(path, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AutograderError(f"{path.parent}: another run is writing there") from None
    except OSError as error:
        raise AutograderError(f"{path} cannot be written: {error.strerror}") from None
    try:
        yield
    finally:
        os.close(descriptor)


def _lock(path: Path, operation: int) -> int:
    """Lock a file and return its descriptor; open it again if it was replaced meanwhile."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, operation)
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, unless it is there.

    Raises:
        AutograderError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AutograderError(f"{folder} cannot be made: {error.strerror}") from None


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make an empty folder for temporary files, and remove it afterwards with all that is in it.

    Raises:
        AutograderError: The folder for temporary files cannot be written.
    """
    try:
        # What a process that outlives us for a moment writes there does not matter.
        folder = tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True)
    except OSError as error:
        raise AutograderError(
            f"temporary files cannot be written to {tempfile.gettempdir()}: {error.strerror}"
        ) from None
    with folder as name:
        yield Path(name)
