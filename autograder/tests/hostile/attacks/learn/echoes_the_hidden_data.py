# /// attack
# outcomes = ["crashed"]
# says = "raised HiddenData"
# ///
"""Puts what the test hands in into its error and its output, to read it in the feedback.

What it learns is the data of one submission; any other gets other data.
"""

import sys


class HiddenData(Exception):
    pass


def read_queue_twice(queue_name, messages):
    frame = sys._getframe(1)
    asked = {key: value for key, value in frame.f_locals.items() if key in ("request", "name")}
    print(queue_name, messages, asked)
    print(queue_name, messages, asked, file=sys.stderr)
    raise HiddenData(f"{queue_name} {messages} {asked}")


read_log_twice = read_queue_twice
