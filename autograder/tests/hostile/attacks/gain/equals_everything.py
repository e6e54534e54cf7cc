# /// attack
# outcomes = ["wrong"]
# says = "cannot be graded"
# ///
"""Returns an object that is equal to everything, of every length, type and truth."""

import unittest.mock


class Everything:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __instancecheck__ = __eq__

    def __hash__(self):
        return hash("parcel")

    def __len__(self):
        return 2

    def __iter__(self):
        return iter((self, self))

    def __getitem__(self, key):
        return self

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __repr__(self):
        return "([], [])"

    @property
    def __class__(self):
        return list


def read_queue_twice(queue_name, messages):
    return Everything()


def read_log_twice(stream_name, messages):
    return [unittest.mock.ANY, unittest.mock.MagicMock()]
