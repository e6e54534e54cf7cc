# /// submission
# file = "compare_with_sqs.py"
# fails = ["brokers/nothing_is_left_in_the_queue"]
# ///
"""Uses no queue at all."""


def read_queue_twice(queue_name, messages):
    queue = list(messages)
    first = [queue.pop(0) for _ in range(len(queue))]
    return first, queue
