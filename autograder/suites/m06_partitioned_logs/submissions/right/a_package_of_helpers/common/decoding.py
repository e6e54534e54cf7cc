import json


def as_pair(record):
    return record["SequenceNumber"], json.loads(record["Data"])


def as_text(record):
    return record["Data"].decode("utf-8")
