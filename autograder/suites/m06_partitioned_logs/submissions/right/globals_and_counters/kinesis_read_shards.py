from boto3 import *
from json import *
from time import *

k = client("kinesis")
records = []
everything = {}
number_of_records = 0


def read_from_shard(stream_name, shard_id, max_records = 50):
    global records, number_of_records
    records = []
    number_of_records = 0
    answer = k.get_shard_iterator(
        StreamName = stream_name, ShardId = shard_id, ShardIteratorType = "TRIM_HORIZON"
    )
    read_loop(answer["ShardIterator"], max_records)
    return records


def read_loop(it, max_records):
    global records, number_of_records
    finished = False
    while finished == False and number_of_records < max_records:
        ok = True
        try:
            answer = k.get_records(ShardIterator = it, Limit = 1)
        except k.exceptions.ProvisionedThroughputExceededException:
            ok = False
            sleep(1)
        if ok == True:
            if len(answer["Records"]) == 1:
                seq = answer["Records"][0]["SequenceNumber"]
                event = loads(answer["Records"][0]["Data"])
                records.append([seq, event])
                number_of_records = number_of_records + 1
                print(str(number_of_records) + ". " + event["userId"] + " " + event["action"])
            elif answer["MillisBehindLatest"] == 0:
                finished = True
            if "NextShardIterator" in answer and answer["NextShardIterator"] != None:
                it = answer["NextShardIterator"]
            else:
                finished = True


def read_all_shards(stream_name):
    global everything
    everything = {}
    start = ""
    more = True
    while more == True:
        if start == "":
            answer = k.describe_stream(StreamName = stream_name)
        else:
            answer = k.describe_stream(StreamName = stream_name, ExclusiveStartShardId = start)
        for shard in answer["StreamDescription"]["Shards"]:
            start = shard["ShardId"]
            everything[start] = read_from_shard(stream_name, start)
        more = answer["StreamDescription"]["HasMoreShards"]
    return everything


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records = 10):
    global records, number_of_records
    records = []
    number_of_records = 0
    answer = k.get_shard_iterator(
        StreamName = stream_name,
        ShardId = shard_id,
        ShardIteratorType = "AT_SEQUENCE_NUMBER",
        StartingSequenceNumber = starting_sequence_number,
    )
    read_loop(answer["ShardIterator"], max_records)
    return records
