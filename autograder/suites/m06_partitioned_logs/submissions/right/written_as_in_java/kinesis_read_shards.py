import json
import time

from kinesis_multi_shard import KinesisClientFactory, StreamService


class ShardIterator(object):
    def __init__(self, streamName, shardId, startingSequenceNumber=None):
        self.__client = KinesisClientFactory.getInstance().getClient()
        parameters = {"StreamName": streamName, "ShardId": shardId}
        if startingSequenceNumber is None:
            parameters["ShardIteratorType"] = "TRIM_HORIZON"
        else:
            parameters["ShardIteratorType"] = "AT_SEQUENCE_NUMBER"
            parameters["StartingSequenceNumber"] = startingSequenceNumber
        self.__next = self.__client.get_shard_iterator(**parameters)["ShardIterator"]
        self.__buffer = []

    def hasNext(self):
        while len(self.__buffer) == 0 and self.__next is not None:
            self.__fill()
        return len(self.__buffer) > 0

    def next(self):
        if not self.hasNext():
            raise IndexError("NoSuchElementException")
        return self.__buffer.pop(0)

    def __fill(self):
        try:
            response = self.__client.get_records(ShardIterator=self.__next, Limit=1000)
        except self.__client.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            return
        self.__buffer.extend(response["Records"])
        self.__next = response.get("NextShardIterator")
        if len(response["Records"]) == 0 and response["MillisBehindLatest"] == 0:
            self.__next = None


class ReaderService(object):
    @staticmethod
    def collect(iterator, maxRecords):
        result = list()
        while len(result) < maxRecords and iterator.hasNext():
            record = iterator.next()
            result.append((record["SequenceNumber"], json.loads(record["Data"].decode("UTF-8"))))
        return result


def read_from_shard(stream_name, shard_id, max_records=50):
    return ReaderService.collect(ShardIterator(stream_name, shard_id), max_records)


def read_all_shards(stream_name):
    result = dict()
    for shard in StreamService(stream_name).getShards():
        result[shard["ShardId"]] = read_from_shard(stream_name, shard["ShardId"])
    return result


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    iterator = ShardIterator(stream_name, shard_id, starting_sequence_number)
    return ReaderService.collect(iterator, max_records)
