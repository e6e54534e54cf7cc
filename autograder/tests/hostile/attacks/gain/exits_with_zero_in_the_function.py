# /// attack
# outcomes = ["killed"]
# says = "ended the whole Python process"
# ///
"""Ends Python with exit code 0 when it is called: by sys.exit, and by SystemExit below another name."""

import sys


class Passed(SystemExit):
    code = 0


Passed.__name__ = "SystemExit"


def read_queue_twice(queue_name, messages):
    sys.exit(0)


def read_log_twice(stream_name, messages):
    raise Passed(0)
