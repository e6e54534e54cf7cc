# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Makes hard links of files of others in /tmp, and links through which it writes and removes."""

import os
import sys

TARGETS = (
    "/submission/compare_with_sqs.py",
    "/runner/_sandbox_runner/runner.py",
    os.__file__,
    sys.executable,
    "/proc/1/environ",
)


def hard(path, name):
    os.link(path, f"/tmp/{name}")


def through_a_link(path, name):
    os.symlink(os.path.dirname(path), f"/tmp/{name}")
    with open(f"/tmp/{name}/{os.path.basename(path)}", "ab") as file:
        file.write(b"mine")


def no_name(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.link(f"/proc/self/fd/{descriptor}", "/tmp/named", follow_symlinks=True)


def exchange(name):
    os.rename("/submission", f"/tmp/{name}")


def leave_traps():
    """What sweeps the folders must not follow these."""
    os.makedirs("/tmp/trap/deep", exist_ok=True)
    for number, target in enumerate(("/", "/submission", "/runner", "..", "../..", "/proc/1/root")):
        os.symlink(target, f"/tmp/trap/deep/{number}")
    raise OSError("never counts")


STEPS = {
    f"hard {path}": lambda path=path, at=at: hard(path, f"hard{at}")
    for at, path in enumerate(TARGETS)
}
STEPS |= {
    f"link {path}": lambda path=path, at=at: through_a_link(path, f"soft{at}")
    for at, path in enumerate(TARGETS)
}
STEPS |= {f"name {path}": lambda path=path: no_name(path) for path in TARGETS}
STEPS |= {"exchange": lambda: exchange("mine"), "traps": leave_traps}


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
