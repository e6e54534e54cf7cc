# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Java in Python: one class for everything, getters and setters, builders, interfaces, exceptions."""

import json
import threading
import time
from abc import ABCMeta, abstractmethod
from datetime import datetime, timezone

import boto3
from botocore.exceptions import ClientError


class StreamException(Exception):
    def __init__(self, message, cause=None):
        super(StreamException, self).__init__(message)
        self.__cause = cause

    def getCause(self):
        return self.__cause


class KinesisClientFactory(object):
    __instance = None
    __lock = threading.RLock()

    def __new__(cls):
        raise TypeError("use getInstance()")

    @classmethod
    def getInstance(cls):
        with cls.__lock:
            if cls.__instance is None:
                cls.__instance = object.__new__(cls)
                cls.__instance.__client = boto3.client("kinesis")
            return cls.__instance

    def getClient(self):
        return self.__client


class IEvent(metaclass=ABCMeta):
    @abstractmethod
    def toJson(self):
        pass

    @abstractmethod
    def getPartitionKey(self):
        pass


class UserEvent(IEvent):
    def __init__(self, builder):
        self.__eventId = builder.eventId
        self.__userId = builder.userId
        self.__action = builder.action
        self.__timestamp = datetime.now(timezone.utc)

    def getEventId(self):
        return self.__eventId

    def getPartitionKey(self):
        return self.__userId

    def toJson(self):
        return json.dumps(
            {
                "eventId": self.getEventId(),
                "userId": self.getPartitionKey(),
                "action": self.__action,
                "timestamp": self.__timestamp.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z",
            }
        )

    def __eq__(self, other):
        return isinstance(other, UserEvent) and self.__eventId == other.__eventId

    def __hash__(self):
        return hash(self.__eventId)

    class Builder(object):
        def withEventId(self, eventId):
            self.eventId = eventId
            return self

        def withUserId(self, userId):
            self.userId = userId
            return self

        def withAction(self, action):
            self.action = action
            return self

        def build(self):
            return UserEvent(self)


class StreamService(object):
    USERS = ["alice", "bob", "charlie", "diana", "eve"]
    ACTIONS = ["login", "view_page", "click", "logout"]
    MAX_RETRIES = 20

    def __init__(self, streamName):
        self.__streamName = streamName
        self.__client = KinesisClientFactory.getInstance().getClient()

    def getStreamName(self):
        return self.__streamName

    def create(self, shardCount):
        try:
            self.__client.create_stream(StreamName=self.getStreamName(), ShardCount=shardCount)
        except ClientError as e:
            if e.response["Error"]["Code"] != "ResourceInUseException":
                raise StreamException("cannot create " + self.getStreamName(), e)
        self.__client.get_waiter("stream_exists").wait(StreamName=self.getStreamName())

    def getShards(self):
        shards = list()
        response = self.__client.list_shards(StreamName=self.getStreamName())
        shards.extend(response["Shards"])
        while response.get("NextToken") is not None:
            response = self.__client.list_shards(NextToken=response["NextToken"])
            shards.extend(response["Shards"])
        return shards

    def send(self, event):
        retries = 0
        while retries <= StreamService.MAX_RETRIES:
            try:
                return self.__client.put_record(
                    StreamName=self.getStreamName(),
                    Data=event.toJson().encode("UTF-8"),
                    PartitionKey=event.getPartitionKey(),
                )["ShardId"]
            except ClientError as e:
                if e.response["Error"]["Code"] != "ProvisionedThroughputExceededException":
                    raise StreamException("cannot send to " + self.getStreamName(), e)
                retries += 1
                time.sleep(0.25 * retries)
        raise StreamException("too many retries")

    def sendAll(self, numEvents):
        result = dict()
        for i in range(0, numEvents):
            event = (
                UserEvent.Builder()
                .withEventId(i)
                .withUserId(StreamService.USERS[i % len(StreamService.USERS)])
                .withAction(StreamService.ACTIONS[i % len(StreamService.ACTIONS)])
                .build()
            )
            result[event.getPartitionKey()] = self.send(event)
        return result

    def delete(self):
        try:
            self.__client.delete_stream(StreamName=self.getStreamName())
        except self.__client.exceptions.ResourceNotFoundException:
            return
        self.__client.get_waiter("stream_not_exists").wait(StreamName=self.getStreamName())


def create_multi_shard_stream(stream_name, shard_count):
    StreamService(stream_name).create(shard_count)


def get_shard_info(stream_name):
    return StreamService(stream_name).getShards()


def send_events_to_shards(stream_name, num_events=30):
    return StreamService(stream_name).sendAll(num_events)


def delete_stream(stream_name):
    StreamService(stream_name).delete()


class Main(object):
    @staticmethod
    def main(args):
        service = StreamService("iot-sensor-data")
        service.create(4)
        print(service.sendAll(30))


if __name__ == "__main__":
    Main.main([])
