"""The only place that starts git: on untrusted repositories, without this machine's settings.

Git does much on its own when it works with a repository: it runs hooks and filters, follows
submodules and links, asks for passwords, fetches missing objects. Every command that runs here
follows the same rules:

* The environment is made from nothing. No configuration of the system or the user counts, nothing
  asks a person, no hook, template, file watcher, credential helper or filter of Git LFS runs.
* A command that talks to a server may use the protocol of that server's address alone, and no
  redirect. All others may use no protocol, so git never goes for an object that is missing.
* The address and the token reach git through its environment (`GIT_CONFIG_COUNT`, git-config(1)),
  never through its arguments, which all users of a machine can read.
* Time, memory, the size of files and the size of output are limited. A command runs in its own
  session, so that its children are ended with it.
* A fetch leaves out submodules and large files, and its objects are checked. Nothing is ever
  checked out.
"""

import base64
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from autograder.errors import GitHubError

MAX_PACK_BYTES = 256 << 20
"""The largest file that git may write: far more than code and notebooks need."""
MAX_OUTPUT_BYTES = 64 << 20
"""The most that is read of what a command prints."""
MAX_MEMORY_KIB = 4 << 20
"""Address space: git maps a whole pack, and needs several times a file's size to unpack it."""
SERVER_SECONDS = 180.0
"""How long a command may take that talks to a server."""
LOCAL_SECONDS = 60.0
"""How long any other may take."""

_PASSED_ON = (
    "PATH",
    "TMPDIR",
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"),
)
_ENVIRONMENT = {
    "PATH": os.defpath,
    "HOME": os.devnull,
    "LC_ALL": "C",  # error messages are looked through
    "GIT_ASKPASS": "true",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.symlinks": "false",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",  # bytes in a second, for
    "http.lowSpeedTime": "30",  # as many seconds: a server that stalls is given up
    "maintenance.auto": "false",
    "pack.threads": "1",  # memory grows with threads, and the limit does not
    "protocol.version": "2",
    "safe.directory": "*",  # in CI, the checkout may belong to another user
}
_FSCK = dict.fromkeys(("emptyName", "fullPathname", "hasDot", "hasDotdot", "hasDotgit"), "error")
"""Names of files that git-fsck(1) only warns of; with them, files would be written elsewhere."""
_FSCK |= dict.fromkeys(
    (
        *("badDate", "badDateOverflow", "badEmail", "badName", "badTimezone", "missingEmail"),
        *("missingNameBeforeEmail", "missingSpaceBeforeDate", "missingSpaceBeforeEmail"),
        "zeroPaddedDate",
    ),
    "ignore",
)
"""Headers as old tools write them: no student could tell what to change."""
_ON_SERVER = frozenset({"ls-remote", "fetch", "push"})
_LIMITED = 'ulimit -f "$1" && ulimit -v "$2" && shift 2 && exec git "$@"'
"""For a POSIX shell: limits that are set from outside could come too late for git's children."""
_TOO_LARGE = "signal 25"
"""SIGXFSZ: how git reports that one of its children wrote a file beyond the limit."""
_MOST_ERROR_BYTES = 10_000


class GitError(GitHubError):
    """A command of git failed; its text names neither repository nor token.

    Args:
        command: Which, such as `fetch`.
        stderr: What git printed. It may name repositories and files, so it must not be logged.
    """

    def __init__(self, command: str, stderr: str) -> None:
        super().__init__(f"git {command} failed")
        self.command = command
        self.stderr = stderr

    @property
    def is_too_large(self) -> bool:
        """Whether a file would have become larger than allowed."""
        return _TOO_LARGE in self.stderr

    @property
    def is_forbidden(self) -> bool:
        """Whether the server took the token, and denied it this."""
        return "The requested URL returned error: 403" in self.stderr

    @property
    def last_words(self) -> str:
        """The line in which git says why."""
        lines = self.stderr.strip().splitlines() or ["no reason given"]
        telling = [line for line in lines if line.startswith(("fatal:", "error:", " ! "))]
        return (telling or lines)[0].strip()


