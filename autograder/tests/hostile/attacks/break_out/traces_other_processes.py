# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Attaches as a debugger to its parent, to the sandbox's first process and to a child; writes their memory."""

import ctypes
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
TRACE_ME, ATTACH, SEIZE = 0, 16, 0x4206


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def write_memory(pid):
    here = ctypes.create_string_buffer(8)
    vector = (ctypes.c_uint64 * 2)(ctypes.addressof(here), 8)
    there = (ctypes.c_uint64 * 2)(id(signal), 8)
    checked(libc.process_vm_writev(pid, ctypes.byref(vector), 1, ctypes.byref(there), 1, 0))


def in_child(step):
    pid = os.fork()
    if pid == 0:
        try:
            step()
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(pid, 0)[1] & 0xFF00:
        raise OSError("refused")


def sibling():
    pid = os.fork()
    if pid == 0:
        signal.pause()
    try:
        checked(libc.ptrace(SEIZE, pid, 0, 0))
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


OTHERS = {"parent": os.getppid(), "first": 1, "second": 2}
STEPS = {
    f"attach to {name}": lambda pid=pid: checked(libc.ptrace(ATTACH, pid, 0, 0))
    for name, pid in OTHERS.items()
}
STEPS |= {
    f"seize {name}": lambda pid=pid: checked(libc.ptrace(SEIZE, pid, 0, 0))
    for name, pid in OTHERS.items()
}
STEPS |= {f"write to {name}": lambda pid=pid: write_memory(pid) for name, pid in OTHERS.items()}
STEPS |= {
    f"open {name}": lambda pid=pid: open(f"/proc/{pid}/mem", "r+b") for name, pid in OTHERS.items()
}
STEPS |= {
    "be traced": lambda: in_child(lambda: checked(libc.ptrace(TRACE_ME, 0, 0, 0))),
    "a child": sibling,
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
