# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Logs into files of the current folder, by dictConfig, and keeps a journal of what was sent."""

import atexit
import csv
import json
import logging
import logging.config
import logging.handlers
import os
import time
from datetime import datetime, timezone

import boto3

LOG_FOLDER = os.path.join(os.getcwd(), "logs")
os.makedirs(LOG_FOLDER, exist_ok=True)

logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "long": {
                "format": "{asctime} {levelname:<7} {name} {funcName}:{lineno} {message}",
                "style": "{",
            }
        },
        "handlers": {
            "file": {
                "class": "logging.handlers.RotatingFileHandler",
                "filename": os.path.join(LOG_FOLDER, "writer.log"),
                "maxBytes": 20_000,
                "backupCount": 2,
                "encoding": "utf-8",
                "formatter": "long",
            },
            "console": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "level": "WARNING",
            },
        },
        "loggers": {"module6": {"level": "DEBUG", "handlers": ["file", "console"]}},
    }
)
log = logging.getLogger("module6.writer")
atexit.register(logging.shutdown)
log.info("=== start, process %d ===", os.getpid())

kinesis = boto3.client("kinesis")


def create_multi_shard_stream(stream_name, shard_count):
    log.info("create %s with %d shards", stream_name, shard_count)
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis.exceptions.ResourceInUseException as error:
        log.warning("%s", error)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    log.info("%s is active", stream_name)


def get_shard_info(stream_name):
    shards = []
    for page in kinesis.get_paginator("describe_stream").paginate(StreamName=stream_name):
        log.debug("page of %d shards", len(page["StreamDescription"]["Shards"]))
        shards.extend(page["StreamDescription"]["Shards"])
    with open(f"{stream_name}-shards.json", "w", encoding="utf-8") as file:
        json.dump(shards, file, indent=2)
    return shards


def send_events_to_shards(stream_name, num_events=30):
    users = ["alice", "bob", "charlie", "diana", "eve"]
    actions = ["login", "view_page", "click", "logout"]
    user_to_shard = {}
    with open(f"{stream_name}-journal.csv", "a", newline="", encoding="utf-8") as file:
        journal = csv.DictWriter(file, ["eventId", "userId", "shard", "offset"])
        journal.writeheader()
        for number in range(num_events):
            user = users[number % len(users)]
            event = {
                "eventId": number,
                "userId": user,
                "action": actions[number % len(actions)],
                "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            }
            pause = 0.1
            while True:
                try:
                    answer = kinesis.put_record(
                        StreamName=stream_name, Data=json.dumps(event), PartitionKey=user
                    )
                    break
                except kinesis.exceptions.ProvisionedThroughputExceededException:
                    log.warning("throttled at event %d, waiting %.1f s", number, pause)
                    time.sleep(pause)
                    pause = min(pause * 2, 5)
                except Exception:
                    log.exception("event %d was not sent", number)
                    raise
            user_to_shard[user] = answer["ShardId"]
            journal.writerow(
                {
                    "eventId": number,
                    "userId": user,
                    "shard": answer["ShardId"],
                    "offset": answer["SequenceNumber"],
                }
            )
    log.info("sent %d events: %s", num_events, user_to_shard)
    return user_to_shard


def delete_stream(stream_name):
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        log.warning("no stream %s", stream_name)
        return
    kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)
    log.info("%s is deleted", stream_name)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
