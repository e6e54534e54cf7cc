"""Opens archives that students hand in, in memory and within bounds: nothing is written to a disk.

A zip or tar file may be made to hurt the program that unpacks it: kilobytes that become gigabytes,
millions of members, names that lead out of the folder, links. So every unpacked byte is counted as
it comes, whatever a header says of it, and only plain files below the archive's own folder are
taken.
"""

import bz2
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from autograder.admission import (
    MAX_ALL_ENTRIES,
    NOT_PLAIN,
    FolderEntry,
    most_bytes,
    too_large,
)
from autograder.errors import SubmissionError

MAX_ARCHIVE_BYTES = 50 << 20
MAX_UNPACKED_BYTES = 100 << 20
"""Of all members together: what is read through, kept or not."""
MAX_DIRECTORY_BYTES = 4 << 20
"""Of a zip file's list of members, which Python reads whole: 200 bytes for each that we take."""
OPENED = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tbz2")
CLOSED = (".rar", ".7z", ".xz", ".txz")
"""Archives that Python cannot open, or not with a bound on its memory."""

_END = struct.Struct("<4s4H2LH")
"""A zip file's end record (PKWARE's APPNOTE, 4.3.16)."""
_END_BEGINS, _ZIP64_BEGINS = b"PK\x05\x06", b"PK\x06\x07"
_LONGEST_COMMENT = 0xFFFF
_TOO_MUCH = "it holds too much: hand in only the files that are asked for"
_UTF_8 = 0x800
_ENCRYPTED = 0x1
_LINK = 0xA000
_KIND_OF_FILE = 0xF000


def is_archive(name: str) -> bool:
    """Return whether a file is an archive by its name.

    >>> is_archive("m06 (1).ZIP"), is_archive("zip.py")
    (True, False)
    """
    return name.casefold().endswith((*OPENED, *CLOSED))


class ArchiveFiles:
    """The plain files of an archive, by name; a source of files for `admit`.

    Args:
        files: The content of each, cut one byte above what a file may have.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._folders: dict[str, dict[str, FolderEntry]] = {"": {}}
        for name in files:
            path = PurePosixPath(name)
            self._folders.setdefault(_text(path.parent), {})[path.name] = FolderEntry(
                path.name, is_folder=False
            )
            for folder in list(path.parents)[:-1]:
                entry = FolderEntry(folder.name, is_folder=True)
                self._folders.setdefault(_text(folder.parent), {}).setdefault(folder.name, entry)

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder by name."""
        return sorted(self._folders.get(folder, {}).values(), key=lambda entry: entry.name)

    def exists(self, name: str) -> bool:
        """Whether there is a file or a folder of that name."""
        return name in self._files or name in self._folders

    def read(self, name: str, most: int) -> bytes | str:
        """Return a file, or why it cannot be taken."""
        content = self._files.get(name)
        if content is None:
            return NOT_PLAIN
        return too_large(most) if len(content) > most else content


def open_archive(name: str, content: bytes) -> ArchiveFiles:
    """Read an archive's plain files.

    Links, devices, and members whose names lead out of the archive's folder are left out.

    Args:
        name: The archive's own name, whose ending says of which kind it is.
        content: All of it.

    Raises:
        SubmissionError: It cannot be opened, or exceeds the bounds; the text says so to a student.
    """
    ending = name.casefold()
    if ending.endswith(CLOSED):
        raise SubmissionError("it is of a kind that is not opened here: hand in a zip file")
    if len(content) > MAX_ARCHIVE_BYTES:
        raise SubmissionError(too_large(MAX_ARCHIVE_BYTES))
    members = _zip_members if ending.endswith(".zip") else _tar_members
    files: dict[str, bytes] = {}
    kept = 0
    try:
        for member, file in members(name, content):
            if (path := _plain_path(member)) is None:
                continue
            files[path] = file.read(most_bytes(path) + 1)
            kept += len(files[path])
            if len(files) > MAX_ALL_ENTRIES or kept > MAX_UNPACKED_BYTES:
                raise SubmissionError(_TOO_MUCH)
    except _BROKEN as error:
        raise SubmissionError(f"it is damaged, or no archive ({type(error).__name__})") from None
    return ArchiveFiles(files)


_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    struct.error,
    NotImplementedError,
    RecursionError,
    RuntimeError,
)
"""What Python's modules raise for archives that are damaged, or made to confuse them."""


def _zip_members(_: str, content: bytes) -> Iterator[tuple[str, "IO[bytes] | _Counted"]]:
    _check_directory(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        left = MAX_UNPACKED_BYTES
        for member in archive.infolist()[: MAX_ALL_ENTRIES + 1]:
            if member.flag_bits & _ENCRYPTED:
                raise SubmissionError("it has a password: hand it in without one")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise SubmissionError(
                    "it is compressed in an unusual way: hand in a plain zip file"
                )
            is_link = member.external_attr >> 16 & _KIND_OF_FILE == _LINK
            if member.is_dir() or is_link:
                continue
            with archive.open(member) as file:
                counted = _Counted(cast(BinaryIO, file), left)
                yield _zip_name(member), counted
                left = counted.left


def _check_directory(content: bytes) -> None:
    """Check the size of a zip file's list of members before Python reads it whole.

    Raises:
        SubmissionError: It is too large, or of the form for archives above 4 GiB.
    """
    at = content.rfind(_END_BEGINS, max(0, len(content) - _END.size - _LONGEST_COMMENT))
    if at < 0 or len(content) - at < _END.size:
        raise SubmissionError("it is damaged, or no archive")
    _, _, _, _, _, size, _, _ = _END.unpack_from(content, at)
    if size > MAX_DIRECTORY_BYTES or content[max(0, at - 20) : at].startswith(_ZIP64_BEGINS):
        raise SubmissionError(_TOO_MUCH)


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; many programs write UTF-8 and do not say so."""
    if not member.flag_bits & _UTF_8:
        try:
            return member.filename.encode("cp437").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return member.filename


def _tar_members(name: str, content: bytes) -> Iterator[tuple[str, "IO[bytes] | _Counted"]]:
    ending = name.casefold()
    packed = io.BytesIO(content)
    plain: IO[bytes] = packed
    if ending.endswith((".gz", ".tgz")):
        plain = cast(IO[bytes], gzip.GzipFile(fileobj=packed))
    elif ending.endswith((".bz2", ".tbz2")):
        plain = bz2.BZ2File(packed)
    # As a stream, so that members that are skipped count, too.
    with tarfile.open(fileobj=_Counted(plain, MAX_UNPACKED_BYTES), mode="r|") as archive:
        for count, member in enumerate(archive):
            archive.members = []  # type: ignore[attr-defined]  # tarfile would keep each
            if count > MAX_ALL_ENTRIES:
                raise SubmissionError(_TOO_MUCH)
            if member.isreg() and (file := archive.extractfile(member)) is not None:
                yield member.name, file


class _Counted(io.RawIOBase):
    """A file that raises an error once more than `left` bytes are read."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self._file = file
        self.left = left

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes.

        Raises:
            SubmissionError: That is too much.
        """
        content = self._file.read(self.left + 1 if size < 0 else min(size, self.left + 1))
        self.left -= len(content)
        if self.left < 0:
            raise SubmissionError(_TOO_MUCH)
        return content


def _plain_path(name: str) -> str | None:
    """Return a member's path below the archive's folder; None if it leads out of it."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    if path.parts[0].endswith(":"):  # a drive of Windows
        return None
    return _text(path)


def _text(path: PurePosixPath) -> str:
    return "" if path == PurePosixPath() else str(path)
