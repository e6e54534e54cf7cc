# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = " time"
# ///
"""Has Python clear up after it without end: rings of objects whose finalizers make more."""

import gc


class Phoenix:
    def __init__(self):
        self.me = self

    def __del__(self):
        Phoenix(), Phoenix()


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    gc.set_threshold(1, 1, 1)
    rings = [Phoenix() for _ in range(1000)]
    del rings
    while True:
        gc.collect()
