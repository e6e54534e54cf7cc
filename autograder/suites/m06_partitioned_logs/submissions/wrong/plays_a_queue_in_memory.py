# /// submission
# file = "compare_with_sqs.py"
# fails = [
#   "brokers/queue_hands_out_each_message_once", "brokers/queue_with_more_than_ten_messages",
#   "brokers/nothing_is_left_in_the_queue", "brokers/no_messages_at_all",
#   "brokers/equal_messages_and_any_text",
# ]
# ///
"""Uses no queue at all."""


def read_queue_twice(queue_name, messages):
    queue = list(messages)
    first = [queue.pop(0) for _ in range(len(queue))]
    return first, queue
