# /// attack
# outcomes = ["wrong"]
# says = "returned 'measured'"
# ///
"""Times each call to guess what the test has in store, and passes it on as sleep, output and size."""

import statistics
import time

import boto3

CLOCKS = [time.monotonic, time.perf_counter, time.process_time, lambda: time.clock_gettime(1)]


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    took = []
    for message in messages[:10]:
        began = [clock() for clock in CLOCKS]
        sqs.send_message(QueueUrl=url, MessageBody=message)
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        took.append([clock() - start for clock, start in zip(CLOCKS, began, strict=True)])
    guess = int(1000 * statistics.fmean(sum(took, [0.0])))
    time.sleep(min(guess, 500))
    print("x" * guess)
    for message in messages:
        spent = time.process_time() + ord(message[-1]) / 10_000
        while time.process_time() < spent:
            pass
    return "measured"


read_log_twice = read_queue_twice
