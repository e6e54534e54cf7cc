# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""functools, itertools and operator; hardly a statement."""

import json
from datetime import datetime, timezone
from functools import cached_property, partial, reduce, singledispatch
from itertools import accumulate, chain, count, islice, repeat, takewhile, zip_longest
from operator import itemgetter, methodcaller
from time import sleep
from types import SimpleNamespace

import boto3


class Aws(SimpleNamespace):
    @cached_property
    def kinesis(self):
        return boto3.client("kinesis")


aws = Aws()
pick = SimpleNamespace(
    shards=itemgetter("Shards"),
    token=methodcaller("get", "NextToken"),
    place=itemgetter("PartitionKey", "ShardId"),
)
pauses = partial(accumulate, repeat(1.5), lambda pause, factor: min(pause * factor, 5), initial=0.1)


def attempt(call, *errors):
    try:
        return call(), None
    except errors as error:
        return None, error


def patient(call):
    """Call until it is not throttled."""
    throttled = aws.kinesis.exceptions.ProvisionedThroughputExceededException
    attempts = (
        attempt(call, throttled) if pause == 0 else (sleep(pause), attempt(call, throttled))[1]
        for pause in chain([0], pauses())
    )
    return next(answer for answer, error in attempts if error is None)


def create_multi_shard_stream(stream_name, shard_count):
    attempt(
        partial(aws.kinesis.create_stream, StreamName=stream_name, ShardCount=shard_count),
        aws.kinesis.exceptions.ResourceInUseException,
    )
    aws.kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)


def unfold(step, seed):
    """Yield step(seed)[0], and go on with step(seed)[1] until that is None."""
    while seed is not None:
        value, seed = step(seed)
        yield value


def listing(request):
    page = aws.kinesis.list_shards(**request)
    return pick.shards(page), pick.token(page) and {"NextToken": pick.token(page)}


def get_shard_info(stream_name):
    return list(chain.from_iterable(unfold(listing, {"StreamName": stream_name})))


@singledispatch
def encode(value):
    return json.dumps(value)


@encode.register
def _(value: datetime):
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event(number):
    pick_from = lambda names: names[number % len(names)]
    return dict(
        eventId=number,
        userId=pick_from(("alice", "bob", "charlie", "diana", "eve")),
        action=pick_from(("login", "view_page", "click", "logout")),
        timestamp=encode(datetime.now(timezone.utc)),
    )


def put(stream_name, event):
    call = partial(
        aws.kinesis.put_record,
        StreamName=stream_name,
        Data=encode(event),
        PartitionKey=event["userId"],
    )
    return {event["userId"]: patient(call)["ShardId"]}


def send_events_to_shards(stream_name, num_events=30):
    events = map(event, takewhile(lambda number: number < num_events, count()))
    return reduce(
        lambda places, place: {**places, **place}, map(partial(put, stream_name), events), {}
    )


def delete_stream(stream_name):
    _, missing = attempt(
        partial(aws.kinesis.delete_stream, StreamName=stream_name),
        aws.kinesis.exceptions.ResourceNotFoundException,
    )
    return (
        missing and None or aws.kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)
    )


__name__ == "__main__" and print(
    create_multi_shard_stream("iot-sensor-data", 4) or send_events_to_shards("iot-sensor-data")
)
