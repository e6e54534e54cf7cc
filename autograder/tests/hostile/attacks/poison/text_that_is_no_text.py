# /// attack
# outcomes = ["crashed", "wrong"]
# says = "read_queue_twice()"
# ///
"""Has NUL bytes and halves of characters in messages, values, keys and names."""

TEXT = "\0\ud800\udfff\udc80\ufffe\uffff\U0010ffff\0"


def read_queue_twice(queue_name, messages):
    if len(messages) > 20:
        return [TEXT], [TEXT]
    raise RuntimeError(TEXT)


def read_log_twice(stream_name, messages):
    if len(messages) > 11:
        return {TEXT: TEXT}
    raise type("Error\udc80\ud800", (RuntimeError,), {})(TEXT)
