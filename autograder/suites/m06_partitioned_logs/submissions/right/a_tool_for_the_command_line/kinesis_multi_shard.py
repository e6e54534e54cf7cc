# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Usable from the command line: argparse with subcommands, environment variables, exit codes."""

import argparse
import json
import os
import pprint
import signal
import sys
import textwrap
import time
from datetime import datetime, timezone
from pathlib import Path

import boto3
import botocore.exceptions

HERE = Path(__file__).resolve().parent
CONFIG_FILE = HERE / "module6.ini"
VERBOSE = os.environ.get("MODULE6_VERBOSE", "") not in ("", "0")
DEFAULTS = argparse.Namespace(stream="iot-sensor-data", shards=4, events=30)


def info(*things):
    if VERBOSE or sys.stdout.isatty():
        print(*things)


def kinesis():
    options = {}
    if "AWS_ENDPOINT_URL" in os.environ:
        options["endpoint_url"] = os.environ["AWS_ENDPOINT_URL"]
    return boto3.client("kinesis", os.environ.get("AWS_DEFAULT_REGION", "us-east-1"), **options)


def create_multi_shard_stream(stream_name, shard_count):
    client = kinesis()
    try:
        client.create_stream(StreamName=stream_name, ShardCount=shard_count)
        info("creating", stream_name)
    except client.exceptions.ResourceInUseException:
        info(stream_name, "exists")
    client.get_waiter("stream_exists").wait(StreamName=stream_name)


def get_shard_info(stream_name):
    client = kinesis()
    shards, token = [], None
    while True:
        where = {"NextToken": token} if token else {"StreamName": stream_name}
        page = client.list_shards(**where)
        shards += page["Shards"]
        token = page.get("NextToken")
        if token is None:
            break
    info(pprint.pformat(shards))
    return shards


def send_events_to_shards(stream_name, num_events=30):
    client = kinesis()
    users = ["alice", "bob", "charlie", "diana", "eve"]
    actions = ["login", "view_page", "click", "logout"]
    result = {}
    for number in range(num_events):
        event = {
            "eventId": number,
            "userId": users[number % 5],
            "action": actions[number % 4],
            "timestamp": datetime.fromtimestamp(time.time(), timezone.utc)
            .replace(tzinfo=None)
            .isoformat()
            + "Z",
        }
        for attempt in range(1, 100):
            try:
                answer = client.put_record(
                    StreamName=stream_name,
                    Data=json.dumps(event),
                    PartitionKey=event["userId"],
                )
                break
            except client.exceptions.ProvisionedThroughputExceededException:
                if attempt > 30:
                    raise
                time.sleep(0.2 * attempt)
        result[event["userId"]] = answer["ShardId"]
    return result


def delete_stream(stream_name):
    client = kinesis()
    try:
        client.delete_stream(StreamName=stream_name)
    except client.exceptions.ResourceNotFoundException:
        info("there is no", stream_name)
        return
    client.get_waiter("stream_not_exists").wait(StreamName=stream_name)


def positive(text):
    number = int(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog=Path(sys.argv[0]).name,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=textwrap.dedent(
            """\
            Work with a stream.

              create    make it
              send      write events
              delete    remove it
            """
        ),
    )
    parser.add_argument("--stream", default=DEFAULTS.stream)
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create")
    create.add_argument("--shards", type=positive, default=DEFAULTS.shards)
    send = commands.add_parser("send")
    send.add_argument("--events", type=int, default=DEFAULTS.events)
    commands.add_parser("delete")
    return parser.parse_args(arguments)


def main(arguments=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        if options.command == "create":
            create_multi_shard_stream(options.stream, options.shards)
            get_shard_info(options.stream)
        elif options.command == "send":
            json.dump(send_events_to_shards(options.stream, options.events), sys.stdout, indent=2)
        else:
            delete_stream(options.stream)
    except botocore.exceptions.ClientError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
