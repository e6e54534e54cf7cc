# /// attack
# outcomes = ["killed", "crashed"]
# says = "was ended by a signal"
# ///
"""Allows itself core dumps, makes one of itself and of its parent, and reads them afterwards."""

import glob
import os
import resource
import signal


def dumps():
    for pid in (0, os.getppid()):
        try:
            resource.prlimit(pid, resource.RLIMIT_CORE, (-1, -1))
        except (OSError, ValueError):
            continue
    return (
        glob.glob("/tmp/core*")
        + glob.glob("/dev/shm/core*")
        + glob.glob("/var/lib/systemd/coredump/*")
    )


def read_queue_twice(queue_name, messages):
    found = dumps()
    if found:
        with open(found[0], "rb") as file:
            raise RuntimeError(f"core {found} {file.read(100)}")
    if os.fork() == 0:
        os.abort()
    os.wait()
    if dumps():
        raise RuntimeError(f"core {dumps()}")
    os.abort()


def read_log_twice(stream_name, messages):
    dumps()
    os.kill(os.getppid(), signal.SIGQUIT)
    os.kill(os.getpid(), signal.SIGSEGV)
