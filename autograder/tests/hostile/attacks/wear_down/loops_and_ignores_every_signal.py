# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = " time"
# ///
"""An endless loop that swallows every exception and ignores every signal that can be ignored."""

import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    while True:
        try:
            pass
        except BaseException:
            pass
