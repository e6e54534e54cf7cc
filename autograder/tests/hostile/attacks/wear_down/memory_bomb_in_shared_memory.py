# /// attack
# outcomes = ["killed", "unimplemented"]
# says = "ended by a signal"
# ///
"""Fills shared memory, which would outlive the process that made it."""

from multiprocessing import resource_tracker, shared_memory

resource_tracker.register = lambda *_: None


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    blocks = []
    while True:
        blocks.append(shared_memory.SharedMemory(create=True, size=8 << 20))
        blocks[-1].buf[:] = b"x" * (8 << 20)
