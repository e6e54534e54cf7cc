# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Writes to the submission, the runner, the packages and Python itself, for calls that come later."""

import os
import sys

PATHS = [
    "/submission/compare_with_sqs.py", "/runner/_sandbox_runner/runner.py", "/runner/mine.py",
    "/runtime/boto3/__init__.py", os.__file__, sys.executable, "/etc/ld.so.cache",
    "/etc/ld.so.preload", "/usr/lib/os-release", "/dev/null/../mine", "/mine", "/submission/mine.py",
    "/runner/_sandbox_runner/json.py", "/runtime/sitecustomize.py", "/proc/self/mem/../../1/oom_score_adj",
]  # fmt: skip


def write(path):
    with open(path, "ab") as file:
        file.write(b"\n# mine\n")


def reopen(path):
    descriptor = os.open(path, os.O_RDONLY)
    write(f"/proc/self/fd/{descriptor}")


def truncate_shared(path):
    import mmap

    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[:1] = b"#"


def attribute(path):
    os.setxattr(path, "user.mine", b"x")


STEPS = {}
for path in PATHS:
    STEPS |= {
        f"write {path}": lambda path=path: write(path),
        f"reopen {path}": lambda path=path: reopen(path),
        f"map {path}": lambda path=path: truncate_shared(path),
        f"mode {path}": lambda path=path: os.chmod(path, 0o777),
        f"owner {path}": lambda path=path: os.chown(path, os.getuid(), -1),
        f"time {path}": lambda path=path: os.utime(path),
        f"attribute {path}": lambda path=path: attribute(path),
        f"rename {path}": lambda path=path: os.rename(path, path + "~"),
        f"remove {path}": lambda path=path: os.unlink(path),
    }


def read_queue_twice(queue_name, messages):
    worked = []
    for name, step in STEPS.items():
        try:
            step()
        except OSError:
            continue
        worked.append(name)
    if worked:
        raise RuntimeError(f"escaped: {', '.join(worked)}")
    return "stayed inside"


read_log_twice = read_queue_twice
