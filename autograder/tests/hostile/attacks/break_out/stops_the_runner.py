# /// attack
# outcomes = ["wrong", "killed", "timed_out", "crashed"]
# ///
"""Stops the process that watches over it, so that nobody ends the call and the grader waits for ever."""

import os
import signal


def read_queue_twice(queue_name, messages):
    return "passed"


def read_log_twice(stream_name, messages):
    for pid in (os.getppid(), 1):
        os.kill(pid, signal.SIGSTOP)
    return messages, messages
