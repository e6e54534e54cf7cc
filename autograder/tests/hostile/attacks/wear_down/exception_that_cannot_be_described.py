# /// attack
# outcomes = ["crashed"]
# says = "raised"
# ///
"""Raises errors that raise errors again when they are looked at, or tell numbers for names."""


class Liar(type):
    __name__ = 7

    @property
    def __mro__(cls):
        raise Trap


class Trap(Exception, metaclass=Liar):
    __name__ = property(lambda self: 1 / 0)

    def __str__(self):
        raise Trap

    @property
    def response(self):
        raise Trap


class Odd(SyntaxError):
    filename = 7
    lineno = "seven"


def read_queue_twice(queue_name, messages):
    raise Trap


def read_log_twice(stream_name, messages):
    error = Odd()
    error.filename = 7 if len(messages) > 11 else "/submission/compare_with_sqs.py"
    error.lineno = 10**400
    raise error
