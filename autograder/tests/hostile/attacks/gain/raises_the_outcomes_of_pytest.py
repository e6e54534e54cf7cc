# /// attack
# outcomes = ["crashed"]
# says = "raised Skipped"
# ///
"""Raises what pytest and unittest take for skipped, expected to fail, or the end of the session."""

import unittest


class Skipped(BaseException):
    msg = "skipped"
    allow_module_level = True
    _use_item_location = True


class Exit(Exception):
    returncode = 0


class XFailed(Exception):
    pass


for one in (Skipped, Exit, XFailed):
    one.__module__ = "_pytest.outcomes"


def read_queue_twice(queue_name, messages):
    if len(messages) % 2:
        raise Skipped("no way of currently testing this")
    raise unittest.SkipTest("passed")


def read_log_twice(stream_name, messages):
    raise (Exit, XFailed, Skipped)[len(messages) % 3]("passed")
