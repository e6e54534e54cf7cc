"""Compare a queue with a log: read each of them twice, and see what is left.

Region and endpoint come from the environment (AWS_DEFAULT_REGION, AWS_ENDPOINT_URL). The
requirements, B1 to B4, are explained in README.md.
"""

import time

import boto3


def read_queue_twice(queue_name: str, messages: list[str]) -> tuple[list[str], list[str]]:
    """Send messages to an SQS queue and read it twice.

    B1: Create the queue, send the messages, receive and delete them all, and receive again.
        Return (first, second): first has each message once, in any order; second is empty.
    B2: Afterwards the queue still exists and is empty: no message is visible or in flight.
    B4: It works with an empty list, with equal messages, and with any text that SQS accepts.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def read_log_twice(stream_name: str, messages: list[str]) -> tuple[list[str], list[str]]:
    """Send messages to a Kinesis stream of one shard and read it twice from the start.

    B3: Create the stream, wait until it is ACTIVE, and send the messages in order, each as its
        UTF-8 bytes. Return (first, second): both have the messages, in order (an empty page is
        not the end here, either). Do not delete the stream.
    B4: It works with an empty list, with equal messages, and with any text that SQS accepts.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def main() -> None:
    """Show the difference: reading empties a queue, but not a log."""
    unique = int(time.time())
    messages = ["door opened", "light on", "light off", "door closed"]
    first, second = read_queue_twice(f"smart-home-{unique}", messages)
    print(f"queue: {len(first)} messages the first time, {len(second)} the second time")
    first, second = read_log_twice(f"smart-home-{unique}", messages)
    print(f"log:   {len(first)} messages the first time, {len(second)} the second time")


if __name__ == "__main__":
    main()
