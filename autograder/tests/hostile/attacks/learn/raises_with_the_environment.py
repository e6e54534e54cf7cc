# /// attack
# outcomes = ["crashed"]
# says = "RuntimeError"
# ///
"""Puts the environment, its own and its parents', into an error message."""

import os


def read_queue_twice(queue_name, messages):
    seen = [repr(dict(os.environ))]
    for pid in ("self", "1", "2", str(os.getppid())):
        try:
            seen.append(open(f"/proc/{pid}/environ").read())
        except OSError as error:
            seen.append(str(error))
    raise RuntimeError("\n".join(seen))


def read_log_twice(stream_name, messages):
    return read_queue_twice(stream_name, messages)
