# /// attack
# outcomes = ["wrong", "crashed"]
# ///
"""Puts an object in its module's place that has every attribute, and no dict to look into."""

import sys


class Yes:
    __slots__ = ()

    def __getattr__(self, name):
        if name == "read_log_twice":
            return 7
        return Yes()

    def __call__(self, *args, **kwargs):
        return Yes()

    def __bool__(self):
        raise SystemError("passed")

    __eq__ = __bool__
    __hash__ = None


sys.modules[__name__] = Yes()
