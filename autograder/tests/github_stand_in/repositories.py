"""Repositories of the stand-in: a bare git repository with pushes, statuses and comments."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOTHING = "0" * 40
LINK, GITLINK = "120000", "160000"
"""Modes of a symbolic link and of a submodule."""

File = str | bytes | tuple[str, str]
"""A file's content; or a mode, with a link's target or a submodule's commit."""

WITHOUT_WORKFLOWS = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "receive.procReceiveRefs",
    "GIT_CONFIG_VALUE_0": "refs/heads",
}
"""Environment of a push with a token that may not change workflows: it runs `workflow_rule.py`."""

_RULE = Path(__file__).with_name("workflow_rule.py")
_GIT_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(*arguments: str, folder: Path, given: bytes = b"") -> str:
    """Run git without the user's settings, and return what it prints."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=given,
        env=_GIT_ENVIRONMENT,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


@dataclass
class Repository:
    """One repository, with what GitHub stores in addition to the commits."""

    full_name: str
    folder: Path
    """The bare git repository."""
    private: bool = True
    is_template: bool = False
    default_branch: str = "main"
    activities: list[dict[str, Any]] = field(default_factory=list)
    """Pushes, oldest first."""
    statuses: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    created_at: str = ""
    pushed_at: str | None = None
    more: dict[str, object] = field(default_factory=dict)
    """Other data that routes store."""
    trees: dict[str, tuple[str, list[dict[str, str]]]] = field(default_factory=dict)
    """The top folders of commits that were asked for."""

    def create(self) -> None:
        """Create the empty repository. Clients may fetch any commit, also partially."""
        self.folder.mkdir(parents=True)
        git(
            "init",
            "--quiet",
            "--bare",
            f"--initial-branch={self.default_branch}",
            folder=self.folder,
        )
        for key, value in {
            "http.receivepack": "true",
            "uploadpack.allowAnySHA1InWant": "true",
            "uploadpack.allowFilter": "true",
        }.items():
            git("config", key, value, folder=self.folder)
        hook = self.folder / "hooks" / "proc-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(
            f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -S {shlex.quote(str(_RULE))}\n"
        )
        hook.chmod(0o755)

    def heads(self) -> dict[str, str]:
        """Return the commit of each branch, by full name such as `refs/heads/main`."""
        listed = git("for-each-ref", "--format=%(refname) %(objectname)", folder=self.folder)
        return dict(line.split(" ") for line in listed.splitlines())

    @property
    def head(self) -> str | None:
        """The commit of the default branch."""
        return self.heads().get(f"refs/heads/{self.default_branch}")

    def has(self, sha: str) -> bool:
        """Tell whether a commit exists."""
        done = subprocess.run(
            ["git", "cat-file", "-e", f"{sha}^{{commit}}"],
            cwd=self.folder,
            env=_GIT_ENVIRONMENT,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def tree(self, sha: str) -> tuple[str, list[dict[str, str]]]:
        """Return the id of a commit's top folder, and its entries as GraphQL has them."""
        if sha not in self.trees:
            tree = git("rev-parse", f"{sha}^{{tree}}", folder=self.folder)
            listed = git("ls-tree", "-z", tree, folder=self.folder)
            entries = [entry.partition("\t") for entry in filter(None, listed.split("\0"))]
            self.trees[sha] = (
                tree,
                [
                    {"__typename": "TreeEntry", "name": name}
                    | dict(zip(("mode", "type", "oid"), about.split(), strict=True))
                    for about, _, name in entries
                ],
            )
        return self.trees[sha]

    def point(self, branch: str, commit: str | None) -> None:
        """Let a branch point at a commit that is there; None deletes the branch."""
        what = [f"refs/heads/{branch}", commit] if commit else ["-d", f"refs/heads/{branch}"]
        git("update-ref", *what, folder=self.folder)

    def files(self) -> dict[str, File]:
        """Return the content of each file of the default branch, by path."""
        listed = git("ls-tree", "-r", "-z", self.default_branch, folder=self.folder)
        found: dict[str, File] = {}
        for entry in filter(None, listed.split("\0")):
            about, _, name = entry.partition("\t")
            blob = about.split()[2]
            found[name] = subprocess.run(
                ["git", "cat-file", "blob", blob],
                cwd=self.folder,
                env=_GIT_ENVIRONMENT,
                capture_output=True,
                check=True,
            ).stdout
        return found

    def commit(self, files: Mapping[str, File], branch: str, *, onto_nothing: bool = False) -> str:
        """Add a commit of exactly these files to a branch, and return its id."""
        parent = None if onto_nothing else self.heads().get(f"refs/heads/{branch}")
        stream = [
            b"reset refs/heads/%s\n\n" % branch.encode() if onto_nothing else b"",
            b"commit refs/heads/%s\ncommitter A <a@b.c> 0 +0000\ndata 1\n.\n" % branch.encode(),
            b"from %s\n" % parent.encode() if parent else b"",
            b"deleteall\n",
        ]
        for name, file in files.items():
            mode, content = file if isinstance(file, tuple) else ("100644", file)
            if mode == GITLINK:
                stream.append(f"M {GITLINK} {content!s} {name}\n".encode())
                continue
            data = content.encode() if isinstance(content, str) else content
            stream.append(b"M %s inline %s\n" % (mode.encode(), name.encode()))
            stream.append(b"data %d\n%s\n" % (len(data), data))
        git("fast-import", "--quiet", "--force", folder=self.folder, given=b"".join(stream))
        return self.heads()[f"refs/heads/{branch}"]
