# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""No waiters: loops, counters and a deadline, with pagination by ListShards and NextToken."""

import json
import sys
import time

import boto3

kinesis = boto3.client("kinesis")

POLL_EVERY = 2      # seconds
GIVE_UP_AFTER = 5 * 60


def get_status(stream_name):
    try:
        response = kinesis.describe_stream_summary(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        return "GONE"
    else:
        return response["StreamDescriptionSummary"]["StreamStatus"]


def poll_until(stream_name, status):
    started = time.perf_counter()
    spinner = 0
    while True:
        current = get_status(stream_name)
        if current == status:
            sys.stdout.write("\r" + " " * 60 + "\r")
            return
        waited = time.perf_counter() - started
        if waited > GIVE_UP_AFTER:
            raise TimeoutError("%s is %s after %.0f s" % (stream_name, current, waited))
        sys.stdout.write("\r%s %s is %s (%.0f s)" % ("|/-\\"[spinner % 4], stream_name, current, waited))
        sys.stdout.flush()
        spinner += 1
        time.sleep(POLL_EVERY)


def create_multi_shard_stream(stream_name, shard_count):
    if get_status(stream_name) == "DELETING":
        poll_until(stream_name, "GONE")
    if get_status(stream_name) == "GONE":
        try:
            kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
        except kinesis.exceptions.ResourceInUseException:
            pass  # somebody was faster
    poll_until(stream_name, "ACTIVE")


def get_shard_info(stream_name):
    all_shards = []
    next_token = None
    while True:
        if next_token is None:
            response = kinesis.list_shards(StreamName=stream_name, MaxResults=50)
        else:
            response = kinesis.list_shards(NextToken=next_token, MaxResults=50)
        for shard in response["Shards"]:
            all_shards.append(shard)
        if "NextToken" in response and response["NextToken"]:
            next_token = response["NextToken"]
        else:
            break
    return all_shards


def send_events_to_shards(stream_name, num_events=30):
    users = ["alice", "bob", "charlie", "diana", "eve"]
    actions = ["login", "view_page", "click", "logout"]
    user_to_shard = dict()
    i = 0
    failures = 0
    while i < num_events:
        user = users[i % len(users)]
        t = time.time()
        event = dict()
        event["eventId"] = i
        event["userId"] = user
        event["action"] = actions[i % len(actions)]
        event["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t)) + ".%06dZ" % (t % 1 * 1000000)
        try:
            response = kinesis.put_record(StreamName=stream_name, Data=json.dumps(event), PartitionKey=user)
        except kinesis.exceptions.ProvisionedThroughputExceededException as e:
            failures += 1
            if failures >= 20:
                raise
            time.sleep(failures * 0.25)
            continue
        failures = 0
        user_to_shard[user] = response["ShardId"]
        i += 1
    return user_to_shard


def delete_stream(stream_name):
    if get_status(stream_name) == "GONE":
        return
    if get_status(stream_name) != "DELETING":
        kinesis.delete_stream(StreamName=stream_name)
    poll_until(stream_name, "GONE")


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
