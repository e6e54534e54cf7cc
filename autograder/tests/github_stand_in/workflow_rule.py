"""git's hook `proc-receive`, where a token without the right to workflows pushes.

GitHub refuses such a push unless each workflow in it, by path and content, stands on some branch of
the repository already (docs.github.com, "Scopes for OAuth apps", `workflow`). How a hook speaks to
git is told in githooks(5), "proc-receive".
"""

import subprocess
import sys

DELETED = "0" * 40
REFUSAL = (
    "refusing to allow a Personal Access Token to create or update workflow `{}` without"
    " `workflow` scope"
)


def main() -> None:
    """Let each branch through, or say why not."""
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
    """List the workflows of a commit, each with the digest of its content."""
    return {*_git("ls-tree", "-r", commit, "--", ".github/workflows")}


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], capture_output=True, check=True, text=True)
    return done.stdout.splitlines()


def _read() -> str | None:
    """Read a packet; None where it is the end of a part."""
    size = int(sys.stdin.buffer.read(4), 16)
    return sys.stdin.buffer.read(size - 4).decode().rstrip("\n") if size else None


def _write(text: str | None) -> None:
    content = b"0000" if text is None else b"%04x%b" % (len(text.encode()) + 4, text.encode())
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
