"""One commit's files, fetched from GitHub and read without ever checking them out.

A repository is the student's, and git does much for who clones one: it runs hooks and filters,
follows submodules and links, fetches what is missing. None of it can happen here:

* the commit is fetched by its id into an empty, bare repository that has no hooks, no template and
  nobody's configuration, with blobs that are too large for a submission left out by the server;
* its files are read as objects (`ls-tree`, `cat-file`). No file is written, so no filter of
  `.gitattributes` runs, no link is made, and nothing of Git LFS is asked for;
* only the protocol of the server's address is allowed, redirects are refused, and for reading, no
  protocol at all, so that git does not go for what is missing;
* time, memory and the size of a pack are limited, and so is what is read of a listing: a tree can
  hold names of any length, and one tree can stand under many names at no cost.

The token is passed as an HTTP header in the environment (git-config, `GIT_CONFIG_KEY_<n>`), and so
is the address: neither stands in a command line, which all users of a machine can read.
"""

import base64
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from autograder.admission import (
    LINKED,
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    MAX_NOTEBOOK_BYTES,
    NOT_PLAIN,
    FolderEntry,
    Refusal,
    too_large,
)
from autograder.assignment import Assignment
from autograder.errors import GitHubError, SubmissionError
from autograder.github.client import Place
from autograder.submission import Submission, read_source

MAX_PACK_BYTES = 256 << 20
MAX_LISTING_BYTES = 16 << 20
MAX_MEMORY_KIB = 4 << 20
FETCH_SECONDS = 180.0
COMMAND_SECONDS = 30.0
"""How long git may take to read one listing or file of what was fetched."""

_NO_SUCH_COMMIT = ("not our ref", "unadvertised object", "remote ref does not exist")
_LARGER = "larger than {} MiB: take out what is not needed"
_TOO_LARGE = "signal 25"
"""SIGXFSZ: a file grew beyond the limit."""
_UNREAD = "git did not read what it had fetched"
_FROM_OUTSIDE = (
    "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
)  # fmt: skip
_LIMITED = 'ulimit -f "$1" && ulimit -v "$2" && shift 2 && exec git "$@"'
"""For a POSIX shell; a limit set later could come too late for a child of git's."""


@dataclass(frozen=True)
class _File:
    """An entry of a tree."""

    mode: str
    kind: str
    object_id: str


def fetch_submission(
    place: Place,
    repository: str,
    commit: str,
    assignment: Assignment,
    *,
    most_bytes: int = MAX_PACK_BYTES,
) -> Submission:
    """Fetch one commit, and read what is graded of it.

    Args:
        place: Where GitHub is.
        repository: `owner/name`.
        commit: The whole id of a commit that the server has.
        assignment: What it answers.
        most_bytes: What may be fetched, compressed.

    Returns:
        The submission; where the whole repository is too large, one with nothing but a refusal.

    Raises:
        GitHubError: It cannot be fetched; neither the repository nor the token is named.
    """
    with _scratch() as scratch:
        files = CommitFiles(scratch / "repository.git", commit)
        _run_git(scratch, ["init", "--quiet", "--bare", "--template=", str(files.folder)])
        # Without large files if the repository does not fit with them: one may be the notebook.
        for largest in (MAX_NOTEBOOK_BYTES, MAX_FILE_BYTES):
            fetched = _run_git(
                files.folder,
                [
                    "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules",
                    "--no-write-fetch-head", f"--filter=blob:limit={largest + 1}",
                    "origin", commit,
                ],
                _remote(place, repository),
                most_bytes=most_bytes,
            )  # fmt: skip
            if _TOO_LARGE not in fetched:
                break
        else:
            reason = f"the repository is {_LARGER.format(most_bytes >> 20)}"
            refused = tuple(Refusal(name, reason, (name,)) for name in assignment.files)
            return Submission({}, assignment.files, refused, commit=commit)
        files.largest = largest
        if fetched:
            raise GitHubError(_why(fetched))
        try:
            return read_source(files, assignment, commit)
        except SubmissionError as error:
            raise GitHubError(str(error)) from None


