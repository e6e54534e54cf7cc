# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Adds keys to the kernel's keyrings, which outlive all processes, and reads the keys of others."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
ADD_KEY, REQUEST_KEY, KEYCTL = 248, 249, 250
GET_ID, JOIN_SESSION, DESCRIBE, READ, LINK = 0, 1, 6, 11, 8
RINGS = {"thread": -1, "process": -2, "session": -3, "user": -4, "user's session": -5}


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


STEPS = {
    f"add to {name}": lambda ring=ring: checked(
        libc.syscall(ADD_KEY, b"user", b"mine", b"x", 1, ring)
    )
    for name, ring in RINGS.items()
}
STEPS |= {
    f"take {name}": lambda ring=ring: checked(libc.syscall(KEYCTL, GET_ID, ring, 1, 0, 0))
    for name, ring in RINGS.items()
}
STEPS |= {
    "join a session": lambda: checked(libc.syscall(KEYCTL, JOIN_SESSION, b"mine", 0, 0, 0)),
    "read": lambda: checked(libc.syscall(KEYCTL, READ, -4, 0, 0, 0)),
    "request": lambda: checked(libc.syscall(REQUEST_KEY, b"user", b"mine", b"", -4)),
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
