# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Raises its limits of time, memory, processes and files beyond what is allowed."""

import resource
from resource import RLIM_INFINITY

LIMITS = {name: getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")}


def raise_own(kind):
    _, hard = resource.getrlimit(kind)
    if hard == RLIM_INFINITY:
        raise OSError("there is none")
    try:
        resource.setrlimit(kind, (hard, hard + 1))
    except ValueError:
        raise OSError("refused") from None


BOUND = ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_NPROC")


def is_unbound():
    if all(resource.getrlimit(LIMITS[name])[1] != RLIM_INFINITY for name in BOUND):
        raise OSError("all are bound")


STEPS = {name: lambda kind=kind: raise_own(kind) for name, kind in LIMITS.items()}
STEPS["one that is unbound"] = is_unbound


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
