# A copy of the grader's rules for your files. Changing this copy does not change a grade.
"""Decides which of a student's files are graded: one set of rules for the grader and the checks.

The grader and the folder `checks/` of a student's repository hold the same copy of this file, so
that the checks can say before a push what the grader will say after it. It needs nothing but
Python's standard library, and its answer is the same in each version of Python.

* A graded file is taken from the top folder. If it is not there, a file that may be meant is named.
* Python modules next to it come along, and folders with modules in them, with or without an
  `__init__.py`.
* A file that cannot be taken (it is too large, it is a link, its name hides one of Python's
  modules) concerns the graded files that import it, directly or through other files: they are
  refused. If none imports it, it is left out with a note, which costs nothing.
* A notebook imports nothing, so no other file concerns it. It is measured without its outputs and
  attachments, and is taken without them.

The work is bounded whatever is handed in: there are limits for the number of names, folders and
files and for the length of names, and reading ends after `READ_SECONDS`.
"""

import difflib
import json
import os
import posixpath
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

MAX_FILE_BYTES = 1 << 20
MAX_NOTEBOOK_BYTES = 20 << 20
"""Of a notebook with its outputs and attachments; without them it is a file like any other."""
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
MAX_COMPARED = 20
"""Names of which one may be a renamed one: comparing two names takes quadratic time."""
MAX_NOTES = 20
MAX_SCANNED = 256 << 10
"""Characters of a file that are searched for imports."""
MAX_IMPORTS = 1000
"""Imports of one file that are followed."""
MAX_BRACKETS = 1_000_000
"""Lists and objects in the JSON of a notebook above `MAX_FILE_BYTES`; each takes some 70 bytes."""
READ_SECONDS = 60.0
"""How long reading one hand-in may take. The bounds above keep it below a second on a local disk;
the rest is for a slow network disk, or for git with a commit made to be slow."""
MAX_SHOWN_NAME = 100
"""Characters of a name in a sentence."""

CHECKS = "checks"
"""The folder of the visible checks, which is not handed in."""
RUNNER = "_sandbox_runner"
"""The package that runs students' code where it is graded."""
BOTO3 = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"})
"""What is installed where code is graded: boto3 with what it needs."""
STANDARD_LIBRARY = frozenset(
    """
    abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb
    binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop
    collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg
    crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email
    encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib
    functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html
    http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3
    linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib
    msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse
    os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix
    posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri
    random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve
    shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile
    sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable
    sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time
    timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types
    typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound
    wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo __future__ _abc _aix_support
    _android_support _ast _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs _codecs_cn
    _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc
    _colorize _compat_pickle _compression _contextvars _crypt _csv _ctypes _curses _curses_panel
    _datetime _dbm _decimal _elementtree _frozen_importlib _frozen_importlib_external _functools
    _gdbm _hashlib _heapq _imp _interpchannels _interpqueues _interpreters _io _ios_support _json
    _locale _lsprof _lzma _markupbase _md5 _msi _multibytecodec _multiprocessing _opcode
    _opcode_metadata _operator _osx_support _overlapped _pickle _posixshmem _posixsubprocess _py_abc
    _pydatetime _pydecimal _pyio _pylong _pyrepl _queue _random _scproxy _sha1 _sha2 _sha256 _sha3
    _sha512 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string _strptime
    _struct _suggestions _symtable _sysconfig _thread _threading_local _tkinter _tokenize
    _tracemalloc _typing _uuid _warnings _weakref _weakrefset _winapi _wmi _zoneinfo
    """.split()  # noqa: SIM905 - a list of strings would be four times as long
)
"""The names of `sys.stdlib_module_names` in Python 3.11, 3.12 and 3.13 together."""

