# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Raises its priority over all others on the machine, and shields itself from want of memory."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
IOPRIO_SET, SCHED_SETATTR = 251, 314
RUNNER = os.getppid()


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def deadline():
    attributes = (ctypes.c_uint64 * 7)(56 | 6 << 32, 0, 0, 9 * 10**8, 10**9, 10**9)
    checked(libc.syscall(SCHED_SETATTR, 0, ctypes.byref(attributes), 0))


def lock_all_memory():
    memory = libc.mmap
    memory.restype = ctypes.c_void_p
    memory(None, 512 << 20, 3, 0x22, -1, ctypes.c_long(0))
    checked(libc.mlockall(3))


STEPS = {
    "nice": lambda: os.nice(-5),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
    "priority of the runner": lambda: os.setpriority(os.PRIO_PROCESS, RUNNER, -20),
    "fifo": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)),
    "round robin": lambda: os.sched_setscheduler(RUNNER, os.SCHED_RR, os.sched_param(1)),
    "deadline": deadline,
    "real-time disk": lambda: checked(libc.syscall(IOPRIO_SET, 1, 0, 1 << 13)),
    "never killed": lambda: write("/proc/self/oom_score_adj", "-1000"),
    "runner never killed": lambda: write(f"/proc/{RUNNER}/oom_score_adj", "-1000"),
    "runner killed first": lambda: write(f"/proc/{RUNNER}/oom_score_adj", "1000"),
    "first process killed first": lambda: write("/proc/1/oom_score_adj", "1000"),
    "all memory": lock_all_memory,
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
