# /// attack
# outcomes = ["crashed"]
# says = "RuntimeError"
# ///
"""Writes over the lines above and below with thousands of combining marks, and wide letters."""


def read_queue_twice(queue_name, messages):
    raise RuntimeError(
        "".join("grade"[n % 5] + "\u0336\u0489\u20dd\u0337" * 50 for n in range(500))
    )


def read_log_twice(stream_name, messages):
    raise RuntimeError("\ufdfd\U0001242b" * 5000 + "\U0001f468\u200d" * 1000)
