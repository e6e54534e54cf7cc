# /// attack
# outcomes = ["timed_out", "killed", "crashed", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Leaves System V segments behind, which count against no process and outlive them all."""

import ctypes


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    for _ in range(16):
        segment = libc.shmget(0, ctypes.c_size_t(128 << 20), 0o1666)
        address = libc.shmat(segment, None, 0)
        if address in (None, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), "shmat")
        ctypes.memset(address, 1, 128 << 20)
        libc.shmdt(ctypes.c_void_p(address))
    while True:
        pass
