# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Runs a program that is on no disk, to lose filters and limits, and answers from there."""

import os
import sys

CODE = """
import ctypes, os, resource
libc = ctypes.CDLL(None, use_errno=True)
got = []
if libc.prctl(39, 0, 0, 0, 0) != 1:
    got.append("new privileges")
for name, take in {"root": lambda: os.setuid(0), "chroot": lambda: os.chroot("/tmp"),
                   "a parent": lambda: checked(libc.ptrace(16, os.getppid(), 0, 0))}.items():
    def checked(result):
        if result < 0:
            raise OSError
    try:
        take()
        got.append(name)
    except OSError:
        pass
if resource.getrlimit(resource.RLIMIT_CORE)[1] or resource.getrlimit(resource.RLIMIT_NPROC)[1] < 0:
    got.append("limits")
answer = '{"kind": "returned", "value": "stayed inside"}' if not got else (
    '{"kind": "raised", "type": "RuntimeError", "bases": [], "message": "escaped: %s", "frames": []}' % got)
os.write(3, answer.encode())
"""


def read_queue_twice(queue_name, messages):
    arguments = [sys.executable, "-I", "-S", "-c", CODE]
    try:
        memory = os.memfd_create("program", 0)
        with open(sys.executable, "rb") as file:
            while part := file.read(1 << 20):
                os.write(memory, part)
        os.execve(memory, arguments, os.environ)
    except OSError:
        os.execv(sys.executable, arguments)


read_log_twice = read_queue_twice
