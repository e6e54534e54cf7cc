"""`autograder doctor`: what this machine offers for grading, and what to do about the rest."""

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from autograder.assignment import Course
from autograder.aws.engine import require_engine
from autograder.errors import AutograderError
from autograder.sandbox import find_bubblewrap, find_interpreter, require_sandbox
from autograder.sandbox.system_calls import filter_program

OLDEST, NEWEST = (3, 11), (3, 13)
ENOUGH_BYTES = 200 << 20
"""What a grade may need in the folder for temporary files."""

_PROFILE = "abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap {path} flags=(unconfined) {{\\n  userns,\\n}}\\n"  # noqa: E501 - one line to paste


@dataclass(frozen=True)
class Machine:
    """What was found out about a machine."""

    system: str
    """Linux or Darwin, as platform.system() says."""
    distribution: str
    """ID of /etc/os-release: debian, ubuntu ...; empty elsewhere."""
    is_root: bool
    python: tuple[int, int]
    missing_pythons: tuple[str, ...]
    """Versions that assignments name and that are not installed."""
    bubblewrap: str
    """Its path; empty if there is none."""
    filter: str
    """Why system calls cannot be filtered; empty if they can."""
    user_namespaces: str
    """Why the kernel gives an ordinary user no user namespace; empty if it does."""
    sandbox: str
    """Why no sandbox starts; empty if one does."""
    memory: str
    """Why the memory of a sandbox cannot be counted exactly; empty if it can."""
    engine: str
    """What is wrong with moto; empty if nothing is."""
    other_versions: tuple[str, ...]
    """Packages whose version differs from the pinned version."""
    free_bytes: int
    """What may be written to the folder for temporary files."""


@dataclass(frozen=True)
class MachineCheck:
    """One thing that grading needs."""

    what: str
    is_there: bool
    found: str
    advice: str = ""
    """What to do, where it is missing."""


def examine(machine: Machine, *, any_python: bool = False) -> Iterator[MachineCheck]:
    """Judge each thing that grading needs.

    Args:
        machine: What it offers.
        any_python: Whether students' code may run on another Python than the assignments'.
    """
    on_linux = machine.system == "Linux"
    yield MachineCheck(
        "Python",
        OLDEST <= machine.python <= NEWEST,
        ".".join(map(str, machine.python)),
        "use Python 3.11 to 3.13: `uv python pin 3.13`",
    )
    missing = ", ".join(machine.missing_pythons)
    yield MachineCheck(
        "Python of the assignments",
        any_python or not missing,
        f"{missing} not found" if missing else "installed",
        f"`uv python install {' '.join(machine.missing_pythons)}`; without it, `grade` uses "
        "another and says so, and whole classes are graded with --any-python alone",
    )
    yield MachineCheck(
        "packages",
        not machine.other_versions,
        ", ".join(machine.other_versions) or "as pinned",
        "install the pinned versions: `uv sync`",
    )
    yield MachineCheck("moto", not machine.engine, machine.engine or "as pinned", "run `uv sync`")
    yield MachineCheck(
        "temporary files",
        machine.free_bytes >= ENOUGH_BYTES,
        f"{machine.free_bytes >> 20} MiB free",
        "make room, or set TMPDIR to a folder with 200 MiB",
    )
    if not on_linux:
        yield MachineCheck(
            "sandbox",
            is_there=False,
            found=f"{machine.system} lacks namespaces",
            advice="the sandbox needs Linux: grade in a Linux virtual machine or on Actions; "
            " `--no-sandbox` is for code that you trust",
        )
        return
    yield MachineCheck(
        "bubblewrap",
        bool(machine.bubblewrap),
        machine.bubblewrap or "not found",
        _install(machine.distribution),
    )
    yield MachineCheck(
        "filter of system calls",
        not machine.filter,
        machine.filter or "available",
        "grade on a machine with an x86_64 or aarch64 processor",
    )
    if not machine.is_root:
        yield MachineCheck(
            "user namespaces",
            not machine.user_namespaces,
            machine.user_namespaces or "available",
            _allow(machine.user_namespaces, machine.bubblewrap or "/usr/bin/bwrap"),
        )
    yield MachineCheck(
        "sandbox",
        not machine.sandbox,
        machine.sandbox or "starts, and each of its walls is there",
        "fix what is named above; in a container, allow it user namespaces or start it privileged",
    )
    yield MachineCheck(
        "bound on memory",
        not machine.memory,
        machine.memory or "the grader looks at all processes of a call, 5 times a second",
        "grade on a kernel of version 4.14 or newer, with CONFIG_PROC_PAGE_MONITOR",
    )


