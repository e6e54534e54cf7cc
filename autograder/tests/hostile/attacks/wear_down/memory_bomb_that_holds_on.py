# /// attack
# outcomes = ["timed_out", "out_of_memory", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Takes all the memory there is, in ever smaller pieces, and keeps it."""

hoard = []


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    size = 1 << 26
    while True:
        try:
            hoard.append(bytearray(size))
            hoard[-1][:] = b"x" * size
        except MemoryError:
            size = max(1, size // 2)
