# /// attack
# outcomes = ["wrong"]
# says = "cannot be graded"
# ///
"""Returns NaN, infinities, numbers without end and values that hold themselves."""


def read_queue_twice(queue_name, messages):
    return [float("nan")] * len(messages), []


def read_log_twice(stream_name, messages):
    around = [messages]
    around.append(around)
    return around if len(messages) % 2 else [10**5000, float("inf"), complex("nan")]