def _install(distribution: str) -> str:
    if distribution in ("debian", "ubuntu"):
        return "sudo apt-get install -y bubblewrap"
    return "install the package bubblewrap of your distribution, 0.8 or newer"


def _allow(reason: str, bubblewrap: str) -> str:
    """Say how an ordinary user gets a user namespace."""
    if "apparmor" in reason:
        return (
            f"allow it to bubblewrap alone: printf '{_PROFILE.format(path=bubblewrap)}' | sudo tee "
            "/etc/apparmor.d/bwrap && sudo apparmor_parser -r -W /etc/apparmor.d/bwrap"
        )
    if "unprivileged_userns_clone" in reason:
        return "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    return "sudo sysctl -w user.max_user_namespaces=10000"


def this_machine() -> Machine:
    """Find out what this machine offers; starts a sandbox to see whether it can."""
    on_linux = platform.system() == "Linux"
    return Machine(
        system=platform.system(),
        distribution=_distribution(Path("/etc/os-release")),
        is_root=os.geteuid() == 0,
        python=(sys.version_info.major, sys.version_info.minor),
        missing_pythons=tuple(_missing_pythons(Course.of_this_checkout())),
        bubblewrap=_found(find_bubblewrap),
        filter=_trouble(lambda: filter_program(platform.machine())),
        user_namespaces=refusal_of_user_namespaces(Path("/proc/sys")),
        sandbox=_trouble(require_sandbox) if on_linux else "",
        memory=refusal_of_memory_counts(Path("/proc/self")) if on_linux else "",
        engine=_trouble(require_engine),
        other_versions=tuple(_other_versions()),
        free_bytes=shutil.disk_usage(tempfile.gettempdir()).free,
    )


def _missing_pythons(course: Course) -> Iterator[str]:
    for python in sorted({course.load(assignment_id).python for assignment_id in course.ids()}):
        if find_interpreter(python) is None:
            yield python


def _found(find: Callable[[], Path]) -> str:
    try:
        return str(find())
    except AutograderError:
        return ""


def _trouble(look: Callable[[], object]) -> str:
    """Return what an error says; empty if there is none."""
    try:
        look()
    except AutograderError as error:
        return str(error)
    return ""


def _distribution(release: Path) -> str:
    try:
        found = re.search(r'^ID="?([\w.-]+)', release.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found else ""


def refusal_of_user_namespaces(settings: Path) -> str:
    """Name the kernel's setting by which an ordinary user gets no user namespace.

    Args:
        settings: /proc/sys.
    """
    refusing = {
        "kernel/apparmor_restrict_unprivileged_userns": "1",  # Ubuntu since 23.10
        "kernel/unprivileged_userns_clone": "0",  # Debian before 11
        "user/max_user_namespaces": "0",
    }
    for name, value in refusing.items():
        try:
            found = (settings / name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if found == value:
            return f"{name.replace('/', '.')} is {value}"
    return ""


def refusal_of_memory_counts(process: Path) -> str:
    """Name the file that the kernel lacks to tell what a process holds.

    Args:
        process: The folder of a process below /proc.
    """
    return "" if (process / "smaps_rollup").exists() else "/proc lacks smaps_rollup"


def _other_versions() -> Iterator[str]:
    for requirement in requires("autograder") or []:
        pinned = re.match(r"([\w-]+)==([\w.]+)", requirement)
        if pinned is None or ";" in requirement:
            continue
        try:
            installed = version(pinned[1])
        except PackageNotFoundError:
            installed = "missing"
        if installed != pinned[2]:
            yield f"{pinned[1]} {installed} instead of {pinned[2]}"
