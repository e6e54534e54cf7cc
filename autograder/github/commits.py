"""Commits on top of what stands in a remote repository, made with git's plumbing.

Nothing of a remote repository is checked out, no hook runs, and no setting of the machine or the
user counts. A token reaches git through its environment (`GIT_CONFIG_COUNT`, git-config(1)), never
through its arguments, which other processes can read.
"""

import base64
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from autograder.errors import PublishError

WHO = "Autograder <autograder@noreply.invalid>"
NEW_BRANCH = "main"
"""The default branch of a repository that has no commit yet."""
SECONDS = 300
"""The longest that one command of git may take."""

_PASSED_ON = (
    "PATH",
    "TMPDIR",
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"),
)
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "credential.helper": "",
    "fetch.fsckObjects": "true",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "maintenance.auto": "false",
    "safe.directory": "*",
}
_ONLINE = frozenset({"ls-remote", "fetch", "push"})
_FORBIDDEN = "The requested URL returned error: 403"
_REGULAR = frozenset({"100644", "100755"})


@dataclass(frozen=True)
class File:
    """A file of a commit."""

    content: bytes = field(repr=False)
    executable: bool = False


@dataclass(frozen=True)
class Remote:
    """Where a repository is, and what opens it."""

    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Head:
    """What a branch of a remote repository points at."""

    branch: str
    commit: str | None
    """None where the repository is empty."""
    branches: Mapping[str, str] = field(default_factory=dict)
    """The commit of each branch of the repository."""


class Workshop:
    """A scratch repository in which a commit is made on top of a remote one's."""

    def __init__(self, folder: Path, remote: Remote) -> None:
        self._folder = folder
        self._remote = remote
        self._git("init", "--quiet", "--bare", ".")

    def head(self) -> Head:
        """Look up the default branch.

        Raises:
            PublishError: The repository cannot be read, or has commits but not on that branch.
        """
        told = self._git("ls-remote", "--symref", self._remote.url, "HEAD", "refs/heads/*").decode()
        refs = dict(line.split("\t")[::-1] for line in told.splitlines() if line[:4] != "ref:")
        symbolic = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", told, re.MULTILINE)
        branch = symbolic[1] if symbolic else NEW_BRANCH
        heads = {name[11:]: commit for name, commit in refs.items() if name != "HEAD"}
        if heads and branch not in heads:
            raise PublishError(f"the repository has no branch {branch}")
        return Head(branch, heads.get(branch), heads)

    def fetch(self, commit: str) -> None:
        """Fetch one commit, without its history and, where the server can, without its files."""
        url = self._remote.url
        options = ("--quiet", "--no-tags", "--depth=1", "--filter=blob:none")
        self._git("fetch", *options, url, commit)

    def commit(
        self,
        parent: str | None,
        files: Mapping[str, File],
        message: str,
        *,
        replace_all: bool = False,
    ) -> str:
        """Make a commit and return its id.

        Args:
            parent: What it is on top of, and was fetched.
            files: Those to write, by path.
            message: Of the commit.
            replace_all: Whether files that are not among these go.
        """
        stream = [
            f"commit refs/heads/made\ncommitter {WHO} now\n".encode(),
            _data(message.encode()),
            f"from {parent}\n".encode() if parent else b"",
            b"deleteall\n" if replace_all else b"",
        ]
        for name, one in files.items():
            mode = "100755" if one.executable else "100644"
            stream += [f"M {mode} inline {_quoted(name)}\n".encode(), _data(one.content)]
        self._git("fast-import", "--quiet", "--force", "--date-format=now", stdin=b"".join(stream))
        return self._id_of("refs/heads/made")

    def changes(self, before: str | None, after: str) -> tuple[str, ...]:
        """Name the files that differ between two commits, sorted."""
        if before is None:
            told = self._git("ls-tree", "-r", "-z", "--name-only", after)
        else:
            told = self._git("diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after)
        return tuple(sorted(name for name in told.decode("utf-8", "replace").split("\0") if name))

    def push(self, commit: str, branch: str) -> None:
        """Push a commit to a branch; only ever forwards.

        Raises:
            PublishError: The branch went on meanwhile, or the token may not write.
        """
        target = f"{commit}:refs/heads/{branch}"
        self._git("push", "--quiet", "--no-verify", self._remote.url, target)

    def _id_of(self, name: str) -> str:
        return self._git("rev-parse", "--verify", name).decode().strip()

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return run_git(self._folder, *arguments, stdin=stdin, remote=self._remote)


@contextmanager
def workshop(remote: Remote) -> Iterator[Workshop]:
    """Open a scratch repository that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        yield Workshop(Path(folder), remote)


def run_git(
    folder: Path, *arguments: str, stdin: bytes = b"", remote: Remote | None = None
) -> bytes:
    """Run git and return what it wrote.

    Raises:
        PublishError: It failed, or took too long; the message has git's own last line.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        # A push may fetch a file that it sends a new one as a difference from; nothing else may.
        "GIT_ALLOW_PROTOCOL": "file:http:https" if arguments[0] in _ONLINE else "none",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "HOME": os.devnull,
        "LC_ALL": "C",
    }
    environment |= _as_environment({**_SETTINGS, **_authorization(remote)})
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - whichever git the machine has
            cwd=folder,
            env=environment,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except FileNotFoundError:
        raise PublishError("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise PublishError(f"git {arguments[0]} took longer than {SECONDS} s") from None
    if done.returncode:
        raise PublishError(f"git {arguments[0]} failed: {_why(arguments[0], done.stderr)}")
    return done.stdout


def committed_files(folder: Path) -> dict[str, File]:
    """Read the files below a folder as they stand in the last commit of its repository.

    Raises:
        PublishError: Something there is not committed, or is no regular file.
    """
    changed = run_git(folder, "status", "--porcelain", "--untracked-files=normal", "--", ".")
    if changed:
        first = changed.decode("utf-8", "replace").splitlines()[0]
        raise PublishError(f"{folder} has changes that are not committed: {first.strip()}")
    listed = run_git(folder, "ls-tree", "-r", "-z", "HEAD", "--", ".").decode("utf-8")
    files = {}
    for entry in filter(None, listed.split("\0")):
        about, _, name = entry.partition("\t")
        mode, _, blob = about.split()
        if mode not in _REGULAR:
            raise PublishError(f"{folder / name} is a link: only regular files are published")
        files[name] = File(run_git(folder, "cat-file", "blob", blob), mode == "100755")
    return files


def _why(command: str, told: bytes) -> str:
    """Take the line in which git says why; where a right is missing, name it as the API does."""
    lines = told.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
    if any(line.endswith(_FORBIDDEN) for line in lines):
        needed = "contents=write" if command == "push" else "contents=read"
        return f"the token has no right to it, which needs {needed}"
    telling = [line for line in lines if line.startswith(("fatal:", "error:", " ! "))]
    return (telling or lines)[0].strip()


def _as_environment(settings: Mapping[str, str]) -> dict[str, str]:
    found = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _authorization(remote: Remote | None) -> dict[str, str]:
    """Make the header that GitHub takes a token in, for its own server alone."""
    if remote is None or remote.token is None:
        return {}
    address = urlsplit(remote.url)
    if address.scheme not in ("http", "https"):
        return {}
    pair = base64.b64encode(f"x-access-token:{remote.token}".encode()).decode()
    server = f"{address.scheme}://{address.netloc}/"
    return {f"http.{server}.extraHeader": f"AUTHORIZATION: basic {pair}"}


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
