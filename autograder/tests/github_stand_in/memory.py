"""GitHub in memory: the stand-in without git and without a network, for many short plays.

A client reaches it by `MemoryGitHub.transport()`. It answers as the stand-in does, but without git:
commits are made with `push`, and their files are read from `MemoryRepository.commits`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import httpx

from autograder.tests.github_stand_in.repositories import File, Repository
from autograder.tests.github_stand_in.state import GitHubState, Request, token_of

Files = dict[str, bytes]
"""The content of files by path."""


@dataclass
class MemoryRepository(Repository):
    """A repository whose commits are dictionaries."""

    commits: dict[str, Files] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    def create(self) -> None:
        """There is nothing to create."""

    def heads(self) -> dict[str, str]:
        """Return the commit of each branch, by full name."""
        return {f"refs/heads/{branch}": commit for branch, commit in self.branches.items()}

    def has(self, sha: str) -> bool:
        """Tell whether a commit exists."""
        return sha in self.commits

    def files(self) -> dict[str, File]:
        """Return the content of each file of the default branch, by path."""
        return dict(self.commits[self.branches[self.default_branch]])

    def commit(self, files: Mapping[str, File], branch: str, *, onto_nothing: bool = False) -> str:
        """Add a commit of exactly these files to a branch, and return its id."""
        plain: Files = {}
        for name, content in files.items():
            assert not isinstance(content, tuple), "links and submodules need the real git"
            plain[name] = content.encode() if isinstance(content, str) else content
        parent = "" if onto_nothing else self.branches.get(branch, "")
        text = f"{_tree(plain)[0]} {parent} {len(self.commits)}"
        sha = hashlib.sha1(text.encode()).hexdigest()
        self.commits[sha] = plain
        self.branches[branch] = sha
        return sha

    def tree(self, sha: str) -> tuple[str, list[dict[str, str]]]:
        """Return the id of a commit's top folder, and its entries as GraphQL has them."""
        if sha not in self.trees:
            self.trees[sha] = _tree(self.commits[sha])
        return self.trees[sha]

    def point(self, branch: str, commit: str | None) -> None:
        """Let a branch point at a commit that is there; None deletes the branch."""
        self.branches.pop(branch, None)
        if commit is not None:
            self.branches[branch] = commit


class MemoryGitHub(GitHubState):
    """GitHub in memory. Requests are not checked against GitHub's description."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))

    def new_repository(self, full_name: str, *, private: bool) -> MemoryRepository:
        """Return a repository that is not created yet."""
        return MemoryRepository(full_name, self.folder, private)

    def check(self, method: str, path: str, query: Mapping[str, str], body: object) -> None:
        """Check nothing: the same requests are checked by the stand-in."""

    def memory(self, full_name: str) -> MemoryRepository:
        """Return a repository that exists."""
        found = self.repository(full_name)
        assert isinstance(found, MemoryRepository)
        return found

    def transport(self) -> httpx.BaseTransport:
        """Return what brings a client's requests here."""
        return httpx.MockTransport(self._handle)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        path, query = request.url.path, request.url.query.decode()
        token = self.token(token_of(request.headers.get("Authorization", "")))
        fault = self.fault_for(request.method, path)
        status, content = 0, b""
        headers: dict[str, str] = {}
        if fault is None or fault.acts:
            status, headers, content = self.respond(
                request.method, path, query, token, request.content
            )
        if fault is not None:
            status, headers = fault.status or 0, dict(fault.headers)
            content = b'{"message": "%s"}' % fault.message.encode()
        login = token.login if token else None
        self.record(Request(request.method, path, query, login, None, status or None))
        if fault is not None and fault.then is not None:
            fault.then()
        if not status:
            raise httpx.ReadError("a fault on demand", request=request)
        return httpx.Response(status, headers=headers, content=content)


def _tree(files: Mapping[str, bytes]) -> tuple[str, list[dict[str, str]]]:
    """Return the id that git gives a folder, and its entries."""
    entries: list[dict[str, str]] = []
    for top, names in groupby(sorted(files), key=lambda name: name.partition("/")[0]):
        inside = {name.partition("/")[2]: files[name] for name in names}
        if "" in inside:
            mode, kind, oid = "100644", "blob", _object_id("blob", inside[""])
        else:
            mode, kind, oid = "40000", "tree", _folder_id(tuple(sorted(inside.items())))
        entries.append(
            {"__typename": "TreeEntry", "name": top, "mode": mode, "type": kind, "oid": oid}
        )
    entries.sort(key=lambda entry: entry["name"] + ("/" if entry["type"] == "tree" else ""))
    content = b"".join(
        f"{entry['mode']} {entry['name']}\0".encode() + bytes.fromhex(entry["oid"])
        for entry in entries
    )
    return _object_id("tree", content), entries


@lru_cache(maxsize=1000)
def _folder_id(files: tuple[tuple[str, bytes], ...]) -> str:
    return _tree(dict(files))[0]


@lru_cache(maxsize=10_000)
def _object_id(kind: str, content: bytes) -> str:
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content).hexdigest()
