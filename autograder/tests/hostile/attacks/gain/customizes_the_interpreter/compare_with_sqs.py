# /// attack
# outcomes = ["wrong"]
# says = "returned 'not customized'"
# ///
"""Brings what Python runs of itself at its start: sitecustomize, usercustomize and a .pth file."""

import builtins


def read_queue_twice(queue_name, messages):
    customized = getattr(builtins, "customized", None)
    if customized:
        raise RuntimeError(f"customized by {customized}")
    return "not customized"


read_log_twice = read_queue_twice
