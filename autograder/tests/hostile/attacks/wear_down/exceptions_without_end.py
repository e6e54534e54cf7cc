# /// attack
# outcomes = ["crashed", "out_of_memory"]
# says = "read_queue_twice() raised"
# ///
"""Raises an error that is half a gigabyte long, and one with a hundred thousand causes and groups."""


def read_queue_twice(queue_name, messages):
    raise type("X" * (1 << 20), (RuntimeError,), {})("x" * (300 << 20))


def read_log_twice(stream_name, messages):
    error = RuntimeError("first")
    for number in range(100_000):
        error = ExceptionGroup(str(number), [error]) if number % 2 else RuntimeError(number)
        error.__cause__ = error.__context__ = RuntimeError(number)
    chain = RuntimeError("chain")
    for number in range(100_000):
        link = RuntimeError(number)
        link.__cause__ = chain
        chain = link
    raise error from chain
