# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""threading by hand: a queue and a worker for each user, a lock, events, and errors passed on."""

import datetime
import json
import queue
import threading
import time

import boto3

USERS = ["alice", "bob", "charlie", "diana", "eve"]
ACTIONS = ["login", "view_page", "click", "logout"]
STOP = object()


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis.exceptions.ResourceInUseException:
        pass
    ready = threading.Event()

    def watch():
        while not ready.is_set():
            summary = kinesis.describe_stream_summary(StreamName=stream_name)
            if summary["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE":
                ready.set()
            else:
                time.sleep(0.5)

    watcher = threading.Thread(target=watch, name="watcher", daemon=True)
    watcher.start()
    if not ready.wait(timeout=240):
        raise TimeoutError(stream_name)
    watcher.join()


def get_shard_info(stream_name):
    kinesis = boto3.client("kinesis")
    shards = []
    for page in kinesis.get_paginator("describe_stream").paginate(StreamName=stream_name):
        shards.extend(page["StreamDescription"]["Shards"])
    return shards


class Worker(threading.Thread):
    """Sends what is put into its queue, in that order."""

    lock = threading.Lock()

    def __init__(self, stream_name, shards):
        super().__init__(daemon=True)
        self.inbox = queue.Queue(maxsize=10)
        self.stream_name = stream_name
        self.shards = shards
        self.error = None

    def run(self):
        kinesis = boto3.session.Session().client("kinesis")
        while (event := self.inbox.get()) is not STOP:
            if self.error is None:
                try:
                    self.send(kinesis, event)
                except Exception as error:
                    self.error = error
            self.inbox.task_done()

    def send(self, kinesis, event):
        for pause in (0.1, 0.2, 0.5, 1, 2, 4, 4, 4, 4, 4, None):
            try:
                answer = kinesis.put_record(
                    StreamName=self.stream_name,
                    Data=json.dumps(event),
                    PartitionKey=event["userId"],
                )
            except kinesis.exceptions.ProvisionedThroughputExceededException:
                if pause is None:
                    raise
                time.sleep(pause)
            else:
                with self.lock:
                    self.shards[event["userId"]] = answer["ShardId"]
                return


def send_events_to_shards(stream_name, num_events=30):
    shards = {}
    workers = {user: Worker(stream_name, shards) for user in USERS}
    for worker in workers.values():
        worker.start()
    for number in range(num_events):
        user = USERS[number % len(USERS)]
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        workers[user].inbox.put(
            {
                "eventId": number,
                "userId": user,
                "action": ACTIONS[number % len(ACTIONS)],
                "timestamp": f"{now.isoformat()}Z",
            }
        )
    for worker in workers.values():
        worker.inbox.put(STOP)
    for worker in workers.values():
        worker.join()
        if worker.error is not None:
            raise worker.error
    return shards


def delete_stream(stream_name):
    kinesis = boto3.client("kinesis")
    try:
        kinesis.delete_stream(StreamName=stream_name)
        kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        pass


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
