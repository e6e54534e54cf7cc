"""Reads the files of one commit, fetched from GitHub and never checked out.

A repository is the student's. The commit is fetched by its id into an empty repository by the
hardened git of `github.git`, without files that are too large for a submission, and its files are
read as objects (`ls-tree`, `cat-file`). No file is written, so no filter of `.gitattributes` runs,
no link is made, and nothing of Git LFS is asked for. What is read of a listing is limited: a tree
can hold names of any length, and one tree can stand under many names at no cost.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

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
from autograder.files import scratch_folder
from autograder.github.client import GitHubServer
from autograder.github.git import MAX_PACK_BYTES, Git, GitError
from autograder.submission import Submission, read_source

MAX_LISTING_BYTES = 16 << 20
"""Of one folder: 4 kB for a name, for as many entries as are looked at."""

_NO_SUCH_COMMIT = ("not our ref", "unadvertised object", "remote ref does not exist")
_LARGER = "larger than {} MiB: take out what is not needed"
_UNREAD = "git did not read what it had fetched"


@dataclass(frozen=True)
class _TreeEntry:
    """An entry of a tree."""

    mode: str
    kind: str
    object_id: str


def fetch_submission(
    server: GitHubServer,
    repository: str,
    commit: str,
    assignment: Assignment,
    *,
    most_bytes: int = MAX_PACK_BYTES,
) -> Submission:
    """Fetch one commit, and read what is graded of it.

    Args:
        server: The server that has it.
        repository: `owner/name`.
        commit: The whole id of a commit that the server has.
        assignment: What it answers.
        most_bytes: What may be fetched, compressed.

    Returns:
        The submission; where the whole repository is too large, one with nothing but a refusal.

    Raises:
        GitHubError: It cannot be fetched; neither the repository nor the token is named.
    """
    with scratch_folder() as folder:
        git = Git.init(folder, server.remote(repository), most_bytes)
        # Without large files if the repository does not fit with them: one may be the notebook.
        for largest in (MAX_NOTEBOOK_BYTES, MAX_FILE_BYTES):
            try:
                git.fetch(commit, below=largest + 1)
            except GitError as error:
                if not error.is_too_large:
                    raise GitHubError(_why(error)) from None
            else:
                break
        else:
            reason = f"the repository is {_LARGER.format(most_bytes >> 20)}"
            refused = tuple(Refusal(name, reason, (name,)) for name in assignment.files)
            return Submission({}, assignment.files, refused, commit=commit)
        try:
            return read_source(CommitFiles(git, commit, largest=largest), assignment, commit)
        except SubmissionError as error:
            raise GitHubError(str(error)) from None


class CommitFiles:
    """The files of a commit in a bare repository.

    Args:
        git: Of that repository.
        commit: The commit's id.
        largest: The largest file that the server was asked for, in bytes.
    """

    def __init__(self, git: Git, commit: str, *, largest: int = MAX_NOTEBOOK_BYTES) -> None:
        self._git = git
        self._commit = commit
        self._largest = largest
        self._trees: dict[str, dict[str, _TreeEntry]] = {}

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder by name."""
        if folder not in self._trees:
            self._trees[folder] = self._list(folder)
        found = self._trees[folder].items()
        listed = [FolderEntry(name, entry.kind == "tree") for name, entry in found]
        return sorted(listed, key=lambda entry: entry.name)

    def exists(self, name: str) -> bool:
        """Whether there is anything of that name."""
        return self._find(name) is not None

    def read(self, name: str, most: int) -> bytes | str:
        """Return the content of a plain file of at most `most` bytes, or the reason why not."""
        found = self._find(name)
        if found is None or found.mode == "120000":
            return LINKED
        if found.kind == "commit":
            return "it is a submodule: commit the file itself"
        if found.kind != "blob":
            return NOT_PLAIN
        size = self._git.read("cat-file", "-s", found.object_id, most=100)
        if size is None and self._git.read("cat-file", "-s", self._commit, most=100) is not None:
            # Left out by the server, since all else has come.
            return too_large(min(most, self._largest))
        if size is not None and int(size) > most:
            return too_large(most)
        content = self._git.read("cat-file", "blob", found.object_id, most=most)
        if size is None or content is None or len(content) != int(size):
            raise GitHubError(_UNREAD)
        return content

    def _find(self, name: str) -> _TreeEntry | None:
        folder, _, last = name.rpartition("/")
        listed = self._trees.get(folder, {})
        return listed.get(last) or self._list(folder, last).get(last)

    def _list(self, folder: str, *names: str) -> dict[str, _TreeEntry]:
        """List the first `MAX_ENTRIES` of a folder, or of these names in it."""
        tree = f"{self._commit}:{folder}"
        listing = self._git.read("ls-tree", "-z", tree, *names, most=MAX_LISTING_BYTES)
        if listing is None:
            raise GitHubError(_UNREAD)
        return dict(islice(_listed(listing), MAX_ENTRIES))


def _listed(listing: bytes) -> Iterator[tuple[str, _TreeEntry]]:
    """Read `MODE KIND ID<tab>NAME<nul>`; a last one that was cut is left out."""
    for line in listing.split(b"\0")[:-1]:
        facts, _, name = line.partition(b"\t")
        mode, kind, object_id = facts.decode("ascii").split(" ")
        yield name.decode("utf-8", "surrogateescape"), _TreeEntry(mode, kind, object_id)


def _why(error: GitError) -> str:
    """Say why a commit could not be fetched, without git's words, which name the repository."""
    said = error.stderr
    if any(words in said for words in _NO_SUCH_COMMIT):
        reason = "GitHub does not have it any more"
    elif "Authentication failed" in said or "could not read Username" in said:
        reason = "GitHub does not take the token for git"
    elif "not found" in said or error.is_forbidden:
        reason = "the token has no right to read it, which needs contents=read"
    elif error.command == "fsck":
        reason = "it is malformed, and git refuses it: commit the files again in a fresh clone"
    else:
        reason = "the connection broke off, or GitHub is in trouble"
    return f"the commit cannot be fetched: {reason}"
