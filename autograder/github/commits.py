"""Makes commits on top of those of a remote repository, and reads the commits of this checkout.

Both use git's plumbing: nothing of a remote repository is ever checked out.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import DistributionError
from autograder.files import scratch_folder
from autograder.github.git import Git, GitError, Remote
from autograder.github.pushes import Tree, TreeEntry

AUTHOR = "Autograder <autograder@noreply.invalid>"
NEW_BRANCH = "main"
"""The default branch of an empty repository."""

_REGULAR_MODES = frozenset({"100644", "100755"})


@dataclass(frozen=True)
class CommittedFile:
    """A file of a commit."""

    content: bytes = field(repr=False)
    executable: bool = False


@dataclass(frozen=True)
class RemoteBranches:
    """What the branches of a remote repository point at."""

    default: str
    """Name of the default branch."""
    commits: Mapping[str, str]
    """The commit of each branch; empty where the repository is empty."""

    @property
    def head(self) -> str | None:
        """The commit of the default branch; None where the repository is empty."""
        return self.commits.get(self.default)


class ScratchRepository:
    """An empty repository in which commits are made on top of a remote one's.

    Args:
        folder: An empty folder.
        remote: Where commits are fetched from and pushed to.
    """

    def __init__(self, folder: Path, remote: Remote) -> None:
        self._git = Git.init(folder, remote)

    def branches(self) -> RemoteBranches:
        """Look up the branches of the remote repository.

        Raises:
            DistributionError: It cannot be read, or has commits but none on its default branch.
        """
        listed = self._run("ls-remote", "--symref", "origin", "HEAD", "refs/heads/*").decode()
        refs = dict(line.split("\t")[::-1] for line in listed.splitlines() if line[:4] != "ref:")
        symbolic = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", listed, re.MULTILINE)
        default = symbolic[1] if symbolic else NEW_BRANCH
        commits = {
            name.removeprefix("refs/heads/"): commit
            for name, commit in refs.items()
            if name != "HEAD"
        }
        if commits and default not in commits:
            raise DistributionError(f"the repository lacks its default branch {default}")
        return RemoteBranches(default, commits)

    def fetch(self, commit: str) -> None:
        """Fetch one commit without its history and, where the server can, without its files."""
        with _distributing():
            self._git.fetch(commit, below=0)

    def fetch_history(self, *commits: str) -> None:
        """Fetch commits with their history and, where the server can, without their files."""
        with _distributing():
            self._git.fetch_history(*commits)

    def tree(self, commit: str) -> str:
        """Return the id of a commit's tree: two commits with the same files have the same."""
        return self._run("rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()

    def trees(self, commit: str) -> frozenset[str]:
        """Return the trees of a commit and of those before it; their history was fetched."""
        return frozenset(self._run("log", "--format=%T", commit).decode().split())

    def newest_with_tree(self, trees: Collection[str], commit: str) -> str | None:
        """Return the newest of a commit and those before it that has one of these trees."""
        # In topological order, for dates are their author's to choose.
        listed = self._run("log", "--topo-order", "--format=%H %T", commit).decode()
        pairs = (line.split(" ") for line in listed.splitlines())
        return next((found for found, tree in pairs if tree in trees), None)

    def contains(self, commit: str, other: str) -> bool:
        """Whether another commit is this one or before it; their history was fetched."""
        return not self._run("rev-list", "--max-count=1", other, f"^{commit}")

    def commit(
        self,
        parent: str | None,
        files: Mapping[str, CommittedFile],
        message: str,
        *,
        replace_all: bool = False,
    ) -> str:
        """Make a commit and return its id.

        Args:
            parent: The commit that it follows, which was fetched; None where it is the first.
            files: Those to write, by path.
            message: Of the commit.
            replace_all: Whether files that are not among these are removed.
        """
        stream = [
            f"commit refs/heads/made\ncommitter {AUTHOR} now\n".encode(),
            _data(message.encode()),
            f"from {parent}\n".encode() if parent else b"",
            b"deleteall\n" if replace_all else b"",
        ]
        for name, file in files.items():
            mode = "100755" if file.executable else "100644"
            stream += [f"M {mode} inline {_quoted(name)}\n".encode(), _data(file.content)]
        self._run("fast-import", "--quiet", "--force", "--date-format=now", stdin=b"".join(stream))
        return self._run("rev-parse", "--verify", "refs/heads/made").decode().strip()

    def changes(self, before: str | None, after: str) -> tuple[str, ...]:
        """Name the files that differ between two commits, sorted."""
        if before is None:
            listed = self._run("ls-tree", "-r", "-z", "--name-only", after)
        else:
            listed = self._run(
                "diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after
            )
        return tuple(sorted(name for name in listed.decode("utf-8", "replace").split("\0") if name))

    def push(self, commit: str, branch: str, *, replaces: str | None = None) -> None:
        """Push a commit to a branch; only ever forwards, unless it replaces another.

        Args:
            commit: What to push.
            branch: Where to.
            replaces: The commit that the branch may leave behind.

        Raises:
            DistributionError: The branch has new commits, or the token may not write.
        """
        ref = f"refs/heads/{branch}"
        lease = [f"--force-with-lease={ref}:{replaces}"] if replaces else []
        self._run("push", "--quiet", "--no-verify", *lease, "origin", f"{commit}:{ref}")

    def _run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        with _distributing():
            return self._git.run(*arguments, stdin=stdin)


@contextmanager
def scratch_repository(remote: Remote) -> Iterator[ScratchRepository]:
    """Make a scratch repository that is removed afterwards."""
    with scratch_folder() as folder:
        yield ScratchRepository(folder, remote)


def committed_files(folder: Path) -> dict[str, CommittedFile]:
    """Read the files below a folder as they are in the last commit of its repository.

    Raises:
        DistributionError: A file there is not committed, or is not a regular file.
    """
    git = Git(folder)
    with _distributing():
        listed = git.run("ls-tree", "-r", "-z", "HEAD", "--", ".").decode("utf-8")
        # Before `status`, which takes every link for a change, because `core.symlinks` is false.
        for mode, name, _ in _entries(listed):
            if mode not in _REGULAR_MODES:
                raise DistributionError(
                    f"{folder / name} is a link: only regular files are handed out"
                )
        changed = git.run("status", "--porcelain", "--untracked-files=normal", "--", ".")
        if changed:
            first = changed.decode("utf-8", "replace").splitlines()[0].strip()
            raise DistributionError(f"{folder} has changes that are not committed: {first}")
        return {
            name: CommittedFile(git.run("cat-file", "blob", blob), mode == "100755")
            for mode, name, blob in _entries(listed)
        }


def committed_tree(folder: Path) -> Tree:
    """Return what git has of a folder, as it is in the last commit of its repository.

    Raises:
        DistributionError: It is not committed.
    """
    git = Git(folder)
    with _distributing():
        tree = git.run("rev-parse", "--verify", "HEAD:./").decode().strip()
        listed = git.run("ls-tree", "-z", "--full-tree", tree).decode("utf-8", "replace")
    entries = (entry.partition("\t") for entry in filter(None, listed.split("\0")))
    return Tree(tree, tuple(TreeEntry(name, *about.split()[1:]) for about, _, name in entries))


def committed_version(folder: Path) -> str:
    """Return the first digits of the last commit's id."""
    with _distributing():
        return Git(folder).run("rev-parse", "--short=12", "HEAD").decode().strip()


def _entries(listing: str) -> Iterator[tuple[str, str, str]]:
    """Yield mode, name and object of each entry that `ls-tree -z` lists."""
    for entry in filter(None, listing.split("\0")):
        about, _, name = entry.partition("\t")
        mode, _, blob = about.split()
        yield mode, name, blob


@contextmanager
def _distributing() -> Iterator[None]:
    """Turn git's error into one line; where a right is missing, name it as the API does."""
    try:
        yield
    except GitError as error:
        needed = "contents=write" if error.command == "push" else "contents=read"
        why = (
            f"the token may not do this, which needs {needed}"
            if error.is_forbidden
            else error.last_words
        )
        raise DistributionError(f"git {error.command} failed: {why}") from None


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
