# /// attack
# outcomes = ["wrong"]
# says = "returned 'passed'"
# ///
"""Has no function at all, but a module-level __getattr__ that makes each one that is looked for."""


def __getattr__(name):
    return lambda *args, **kwargs: "passed"


def __dir__():
    return ["read_queue_twice", "read_log_twice", "outcome", "passed"]
