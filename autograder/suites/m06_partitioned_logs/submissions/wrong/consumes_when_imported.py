# /// submission
# file = "compare_with_sqs.py"
# fails = [
#   "brokers/queue_hands_out_each_message_once",
#   "brokers/queue_with_more_than_ten_messages",
#   "brokers/nothing_is_left_in_the_queue",
#   "brokers/log_is_read_twice_the_same",
#   "brokers/log_is_a_stream_with_one_shard",
#   "brokers/no_messages_at_all",
#   "brokers/equal_messages_and_any_text",
# ]
# ///
"""Left a consumer that was tried out below its functions: it runs when the file is imported."""

_sqs = boto3.client("sqs", region_name="us-east-1")
_url = _sqs.create_queue(QueueName="tried-out")["QueueUrl"]
while True:
    for _message in _sqs.receive_message(QueueUrl=_url, WaitTimeSeconds=20).get("Messages", []):
        print(_message["Body"])
