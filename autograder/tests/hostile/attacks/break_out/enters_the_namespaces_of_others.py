# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Enters namespaces of the sandbox's first process and of its parent, by /proc and by descriptors of processes."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
KINDS = ("user", "mnt", "net", "pid", "ipc", "uts", "cgroup", "time")
OTHERS = (1, os.getppid())


def setns(descriptor, flags=0):
    if libc.setns(descriptor, flags):
        raise OSError(ctypes.get_errno(), "refused")


def by_proc(pid, kind):
    setns(os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY))


def by_descriptor(pid):
    setns(os.pidfd_open(pid), 0x7E020000)


def take_descriptors(pid):
    descriptor = os.pidfd_open(pid)
    for number in range(64):
        if libc.syscall(438, descriptor, number, 0) >= 0:
            return
    raise OSError("refused")


STEPS = {
    f"{pid} {kind}": lambda pid=pid, kind=kind: by_proc(pid, kind)
    for pid in OTHERS
    for kind in KINDS
}
STEPS |= {f"{pid} by descriptor": lambda pid=pid: by_descriptor(pid) for pid in OTHERS}
STEPS |= {f"descriptors of {pid}": lambda pid=pid: take_descriptors(pid) for pid in OTHERS}


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
