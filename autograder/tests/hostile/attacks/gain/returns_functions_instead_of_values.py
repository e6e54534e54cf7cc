# /// attack
# outcomes = ["wrong"]
# says = "cannot be graded"
# ///
"""Returns functions, generators, coroutines and classes, that whoever looks at them would run."""


class Late(dict):
    def __missing__(self, key):
        return print


def read_queue_twice(queue_name, messages):
    return (lambda: messages, (one for one in messages))


def read_log_twice(stream_name, messages):
    async def later():
        return messages

    return [later, Late, read_queue_twice, memoryview(b""), {"first": Ellipsis}]
