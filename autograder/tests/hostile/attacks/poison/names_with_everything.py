# /// attack
# outcomes = ["crashed"]
# says = "raised"
# ///
"""Names its class, its functions and its file so that a traceback of them does harm."""

EVIL = "x\x1b[31m\n::error::forged\r\n|`</code><img src=x onerror=alert(1)>@everyone=1+1\u202e"


def failing(name):
    def fail(*_):
        raise type(name, (type(name * 20, (Exception,), {}),), {})(name)

    return fail


def renamed(file):
    code = failing(EVIL).__code__.replace(co_name=EVIL, co_filename=file, co_firstlineno=2**31 - 1)
    return type(failing)(
        code, {"type": type, "Exception": Exception}, EVIL, None, failing(EVIL).__closure__
    )


def read_queue_twice(queue_name, messages):
    renamed(f"/submission/{EVIL}\0")()


def read_log_twice(stream_name, messages):
    renamed("/submission/../../proc/self/environ")()
