# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""The second program of a beginner: global variables, counters, flags and while loops."""

from boto3 import *
from time import *
from json import *
import datetime

k = client("kinesis")
counter = 0
result = {}
error_count = 0
DEBUG = False


def create_multi_shard_stream(stream_name, shard_count):
    global k
    exists = False
    try:
        k.describe_stream(StreamName = stream_name)
        exists = True
    except:
        exists = False
    if exists == False:
        k.create_stream(StreamName = stream_name, ShardCount = shard_count)
    ready = False
    while ready == False:
        answer = k.describe_stream(StreamName = stream_name)
        if answer["StreamDescription"]["StreamStatus"] == "ACTIVE":
            ready = True
        else:
            sleep(1)


def get_shard_info(stream_name):
    all_shards = []
    answer = k.describe_stream(StreamName = stream_name)
    i = 0
    while i < len(answer["StreamDescription"]["Shards"]):
        all_shards.append(answer["StreamDescription"]["Shards"][i])
        i = i + 1
    while answer["StreamDescription"]["HasMoreShards"] == True:
        last = all_shards[len(all_shards) - 1]["ShardId"]
        answer = k.describe_stream(StreamName = stream_name, ExclusiveStartShardId = last)
        i = 0
        while i < len(answer["StreamDescription"]["Shards"]):
            all_shards.append(answer["StreamDescription"]["Shards"][i])
            i = i + 1
    return all_shards


def send_events_to_shards(stream_name, num_events = 30):
    global counter, result, error_count
    counter = 0
    result = {}
    error_count = 0
    user_number = 0
    action_number = 0
    while counter < num_events:
        if user_number == 0:
            user = "alice"
        elif user_number == 1:
            user = "bob"
        elif user_number == 2:
            user = "charlie"
        elif user_number == 3:
            user = "diana"
        else:
            user = "eve"
        if action_number == 0:
            action = "login"
        elif action_number == 1:
            action = "view_page"
        elif action_number == 2:
            action = "click"
        else:
            action = "logout"
        time_string = str(datetime.datetime.utcnow()).replace(" ", "T") + "Z"
        text = (
            '{"eventId": '
            + str(counter)
            + ', "userId": "'
            + user
            + '", "action": "'
            + action
            + '", "timestamp": "'
            + time_string
            + '"}'
        )
        if DEBUG:
            print(text)
        try:
            answer = k.put_record(StreamName = stream_name, Data = text, PartitionKey = user)
            result[user] = answer["ShardId"]
            counter += 1
            user_number += 1
            if user_number > 4:
                user_number = 0
            action_number += 1
            if action_number > 3:
                action_number = 0
            error_count = 0
        except k.exceptions.ProvisionedThroughputExceededException:
            error_count += 1
            if error_count > 15:
                raise
            print("error number " + str(error_count))
            sleep(1)
    return result


def delete_stream(stream_name):
    found = True
    try:
        k.delete_stream(StreamName = stream_name)
    except k.exceptions.ResourceNotFoundException:
        found = False
    while found == True:
        try:
            k.describe_stream(StreamName = stream_name)
            sleep(1)
        except k.exceptions.ResourceNotFoundException:
            found = False


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    send_events_to_shards("iot-sensor-data")
    print(result)
