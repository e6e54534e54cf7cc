# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = " time"
# ///
"""Has many children, none of which uses up its time, and which the kernel does not add up."""

import os
import signal
import time


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(20):
        if os.fork() == 0:
            while time.process_time() < 0.8:
                pass
            os._exit(0)
    try:
        os.wait()  # for all of them
    except ChildProcessError:
        pass
    return [], []
