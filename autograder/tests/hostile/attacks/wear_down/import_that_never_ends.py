# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = "importing the file used up its processor time"
# ///
"""Never gets beyond its first lines, once it has found out what it is wanted for."""

import sys


def wanted():
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"]["function"]


while wanted() == "read_log_twice":
    pass


def read_queue_twice(queue_name, messages):
    raise NotImplementedError
