"""git's hook `proc-receive` for pushes with a token that may not change workflows.

GitHub refuses such a push unless each of its workflows is already on some branch of the repository,
with the same path and content (docs.github.com, "Scopes for OAuth apps", `workflow`). githooks(5),
"proc-receive", documents the protocol between git and the hook.
"""

import subprocess
import sys

DELETED = "0" * 40
REFUSAL = (
    "refusing to allow a Personal Access Token to create or update workflow `{}` without"
    " `workflow` scope"
)


def main() -> None:
    """Accept or refuse each branch of a push."""
    while _read() is not None:
        pass
    _write("version=1")
    _write(None)
    known = {
        file for branch in _git("for-each-ref", "--format=%(refname)") for file in _found(branch)
    }
    while (command := _read()) is not None:
        _, after, ref = command.split(" ", 2)
        new = set() if after == DELETED else _found(after) - known
        if new:
            path = min(new).partition("\t")[2]
            _write(f"ng {ref} {REFUSAL.format(path)}")
        else:
            _write(f"ok {ref}")
            _write("option fall-through")
    _write(None)


def _found(commit: str) -> set[str]:
    """Return the workflows of a commit, each with the digest of its content."""
    return {*_git("ls-tree", "-r", commit, "--", ".github/workflows")}


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], capture_output=True, check=True, text=True)
    return done.stdout.splitlines()


def _read() -> str | None:
    """Read a packet, or None at the end of a section."""
    size = int(sys.stdin.buffer.read(4), 16)
    return sys.stdin.buffer.read(size - 4).decode().rstrip("\n") if size else None


def _write(text: str | None) -> None:
    content = b"0000" if text is None else b"%04x%b" % (len(text.encode()) + 4, text.encode())
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
