# /// attack
# outcomes = ["wrong", "killed", "crashed"]
# ///
"""Lowers the limits of the process that watches over it, so that it can neither fork nor read."""

import os
import resource


def read_queue_twice(queue_name, messages):
    return "not yet"


def read_log_twice(stream_name, messages):
    for kind in ("NOFILE", "NPROC", "FSIZE", "STACK", "AS", "DATA", "CPU"):
        try:
            resource.prlimit(os.getppid(), getattr(resource, f"RLIMIT_{kind}"), (0, 0))
        except (OSError, ValueError):
            continue
    return "passed"
