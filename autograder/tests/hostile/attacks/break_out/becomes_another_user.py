# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Becomes root or another user, takes capabilities back, and runs programs that do so for others."""

import ctypes
import os
import stat

libc = ctypes.CDLL(None, use_errno=True)
CAPSET = 126
KEEP_CAPS, SET_DUMPABLE, CAP_AMBIENT, SET_SECUREBITS, NO_NEW_PRIVS = 8, 4, 47, 28, 39


def checked(result):
    if result:
        raise OSError(ctypes.get_errno(), "refused")


def all_capabilities():
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    checked(libc.syscall(CAPSET, header, (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)))


def programs_with_the_s_bit():
    for folder in (
        "/usr/bin",
        "/bin",
        "/usr/sbin",
        "/sbin",
        "/usr/lib",
        "/usr/libexec",
        "/usr/local/bin",
    ):
        if os.path.isdir(folder):
            for entry in os.scandir(folder):
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                    return
    raise OSError("none")


def new_privileges():
    checked(libc.prctl(NO_NEW_PRIVS, 0, 0, 0, 0))


STEPS = {
    "root": lambda: os.setuid(0),
    "root, by all three": lambda: os.setresuid(0, 0, 0),
    "somebody": lambda: os.setuid(1000),
    "root's group": lambda: os.setgid(0),
    "groups": lambda: os.setgroups([0, 4, 27]),
    "capabilities": all_capabilities,
    "ambient capabilities": lambda: checked(libc.prctl(CAP_AMBIENT, 2, 21, 0, 0)),
    "secure bits": lambda: checked(libc.prctl(SET_SECUREBITS, 0, 0, 0, 0)),
    "s-bit": programs_with_the_s_bit,
    "new privileges": new_privileges,
    "host name": lambda: checked(libc.sethostname(b"mine", 4)),
    "reboot": lambda: checked(libc.reboot(0)),  # 0 is no command: allowed or not, nothing happens
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
