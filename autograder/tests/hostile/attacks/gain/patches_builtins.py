# /// attack
# outcomes = ["wrong", "killed", "crashed"]
# ///
"""Makes isinstance, len, all, sorted and repr lie, and turns failed assertions into nothing."""

import builtins
import random


class NoError(BaseException):
    def __new__(cls, *args):
        return None


def read_queue_twice(queue_name, messages):
    builtins.isinstance = lambda *args: True
    builtins.issubclass = lambda *args: True
    builtins.len = lambda value: 2
    builtins.all = builtins.any = lambda value: True
    builtins.sorted = lambda *args, **kwargs: messages
    builtins.AssertionError = builtins.Exception = builtins.ValueError = NoError
    builtins.__build_class__ = builtins.__import__ = lambda *args, **kwargs: NoError
    random.Random.randrange = random.Random.randint = lambda *args: 4
    return "right"


def read_log_twice(stream_name, messages):
    builtins.str = builtins.list = builtins.dict = object
    builtins.BaseException = NoError
    return object()
