# /// attack
# outcomes = ["crashed", "timed_out", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Maps memory beside Python's own until the kernel says no."""

import mmap


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    maps = []
    while True:
        maps.append(mmap.mmap(-1, 32 << 20))
        maps[-1].write(b"x" * (32 << 20))