LINKED = "it is a link or a submodule, or you may not read it"
NOT_PLAIN = "it is not a plain file"
TOO_MANY = f"there are more than {MAX_FILES} Python files"

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_HARMLESS_NAME = re.compile(r"[A-Za-z0-9_./ ()+,-]{1,100}")
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
"""The start of a pointer to a file in Git LFS (git-lfs, docs/spec.md)."""
_ARCHIVE = re.compile(r"(?i).+\.(zip|tar|tgz|tar\.gz|rar|7z)")
_COPY = re.compile(r"[ _-]*(\([0-9]{1,3}\)|copy[0-9]{0,3}|(?<=[ -])[0-9]{1,3})$")
"""How systems mark a second copy: `x (1)`, `x-Copy1`, `x - Copy`, `x copy`, `x-1`."""
_SAVED_AS = re.compile(r"(\.txt|(?<=\.ipynb)\.json)\Z")
"""What systems that take no `.py`, and browsers that know no `.ipynb`, put at the end of a name."""
_TEST = re.compile(r"(?i)(conftest|test_.*|.*_test)\.py")
"""Names of tests, as pytest finds them."""
_DATA_URL = re.compile(r"data:[\w/+.-]{1,100};base64,[A-Za-z0-9+/=]+")


class TooSlowError(Exception):
    """The files cannot be read in time; the text says so to a person."""


@dataclass(frozen=True)
class FolderEntry:
    """One name in a folder of a source."""

    name: str
    is_folder: bool
    """A link to a folder is none."""


