# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Mounts memory, /proc and binds, makes read-only mounts writable, and takes mounts away."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
READ_ONLY, REMOUNT, BIND, RECURSIVE = 1, 32, 4096, 16384


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def mount(source, target, kind, flags=0):
    os.makedirs("/tmp/point", exist_ok=True)
    checked(libc.mount(source, target, kind, flags, None))


def attributes(target):
    clear = (ctypes.c_uint64 * 4)(0, READ_ONLY, 0, 0)
    checked(libc.syscall(442, -100, target, 0x8000, ctypes.byref(clear), 32))


STEPS = {
    "memory": lambda: mount(b"none", b"/tmp/point", b"tmpfs"),
    "proc": lambda: mount(b"proc", b"/tmp/point", b"proc"),
    "sys": lambda: mount(b"sysfs", b"/tmp/point", b"sysfs"),
    "cgroup": lambda: mount(b"cgroup", b"/tmp/point", b"cgroup2"),
    "devices": lambda: mount(b"dev", b"/tmp/point", b"devtmpfs"),
    "overlay": lambda: mount(b"overlay", b"/tmp/point", b"overlay"),
    "bind": lambda: mount(b"/submission", b"/tmp/point", None, BIND | RECURSIVE),
    "writable root": lambda: mount(None, b"/", None, REMOUNT | BIND),
    "writable submission": lambda: mount(None, b"/submission", None, REMOUNT | BIND),
    "shared": lambda: mount(None, b"/", None, 1 << 20 | RECURSIVE),
    "unmount /tmp": lambda: checked(libc.umount2(b"/tmp", 2)),
    "unmount /proc": lambda: checked(libc.umount2(b"/proc", 2)),
    "fsopen": lambda: checked(libc.syscall(430, b"tmpfs", 0)),
    "open_tree": lambda: checked(libc.syscall(428, -100, b"/", 1 | 0x8000)),
    "move_mount": lambda: checked(libc.syscall(429, -100, b"/tmp", -100, b"/dev/shm", 0)),
    "mount_setattr": lambda: attributes(b"/"),
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
