"""Files that Python, pytest, pip or git run or read as settings by default."""

import importlib.util
import marshal
import os
import sys
from pathlib import Path

from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import Attack
from autograder.tests.hostile.intake.making import (
    EVIL,
    GRADED,
    POINTS,
    SOLUTION,
    attack,
    honest,
)

FOUND: list[Attack] = []
MODULE = GRADED.removesuffix(".py")
EXIT = "import os\nos._exit(0)\n"


def _compiled(source: str, *, like: Path | None = None) -> bytes:
    """Compile source code to a .pyc file; with `like`, it looks up to date with that file."""
    head = importlib.util.MAGIC_NUMBER
    if like is None:
        head += b"\1\0\0\0" + bytes(8)  # by hash, never checked
    else:
        status = like.stat()
        head += bytes(4) + int(status.st_mtime).to_bytes(4, "little")
        head += status.st_size.to_bytes(4, "little")
    return head + marshal.dumps(compile(source, GRADED, "exec"))


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def cache_is_poisoned(folder: Path) -> None:
    """Is honest, next to other compiled code that looks up to date."""
    honest(folder)
    cache = folder / "__pycache__"
    cache.mkdir()
    tag = sys.implementation.cache_tag
    (cache / f"{MODULE}.{tag}.pyc").write_bytes(_compiled(EXIT))
    (cache / f"{MODULE}.{tag}.opt-1.pyc").write_bytes(_compiled(EXIT, like=folder / GRADED))
    (cache / "__init__.py").write_text(EVIL)


@attack(FOUND, Outcome.MISSING, says="There is no file compare_with_sqs.py")
def module_is_compiled_only(folder: Path) -> None:
    """Has only compiled code, which nobody can read."""
    (folder / f"{MODULE}.pyc").write_bytes(_compiled(SOLUTION.read_text()))


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def module_is_machine_code(folder: Path) -> None:
    """Is honest, next to a library of the same name that Python would prefer."""
    honest(folder)
    (folder / f"{MODULE}.pyc").write_bytes(_compiled(EXIT))
    for suffix in (".so", ".abi3.so", f".{sys.implementation.cache_tag}-x86_64-linux-gnu.so"):
        (folder / f"{MODULE}{suffix}").write_bytes(b"\x7fELF" + bytes(60))


@attack(FOUND, Outcome.REFUSED, says="hides compare_with_sqs.py")
def package_has_the_graded_name(folder: Path) -> None:
    """Looks honest, but Python prefers the package of the same name."""
    honest(folder)
    (folder / MODULE).mkdir()
    (folder / MODULE / "__init__.py").write_text(EXIT)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def folder_is_a_package(folder: Path) -> None:
    """Is honest, in a folder that is also a package and a program."""
    honest(folder)
    (folder / "__init__.py").write_text(EXIT)
    (folder / "__main__.py").write_text(EXIT)
    (folder / "setup.py").write_text(EXIT)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def python_would_run_more_files(folder: Path) -> None:
    """Is honest, next to files that Python runs when it starts."""
    honest(folder)
    for name in ("sitecustomize.py", "usercustomize.py", "antigravity_.py"):
        (folder / name).write_text(EXIT)
    (folder / "evil.pth").write_text("import os; os._exit(0)\n")
    (folder / f"{MODULE}._pth").write_text("/nowhere\nimport site\n")
    (folder / "pyvenv.cfg").write_text("home = /nowhere\ninclude-system-site-packages = true\n")
    (folder / "python313._pth").write_text("/nowhere\n")


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def pytest_would_run_more_files(folder: Path) -> None:
    """Is honest, next to settings and plugins for pytest, and a package with a plugin."""
    honest(folder)
    (folder / "conftest.py").write_text(EXIT)
    (folder / "test_brokers.py").write_text("def test_all_is_well():\n    pass\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest --collect-only\n")
    (folder / "tox.ini").write_text("[pytest]\naddopts = --exitfirst\n")
    (folder / "setup.cfg").write_text("[tool:pytest]\naddopts = -k nothing\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-k nothing'\n")
    info = folder / "evil-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: evil\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pytest11]\nevil = conftest\n")


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def installation_is_editable(folder: Path) -> None:
    """Is honest, next to files that make the folder look like an installed package."""
    honest(folder)
    (folder / "__editable___autograder_finder.py").write_text(EXIT)
    (folder / "__editable__.autograder-1.0.pth").write_text("import os; os._exit(0)\n")
    (folder / "autograder.egg-link").write_text("/nowhere\n")
    info = folder / "autograder.egg-info"
    info.mkdir()
    (info / "top_level.txt").write_text("autograder\n")


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def git_would_run_programs(folder: Path) -> None:
    """Is honest, in a repository whose settings and hooks run programs."""
    honest(folder)
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(parents=True)
    for name in ("post-checkout", "pre-commit", "post-index-change", "fsmonitor-watchman"):
        (hooks / name).write_text("#!/bin/sh\nkill -9 $PPID\n")
        (hooks / name).chmod(0o755)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".git" / "config").write_text(
        "[core]\nfsmonitor = kill -9 $PPID\nsshCommand = kill\nhooksPath = .git/hooks\n"
        '[filter "x"]\nsmudge = kill -9 $PPID\n[include]\npath = /etc/passwd\n'
    )
    (folder / ".gitattributes").write_text("*.py filter=x\n")
    (folder / ".gitmodules").write_text('[submodule "x"]\npath = -x\nurl = ext::sh -c kill\n')


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def file_may_be_run_as_root(folder: Path) -> None:
    """Is honest, with all file permissions, including set-user-id."""
    honest(folder)
    os.chmod(folder / GRADED, 0o6777)  # noqa: PTH101 - the whole mode, as a number
