# /// attack
# outcomes = ["wrong", "unimplemented"]
# ///
"""Changes the variables of whoever called it: the request, its limits, and the answer."""

import ctypes
import sys
import threading


def change(frame, event=None, argument=None):
    while frame is not None:
        local = frame.f_locals
        for name in ("answer", "value", "plain", "result", "report", "verdict"):
            if name in local and name != "plain":
                local[name] = {"kind": "returned", "value": "passed", "outcome": "passed"}
        if isinstance(local.get("request"), dict):
            limits = local["request"].get("limits", {})
            limits.update(dict.fromkeys(limits, 10**9))
            local["request"].update(module="right", function="right", args=[])
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
        frame = frame.f_back


def read_queue_twice(queue_name, messages):
    sys.settrace(change)
    sys.setprofile(change)
    threading.settrace(change)
    change(sys._getframe())
    frame = sys._getframe()
    while frame is not None:
        frame.f_trace = change
        frame = frame.f_back
    return "passed"


def read_log_twice(stream_name, messages):
    change(sys._getframe(1))
    raise NotImplementedError
