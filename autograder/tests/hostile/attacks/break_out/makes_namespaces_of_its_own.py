# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Makes user, mount, network and other namespaces, in which it would be root."""

import ctypes
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
KINDS = {
    "user": 0x10000000,
    "mount": 0x00020000,
    "network": 0x40000000,
    "process": 0x20000000,
    "ipc": 0x08000000,
    "host name": 0x04000000,
    "cgroup": 0x02000000,
    "time": 0x00000080,
    "user and mount": 0x10020000,
    "user and network": 0x50000000,
}
CLONE, CLONE3 = 56, 435


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def unshare(flags):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if libc.unshare(flags) == 0 else 1)
    if os.waitpid(pid, 0)[1]:
        raise OSError("refused")


def clone(flags):
    pid = checked(libc.syscall(CLONE, flags | signal.SIGCHLD, 0, 0, 0, 0))
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def clone3(flags):
    arguments = (ctypes.c_uint64 * 11)(flags, 0, 0, 0, signal.SIGCHLD)
    pid = checked(libc.syscall(CLONE3, ctypes.byref(arguments), ctypes.sizeof(arguments)))
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


STEPS = {
    f"{how.__name__} {kind}": lambda how=how, flags=flags: how(flags)
    for how in (unshare, clone, clone3)
    for kind, flags in KINDS.items()
    if not (how is clone and flags & 0xFF)  # there it would be a signal's number
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
