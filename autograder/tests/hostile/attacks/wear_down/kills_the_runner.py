# /// attack
# outcomes = ["crashed", "wrong"]
# says = "read_log_twice()"
# ///
"""Kills the process that started it, and everything else in sight."""

import os
import signal


def read_queue_twice(queue_name, messages):
    os.kill(os.getppid(), signal.SIGKILL)
    return [], []


def read_log_twice(stream_name, messages):
    os.kill(-1, signal.SIGKILL)
    os.kill(1, signal.SIGKILL)
    return [], []