@dataclass(frozen=True)
class Remote:
    """A repository on a server, or in a folder, and the token that opens it."""

    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Git:
    """Runs git in one folder.

    A remote is called `origin` in arguments.
    """

    folder: Path
    remote: Remote | None = None
    most_bytes: int = MAX_PACK_BYTES
    """The largest file that a command may write."""

    @classmethod
    def init(cls, folder: Path, remote: Remote, most_bytes: int = MAX_PACK_BYTES) -> Self:
        """Make an empty, bare repository without hooks, in a folder that exists.

        Raises:
            GitHubError: git is not installed, or cannot write there.
        """
        git = cls(folder, remote, most_bytes)
        git.run("init", "--quiet", "--bare", "--template=", ".")
        return git

    def fetch(self, commit: str, below: int) -> None:
        """Fetch one commit, without its history.

        Args:
            commit: Its whole id.
            below: Files of this many bytes and more are left out, where the server can do that; 0
                leaves out all files.

        Raises:
            GitHubError: It is not there, or may not be read, or is too large or malformed.
        """
        self._fetch("--depth=1", f"--filter=blob:limit={below}", "origin", commit)

    def fetch_history(self, *commits: str) -> None:
        """Fetch commits with their history; files are left out, where the server can do that.

        Raises:
            GitHubError: They are not there, or may not be read, or are too large or malformed.
        """
        self._fetch("--filter=blob:none", "origin", *commits)

    def _fetch(self, *arguments: str) -> None:
        self.run(
            "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
            *arguments,
        )  # fmt: skip
        # Not by `fetch.fsckObjects`: where files are left out, git before 2.46 takes no levels for
        # it, and refuses what is harmless.
        self.run("fsck", "--no-progress", "--no-dangling")

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run a command and return all that it printed.

        Raises:
            GitError: It failed.
            GitHubError: It took too long, printed too much, or git is not installed.
        """
        finished = self._finish(arguments, stdin, MAX_OUTPUT_BYTES)
        if finished.is_cut:
            raise GitHubError(f"git {arguments[0]} printed more than can be read")
        if finished.code:
            raise GitError(arguments[0], finished.stderr or f"exit {finished.code}")
        return finished.output

    def read(self, *arguments: str, most: int) -> bytes | None:
        """Run a command that only reads, and return at most `most` bytes of its output.

        Returns:
            What it printed, cut where it is longer; None where it failed.

        Raises:
            GitHubError: It took too long, or git is not installed.
        """
        finished = self._finish(arguments, b"", most)
        return finished.output if finished.is_cut or not finished.code else None

    def _finish(self, arguments: tuple[str, ...], stdin: bytes, most: int) -> "_Finished":
        seconds = SERVER_SECONDS if arguments[0] in _ON_SERVER else LOCAL_SECONDS
        blocks = str(max(1, self.most_bytes >> 9))
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
            given.write(stdin)
            given.seek(0)
            try:
                process = subprocess.Popen(
                    ["/bin/sh", "-c", _LIMITED, "git", blocks, str(MAX_MEMORY_KIB), *arguments],
                    cwd=self.folder,
                    env=environment(self.remote, arguments[0]),
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    start_new_session=True,  # so that git's children can be ended with it
                )
            except OSError as error:
                raise GitHubError(f"git cannot be run: {error.strerror}") from None
            with process, _ended_after(seconds, process) as is_late:
                assert process.stdout is not None
                output = process.stdout.read(most)
                is_cut = bool(process.stdout.read(1))
                if is_cut:
                    _end(process)
            if is_late.is_set():
                raise GitHubError(f"git {arguments[0]} took too long")
            if process.returncode == 127:  # the shell found no such program
                raise GitHubError("git is not installed on this machine")
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - _MOST_ERROR_BYTES))
            stderr = errors.read().decode("utf-8", "replace")
        return _Finished(process.returncode, output, stderr, is_cut=is_cut)


@dataclass(frozen=True)
class _Finished:
    """What came of a command."""

    code: int
    output: bytes
    stderr: str
    is_cut: bool
    """It printed more than was read, and was ended."""


def environment(remote: Remote | None, command: str) -> dict[str, str]:
    """Return the environment of a command: its settings, the remote, and the allowed protocol.

    Args:
        remote: Becomes `origin`.
        command: Which is run, such as `fetch`.
    """
    settings = _SETTINGS | {f"fsck.{message}": level for message, level in _FSCK.items()}
    protocol = "none"
    if remote is not None:
        settings |= _remote_settings(remote)
        if command in _ON_SERVER:
            protocol = urlsplit(remote.url).scheme or "file"
    numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return {
        **_ENVIRONMENT,
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        **numbered,
        "GIT_ALLOW_PROTOCOL": protocol,
        # Over HTTP, a push sends files as differences from older ones, which it fetches for that.
        "GIT_NO_LAZY_FETCH": "0" if command == "push" else "1",
    }


def _remote_settings(remote: Remote) -> Mapping[str, str]:
    """Return the address, and the header in which GitHub takes a token, for its server alone."""
    settings = {"remote.origin.url": remote.url}
    address = urlsplit(remote.url)
    if remote.token is not None and address.scheme in ("http", "https"):
        pair = base64.b64encode(f"x-access-token:{remote.token}".encode()).decode()
        server = f"{address.scheme}://{address.netloc}/"
        settings[f"http.{server}.extraHeader"] = f"Authorization: Basic {pair}"
    return settings


@contextmanager
def _ended_after(seconds: float, process: subprocess.Popen[bytes]) -> Iterator[threading.Event]:
    """End a process that runs for too long, or that an exception leaves behind.

    Yields:
        An event that is set if it ran too long.
    """
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        _end(process)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield is_late
        process.wait()
    except BaseException:
        _end(process)
        raise
    finally:
        timer.cancel()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with its children, which may outlive it and keep its output open."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