class CommitFiles:
    """The files of a commit in a bare repository.

    Args:
        folder: The repository.
        commit: The commit's id.
        largest: The largest file that the server was asked for, in bytes.
    """

    def __init__(self, folder: Path, commit: str, *, largest: int = MAX_NOTEBOOK_BYTES) -> None:
        self.folder = folder
        self.largest = largest
        self._commit = commit
        self._trees: dict[str, dict[str, _File]] = {}

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder by name."""
        if folder not in self._trees:
            self._trees[folder] = self._list(folder)
        files = self._trees[folder].items()
        listed = [FolderEntry(name, file.kind == "tree") for name, file in files]
        return sorted(listed, key=lambda entry: entry.name)

    def exists(self, name: str) -> bool:
        """Whether there is anything of that name."""
        return self._find(name) is not None

    def read(self, name: str, most: int) -> bytes | str:
        """Read a plain file of at most so many bytes, or say why not."""
        found = self._find(name)
        if found is None or found.mode == "120000":
            return LINKED
        if found.kind == "commit":
            return "it is a submodule: commit the file itself"
        if found.kind != "blob":
            return NOT_PLAIN
        size = self._read("cat-file", "-s", found.object_id, most=100)
        if size is None and self._read("cat-file", "-s", self._commit, most=100) is not None:
            return too_large(min(most, self.largest))  # left out by the server; all else has come
        if size is not None and int(size) > most:
            return too_large(most)
        content = self._read("cat-file", "blob", found.object_id, most=most)
        if size is None or content is None or len(content) != int(size):
            raise GitHubError(_UNREAD)
        return content

    def _find(self, name: str) -> _File | None:
        folder, _, last = name.rpartition("/")
        listed = self._trees.get(folder, {})
        return listed.get(last) or self._list(folder, last).get(last)

    def _list(self, folder: str, *names: str) -> dict[str, _File]:
        """List the first `MAX_ENTRIES` of a folder, or of these names in it."""
        tree = f"{self._commit}:{folder}"
        listing = self._read("ls-tree", "-z", tree, *names, most=MAX_LISTING_BYTES)
        if listing is None:
            raise GitHubError(_UNREAD)
        return dict(islice(_listed(listing), MAX_ENTRIES))

    def _read(self, *arguments: str, most: int) -> bytes | None:
        """Read what git prints, and no more than this; None where it fails.

        Raises:
            GitHubError: It takes too long.
        """
        with subprocess.Popen(
            _command(arguments),
            cwd=self.folder,
            env=_environment({}, protocol="none"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None
            with _ended_after(COMMAND_SECONDS, process) as is_late:
                content = process.stdout.read(most)
                if process.stdout.read(1):
                    process.kill()
                process.wait()
        if is_late.is_set():
            raise GitHubError("git took too long to read the commit")
        return content if process.returncode in (0, -signal.SIGKILL) else None


@contextmanager
def _ended_after(seconds: float, process: subprocess.Popen[bytes]) -> Iterator[threading.Event]:
    """End a process that is still there after so many seconds; the event says if it was."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()


def _listed(listing: bytes) -> Iterator[tuple[str, _File]]:
    """Read `MODE KIND ID<tab>NAME<nul>`; a last one that was cut is left out."""
    for line in listing.split(b"\0")[:-1]:
        facts, _, name = line.partition(b"\t")
        mode, kind, object_id = facts.decode("ascii").split(" ")
        yield name.decode("utf-8", "surrogateescape"), _File(mode, kind, object_id)


def _remote(place: Place, repository: str) -> dict[str, str]:
    """Configure where to fetch from, and with what."""
    secret = base64.b64encode(f"x-access-token:{place.token}".encode()).decode()
    return {
        "remote.origin.url": f"{place.server}/{repository}.git",
        f"http.{place.server}/.extraHeader": f"Authorization: Basic {secret}",
        "protocol.version": "2",
        "http.followRedirects": "false",
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "30",
    }


def _environment(configuration: Mapping[str, str], protocol: str) -> dict[str, str]:
    """Everything that git may know: nobody's settings, and no way to ask a person."""
    settings = {
        "core.hooksPath": os.devnull,
        "core.fsmonitor": "false",
        "core.symlinks": "false",
        "credential.helper": "",
        "fetch.recurseSubmodules": "false",
        "gc.auto": "0",
        "maintenance.auto": "false",
        "pack.threads": "1",
        **configuration,
    }
    numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return numbered | {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ALLOW_PROTOCOL": protocol,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        **{name: os.environ[name] for name in _FROM_OUTSIDE if name in os.environ},
    }


def _command(arguments: list[str] | tuple[str, ...], most_bytes: int = MAX_PACK_BYTES) -> list[str]:
    blocks = str(max(1, most_bytes >> 9))
    return ["/bin/sh", "-c", _LIMITED, "git", blocks, str(MAX_MEMORY_KIB), *arguments]


def _run_git(
    folder: Path,
    arguments: list[str],
    configuration: Mapping[str, str] | None = None,
    *,
    most_bytes: int = MAX_PACK_BYTES,
) -> str:
    """Run git; return what it says where it fails, which is not to be shown, else nothing.

    Raises:
        GitHubError: It took too long, or there is no git.
    """
    configuration = configuration or {}
    protocol = urlsplit(configuration.get("remote.origin.url", "none:")).scheme
    try:
        process = subprocess.Popen(
            _command(arguments, most_bytes),
            cwd=folder,
            env=_environment(configuration, protocol),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that git's children can be ended with it
        )
    except OSError as error:
        raise GitHubError(f"git cannot be run: {error.strerror}") from None
    with process:
        try:
            _, said = process.communicate(timeout=FETCH_SECONDS)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise GitHubError("fetching the commit took too long") from None
            raise
    if process.returncode == 0:
        return ""
    return said[-10_000:].decode("utf-8", "replace") or f"exit {process.returncode}"


def _why(said: str) -> str:
    """Say why a commit could not be fetched, in words of our own: git's name the repository."""
    if "git: not found" in said:
        reason = "there is no git on this machine"
    elif any(one in said for one in _NO_SUCH_COMMIT):
        reason = "GitHub does not have it any more"
    elif "Authentication failed" in said or "could not read Username" in said:
        reason = "GitHub does not take the token for git"
    elif "not found" in said or "error: 403" in said:
        reason = "the token has no right to read it (Contents: read)"
    else:
        reason = "the connection broke off, or GitHub is in trouble"
    return f"the commit cannot be fetched: {reason}"


@contextmanager
def _scratch() -> Iterator[Path]:
    """Make a folder of our own, and remove it.

    Raises:
        GitHubError: None can be made.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True)
    except OSError as error:
        raise GitHubError(
            f"temporary files cannot be written to {tempfile.gettempdir()}: {error.strerror}"
        ) from None
    with folder as name:
        yield Path(name)
