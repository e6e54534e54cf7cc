# /// attack
# outcomes = ["wrong"]
# says = "returned 'first time'"
# ///
"""Keeps notes in shared memory, semaphores, message queues and keys, which outlive a process."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
IPC_CREAT, KEY = 0o1000, 0x6E6F7465
ADD_KEY, KEYCTL = 248, 250
USER_KEYRING, USER_SESSION_KEYRING, SEARCH = -4, -5, 10


def remembered():
    seen = []
    if libc.shmget(KEY, 4096, 0o600) >= 0:
        seen.append("shared memory")
    if libc.semget(KEY, 1, 0o600) >= 0:
        seen.append("semaphores")
    if libc.msgget(KEY, 0o600) >= 0:
        seen.append("message queue")
    if libc.mq_open(b"/note", 0) >= 0:
        seen.append("POSIX message queue")
    for ring in (USER_KEYRING, USER_SESSION_KEYRING):
        if libc.syscall(KEYCTL, SEARCH, ring, b"user", b"note", 0) >= 0:
            seen.append("keyring")
    return seen


def leave(text):
    shared = libc.shmget(KEY, 4096, IPC_CREAT | 0o600)
    address = libc.shmat(shared, None, 0)
    if address not in (None, ctypes.c_void_p(-1).value):
        ctypes.memmove(address, text, len(text))
    libc.semget(KEY, 1, IPC_CREAT | 0o600)
    libc.msgget(KEY, IPC_CREAT | 0o600)
    libc.mq_open(b"/note", 0o100 | 2, 0o600, None)
    for ring in (USER_KEYRING, USER_SESSION_KEYRING):
        libc.syscall(ADD_KEY, b"user", b"note", text, len(text), ring)


def read_queue_twice(queue_name, messages):
    seen = remembered()
    leave(queue_name.encode())
    if seen:
        raise RuntimeError(f"remembered by {seen}")
    return "first time"


read_log_twice = read_queue_twice