class FileSource(Protocol):
    """Where a student's files come from; names are relative, with slashes, and `""` is the top."""

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder by name; what exceeds `MAX_ENTRIES` may be left out."""

    def exists(self, name: str) -> bool:
        """Whether there is anything of that name."""

    def read(self, name: str, most: int) -> bytes | str:
        """Return a plain file of at most `most` bytes, or why not, in words for the student."""


@dataclass(frozen=True)
class Refusal:
    """Why a file cannot be taken, and which graded files are refused for it."""

    file: str
    reason: str
    concerns: tuple[str, ...]
    """The file itself, or the graded files that import it."""

    def said_of(self, graded: str) -> str:
        """Say in a sentence why a graded file that it concerns is refused."""
        if graded == self.file:
            return f"{graded} cannot be graded: {self.reason}."
        return f"{graded} uses {_shown(self.file)}, which cannot be graded: {self.reason}."


@dataclass(frozen=True)
class AdmittedFiles:
    """What is taken of a hand-in, and what is not."""

    files: Mapping[str, bytes]
    """The content of what is taken, by name; notebooks without outputs and attachments."""
    refused: tuple[Refusal, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    """For each graded file that is not there, a sentence that may name the file that is meant."""
    notes: tuple[str, ...] = ()
    """What was left out and why, in sentences for the student; a note costs no points."""
    not_installed: tuple[str, ...] = ()
    """Packages that the files import and that are not there where code is graded."""

    def refusals_of(self, graded: str) -> tuple[Refusal, ...]:
        """The refusals that concern a graded file; none if it is taken."""
        return tuple(refusal for refusal in self.refused if graded in refusal.concerns)


def admit(
    source: FileSource, graded: Sequence[str], clock: Callable[[], float] = time.monotonic
) -> AdmittedFiles:
    """Decide what is taken of a hand-in, and read it.

    Args:
        source: Where the files are.
        graded: The names of the graded files.
        clock: Returns seconds; reading ends `READ_SECONDS` after the first look at it.

    Raises:
        TooSlowError: Reading takes too long.
    """
    listing = _Listing(source, clock)
    taking = _Taking(listing, graded)
    present = [name for name in graded if listing.has(name)]
    for name in present:  # before what they import, so that helpers take no graded file's place
        taking.take(name)
    reached = {name: taking.reach(name) for name in present}
    concerns: dict[str, list[str]] = {}
    for name, files in reached.items():
        for file in files:
            if file in taking.problems:
                concerns.setdefault(file, []).append(name)
    not_installed = taking.note_packages({file for files in reached.values() for file in files})
    taking.take_the_rest(reported=concerns)
    used = {file for files in reached.values() for file in files}
    return AdmittedFiles(
        files=taking.files,
        refused=tuple(
            Refusal(file, taking.problems[file], tuple(names)) for file, names in concerns.items()
        ),
        missing={
            name: _missing(name, listing, graded, used) for name in graded if name not in present
        },
        notes=listing.notes(),
        not_installed=not_installed,
    )


def too_large(most: int) -> str:
    """Say that a file has more bytes than it may have."""
    return f"it is larger than {most >> 20} MiB"


def most_bytes(name: str) -> int:
    """Return how many bytes a file may have, before outputs are taken out of a notebook."""
    return MAX_NOTEBOOK_BYTES if name.endswith(".ipynb") else MAX_FILE_BYTES


def list_folder(path: Path) -> list[FolderEntry]:
    """List a folder of this machine by name: the first `MAX_ENTRIES`, in the system's order.

    Raises:
        OSError: It cannot be read.
    """
    with os.scandir(path) as entries:
        first = list(islice(entries, MAX_ENTRIES))
    listed = [FolderEntry(entry.name, entry.is_dir(follow_symlinks=False)) for entry in first]
    return sorted(listed, key=lambda entry: entry.name)


class _Listing:
    """The names of a source, looked at within bounds, and the notes on what was left out."""

    def __init__(self, source: FileSource, clock: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock
        self._ends = clock() + READ_SECONDS
        self._entries_left = MAX_ALL_ENTRIES
        self._folders: dict[str, dict[str, FolderEntry]] = {}
        self._is_cut = False
        self._notes: list[str] = []
        self._notes_left_out = 0

    def notes(self) -> tuple[str, ...]:
        """Return the first notes, and how many more there would be."""
        more = self._notes_left_out
        return (*self._notes, f"{more:,} more are left out") if more else (*self._notes,)

    def note(self, note: str) -> None:
        """Add a note, or only count it if there are many."""
        if len(self._notes) < MAX_NOTES:
            self._notes.append(note)
        else:
            self._notes_left_out += 1

    def has(self, name: str) -> bool:
        """Whether there is anything of that name in the top folder, listed or not."""
        listed = self.entries("")
        if name in listed or not self._is_cut:
            return name in listed
        self._check_time()
        return self._source.exists(name)

    def entries(self, folder: str) -> Mapping[str, FolderEntry]:
        """List a folder by name, without names that are too long; nothing once too much is read."""
        if folder not in self._folders:
            self._folders[folder] = {entry.name: entry for entry in self._list(folder)}
        return self._folders[folder]

    def is_package(self, folder: str) -> bool:
        """Whether a folder of the top folder is a package that goes before a module of its name."""
        entry = self.entries("").get(folder)
        return entry is not None and entry.is_folder and "__init__.py" in self.entries(folder)

    def read(self, name: str) -> bytes | str:
        """Read a file, or say why it cannot be taken."""
        self._check_time()
        content = self._source.read(name, most_bytes(name))
        if isinstance(content, str):
            return content
        if content.startswith(_LFS_POINTER):
            return "it is a pointer of Git LFS: commit the file itself"
        return without_outputs(content) if name.endswith(".ipynb") else content

    def _list(self, folder: str) -> list[FolderEntry]:
        self._check_time()
        if len(self._folders) >= MAX_FOLDERS or not self._entries_left:
            self.note(f"{_shown(folder)} is left out: there are too many files and folders")
            return []
        room = min(MAX_ENTRIES, self._entries_left)
        listed = self._source.entries(folder)[:room]
        self._entries_left -= len(listed)
        if len(listed) == room:
            self._is_cut = self._is_cut or not folder
            where = f"the folder {_shown(folder)}" if folder else "the folder"
            self.note(f"{where} has too many files: the first {room:,} are looked at")
        short = [entry for entry in listed if _is_short(entry.name)]
        for entry in listed:
            if not _is_short(entry.name):
                reason = f"its name is longer than {MAX_NAME_BYTES} bytes"
                self.note(f"{_shown(entry.name)} is left out: {reason}")
        return short

    def _check_time(self) -> None:
        if self._clock() >= self._ends:
            raise TooSlowError(
                f"reading the files takes more than {READ_SECONDS:.0f} seconds: "
                "remove files you do not need"
            )


class _Taking:
    """Reads files, follows their imports, and notes why a file cannot be taken."""

    def __init__(self, listing: _Listing, graded: Sequence[str]) -> None:
        self._listing = listing
        self._graded = {name for name in graded if listing.has(name)}
        self._imports: dict[str, tuple[str, ...]] = {}
        self._not_installed: dict[str, dict[str, None]] = {}
        self.files: dict[str, bytes] = {}
        self.problems: dict[str, str] = {}
        """Why a file cannot be taken."""
        for name in sorted(self._graded):
            stem = name.removesuffix(".py")
            if stem != name and listing.is_package(stem):  # Python would import the package
                self.problems[name] = f"the folder `{stem}` hides {name}: rename or remove it"

    def reach(self, start: str) -> tuple[str, ...]:
        """Name a file and all that it imports, directly or through others, the nearest first."""
        reached = {start: None}
        todo = [start]
        for name in todo:
            for imported in self.take(name):
                if imported not in reached:
                    reached[imported] = None
                    todo.append(imported)
        return tuple(reached)

    def take_the_rest(self, reported: Mapping[str, object]) -> None:
        """Take the modules that no import leads to, as far as there is room.

        Code may import them in a way that cannot be seen in its text.

        Args:
            reported: The files whose problem is reported already.
        """
        without_room: list[str] = []
        for name in self._modules():
            if name in self._imports or name in reported:
                continue
            if name not in self.problems and self._is_full():
                without_room.append(name)
                continue
            self.take(name)
            if name in self.problems:
                self._listing.note(f"{_shown(name)} is left out: {self.problems[name]}")
        if without_room:
            first, more = without_room[0], len(without_room) - 1
            others = f" and {more:,} more Python files are" if more else " is"
            self._listing.note(f"{_shown(first)}{others} left out: {TOO_MANY}")

    def _is_full(self) -> bool:
        return len(self._imports) >= MAX_FILES  # what was read in vain counts too

    def take(self, name: str) -> tuple[str, ...]:
        """Take a file, unless it has a problem; return the files that it imports."""
        if name not in self._imports:
            if name not in self.problems and self._is_full():
                self.problems[name] = TOO_MANY
            content = self.problems.get(name) or self._listing.read(name)
            self._imports[name] = ()
            if isinstance(content, str):
                self.problems[name] = content
            else:
                self.files[name] = content
                if name.endswith(".py"):
                    self._imports[name] = self._followed(name, content)
        return self._imports[name]

    def _followed(self, name: str, content: bytes) -> tuple[str, ...]:
        """Name the files that a file imports, and note the packages that are nowhere."""
        found: dict[str, None] = {}
        for module in imported_modules(content, _package_of(name)):
            files = tuple(self._files_of(module))
            found |= dict.fromkeys(files)
            top = module.partition(".")[0]
            if not (files or _owner_of(top) or top in self._listing.entries("")):
                self._not_installed.setdefault(name, {})[top] = None
        return tuple(found)

    def note_packages(self, names: Collection[str]) -> tuple[str, ...]:
        """Note the packages that some files import and that are nowhere; return their names."""
        found: dict[str, None] = {}
        for name, packages in self._not_installed.items():
            for package in packages if name in names else ():
                found[package] = None
                self._listing.note(
                    f"{_shown(name)} imports {_shown(package)}, which is not installed where your "
                    "code is graded"
                )
        return tuple(found)

    def _files_of(self, module: str) -> Iterator[str]:
        """Name the files that Python reads to import a module, such as `a.b`, in their order."""
        top = module.partition(".")[0]
        if _owner_of(top) is not None:
            if (hiding := self._hiding(top)) is not None:
                yield hiding
            return
        if f"{top}.py" in self._graded:
            yield f"{top}.py"
            return
        folder = ""
        for part in module.split("."):
            entries, path = self._listing.entries(folder), f"{folder}/{part}".lstrip("/")
            is_folder = part in entries and entries[part].is_folder
            if is_folder and "__init__.py" in self._listing.entries(path):
                yield self._looked_at(f"{path}/__init__.py")
            elif f"{part}.py" in entries:
                yield self._looked_at(f"{path}.py")
                return
            elif not is_folder:
                if part in entries:
                    self.problems[path] = LINKED  # a link to a folder, or a submodule
                    yield path
                return
            folder = path

    def _hiding(self, top: str) -> str | None:
        """Return the file that Python would import in place of a standard module, if any."""
        is_package = self._listing.is_package(top)
        if not is_package and f"{top}.py" not in self._listing.entries(""):
            return None  # a folder without __init__.py hides nothing
        name = f"{top}/__init__.py" if is_package else f"{top}.py"
        self.problems[name] = f"its name hides {_owner_of(top)}'s module `{top}`: rename it"
        return name

    def _looked_at(self, name: str) -> str:
        """Note why a module is not taken at all, wherever it leads; return its name."""
        parts = name.removesuffix(".py").split("/")
        if parts[0] == CHECKS:
            self.problems[name] = f"files in {CHECKS}/ are not submitted"
        elif not all(map(_PLAIN_NAME.fullmatch, parts)):
            self.problems[name] = (
                "its name has characters other than A-Z, a-z, 0-9 and _: rename it"
            )
        elif len(parts) > MAX_PACKAGE_DEPTH + 1:
            self.problems[name] = f"it is more than {MAX_PACKAGE_DEPTH} folders deep"
        return name

    def _modules(self) -> Iterator[str]:
        """Return the names of the modules next to the graded files, and of those in folders."""
        for name, entry in self._listing.entries("").items():
            top = name if entry.is_folder else name.removesuffix(".py")
            if not _PLAIN_NAME.fullmatch(top) or top == CHECKS or name in self._graded:
                continue
            if _owner_of(top) is not None:
                if entry.is_folder == self._listing.is_package(top) and (
                    hiding := self._hiding(top)
                ):
                    yield hiding
            elif not entry.is_folder:
                if name != top:
                    yield name
            elif not (f"{top}.py" in self._graded and self._listing.is_package(top)):
                yield from self._modules_in(name, 1)

    def _modules_in(self, folder: str, depth: int) -> Iterator[str]:
        for name, entry in self._listing.entries(folder).items():
            path = f"{folder}/{name}"
            if entry.is_folder:
                if depth < MAX_PACKAGE_DEPTH and _PLAIN_NAME.fullmatch(name):
                    yield from self._modules_in(path, depth + 1)
            elif name.endswith(".py") and _PLAIN_NAME.fullmatch(name[:-3]):
                yield path


def _owner_of(module: str) -> str | None:
    """Tell whose module a name is; None if a student may use it."""
    if module in STANDARD_LIBRARY:
        return "Python"
    if module in BOTO3:
        return "boto3"
    return "the grader" if module == RUNNER else None


_NOT_CODE = re.compile(
    r"#[^\n]*"
    r'|"""(?:[^"\\]++|\\(?:.|\Z)|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^'\\]++|\\(?:.|\Z)|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n]++|\\(?:.|\Z))*+"?'
    r"|'(?:[^'\\\n]++|\\(?:.|\Z))*+'?",
    re.DOTALL,
)
"""Comments and strings, unfinished ones too."""
_IMPORT = re.compile(
    r"(?:^|[;:]) ?(?:import (?P<modules>[^\n;]++)"
    r"|from ?(?P<dots>\.*+)(?P<module>[\w.]*) ?import\b ?(?P<names>\([^()]*+\)|[^\n;]++))",
    re.MULTILINE,
)


def imported_modules(content: bytes, package: str) -> tuple[str, ...]:
    """Name the modules that Python code imports, as `a.b`, in their order.

    `from a import b` gives `a.b`, though `b` need not be a module. The code is searched, not
    parsed: that takes linear time for any bytes, and gives the same in each version of Python.

    Args:
        content: The code.
        package: The package that it is in, for relative imports; empty for none.
    """
    try:
        text = content.decode("utf-8-sig")[:MAX_SCANNED]
    except UnicodeDecodeError:
        text = content.decode("latin-1")[:MAX_SCANNED]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _NOT_CODE.sub(" ", text).replace("\\\n", " ")
    text = re.sub(r" ?\. ?", ".", re.sub(r"[ \t\f]+", " ", text))
    found: dict[str, None] = {}
    for statement in _IMPORT.finditer(text):
        if len(found) >= MAX_IMPORTS:
            break
        found |= dict.fromkeys(_modules_of(statement, package))
    return tuple(found)[:MAX_IMPORTS]


def _modules_of(statement: re.Match[str], package: str) -> Iterator[str]:
    names = (statement["modules"] or statement["names"]).strip("()").split(",", MAX_IMPORTS)
    plain = [words[0] for name in names if (words := name.split())]
    if statement["modules"]:
        yield from plain
        return
    base = statement["module"]
    if statement["dots"]:
        outer = package.split(".") if package else []
        above = len(statement["dots"]) - 1
        if above >= len(outer):
            return  # Python refuses it
        base = ".".join([*outer[: len(outer) - above], *([base] if base else [])])
    yield from (base if name == "*" else f"{base}.{name}" for name in plain)


def _package_of(file: str) -> str:
    return ".".join(file.split("/")[:-1])


def without_outputs(content: bytes) -> bytes | str:
    """Take what a notebook's cells printed, drew or hold as attachments out of it.

    A file that is not JSON stays as it is: what is wrong with it is reported later.

    Returns:
        The notebook, or why it is too large.
    """
    is_large = len(content) > MAX_FILE_BYTES
    as_it_is = too_large(MAX_FILE_BYTES) if is_large else content
    if is_large and content.count(b"[") + content.count(b"{") > MAX_BRACKETS:
        return as_it_is
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        if not _take_out_outputs(notebook):
            return as_it_is
        text = json.dumps(notebook, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return as_it_is
    smaller = text.encode("utf-8", "backslashreplace")  # half a surrogate pair, as JSON escapes it
    if len(smaller) > MAX_FILE_BYTES:
        return f"{too_large(MAX_FILE_BYTES)}, even without its outputs and attachments"
    return smaller


def _take_out_outputs(notebook: Any) -> bool:
    """Return whether there were any. Notebooks of nbformat 3 keep their cells in worksheets."""
    if not isinstance(notebook, dict):
        return False
    found = False
    metadata = notebook.get("metadata")
    if isinstance(metadata, dict):
        found = metadata.pop("widgets", None) is not None  # what widgets show is an output, too
    sheets = notebook.get("worksheets")
    for sheet in [notebook, *(sheets if isinstance(sheets, list) else [])]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict):
                found |= _take_out_of_cell(cell)
    return found


def _take_out_of_cell(cell: dict[str, Any]) -> bool:
    found = cell.pop("attachments", None) is not None
    if cell.get("outputs"):
        cell["outputs"] = []
        found = True
    source = cell.get("source")
    if cell.get("cell_type") == "markdown":  # Colab keeps a picture in the text
        is_text = isinstance(source, str)
        lines = [source] if is_text else source if isinstance(source, list) else []
        shorter = [
            _DATA_URL.sub("data:", line) if isinstance(line, str) else line for line in lines
        ]
        if shorter != lines:
            cell["source"] = shorter[0] if is_text else shorter
            found = True
    return found


def _missing(name: str, listing: _Listing, graded: Collection[str], used: Collection[str]) -> str:
    """Say that a graded file is not there, and which file may be meant, if that is clear.

    Args:
        name: The graded file.
        listing: The names of what was handed in.
        graded: All graded files.
        used: Those that are there, and what they import; none of these is meant.
    """
    for candidates, advice in _candidates(name, listing, graded, used):
        if len(candidates) > 1 and "/" not in candidates[0]:
            candidates = difflib.get_close_matches(name, candidates[:MAX_COMPARED], 1, cutoff=0.0)
        if len(candidates) == 1:
            return f"The file {name} is missing, but there is {_shown(candidates[0])}: {advice}."
        if candidates:
            break
    return f"The file {name} is missing."


def _candidates(
    name: str, listing: _Listing, graded: Collection[str], used: Collection[str]
) -> Iterator[tuple[list[str], str]]:
    """Yield files that may be meant, with what to do; the likeliest first."""
    top = listing.entries("")
    files = [other for other, entry in top.items() if not entry.is_folder and other not in used]
    rename, move = f"rename it to {name}", "move it to the top folder"
    yield [other for other in files if _alike(other, name)], rename
    folders = [
        folder
        for folder, entry in top.items()
        if entry.is_folder and not folder.startswith((".", "__")) and folder != CHECKS
    ]
    inner = [
        (f"{folder}/{other}", other)
        for folder in folders
        for other, entry in listing.entries(folder).items()
        if not entry.is_folder and f"{folder}/{other}" not in used
    ]
    yield [path for path, other in inner if other == name], move
    yield [path for path, other in inner if _alike(other, name)], f"{move} and {rename}"
    yield [other for other in files if _contains(other, name)], rename
    yield [path for path, other in inner if _contains(other, name)], f"{move} and {rename}"
    if name.endswith(".ipynb"):
        yield [other for other in files if other.endswith(".ipynb")], rename
    yield [other for other in files if _ARCHIVE.fullmatch(other)], "unpack it in the top folder"
    if name.endswith(".py"):
        yield (
            [other for other in files if _is_of_no_other(other, graded)],
            f"if it is meant, {rename}",
        )


def _alike(name: str, wanted: str) -> bool:
    """Return whether a name differs from the one that is wanted only as a slip or a copy does."""
    if len(name) > 2 * len(wanted) + 20:
        return False
    (stem, ending), (wanted_stem, wanted_ending) = _core(name), _core(wanted)
    endings = (wanted_ending, "", ".json") if wanted_ending == ".ipynb" else (wanted_ending, "")
    return stem == wanted_stem and ending in endings


def _contains(name: str, wanted: str) -> bool:
    """Return whether a name is the one that is wanted with something before or after it."""
    (stem, ending), (wanted_stem, wanted_ending) = _core(name), _core(wanted)
    return ending == wanted_ending and wanted_stem in stem and not _TEST.fullmatch(name)


def _is_of_no_other(name: str, graded: Collection[str]) -> bool:
    """Return whether a name is a module's, and has no graded file's name in it."""
    is_module = name.endswith(".py") and not _TEST.fullmatch(name)
    return is_module and not any(_contains(name, other) for other in graded)


def _core(name: str) -> tuple[str, str]:
    """Return what is left of a name, and its ending, without what a slip or a copy changes."""
    stem, ending = posixpath.splitext(_SAVED_AS.sub("", name.lower()))
    stem = _COPY.sub("", stem.removeprefix("copy of ").strip())
    return re.sub(r"[ _-]+", "", stem), ending


def _is_short(name: str) -> bool:
    return len(name) <= MAX_NAME_BYTES and len(os.fsencode(name)) <= MAX_NAME_BYTES


def _shown(name: str) -> str:
    """Write a name into a sentence: quoted, cut and escaped unless it is plain."""
    if _HARMLESS_NAME.fullmatch(name) and name == name.strip():
        return name
    cut = "..." if len(name) > MAX_SHOWN_NAME else ""
    return f"{name[:MAX_SHOWN_NAME]!r}{cut}"
