# /// attack
# outcomes = ["crashed"]
# says = "raised"
# ///
"""Raises AWS errors whose codes and texts are made up, so that the hint is too."""

from botocore.exceptions import ClientError

EVIL = "\x1b[31m::error::@everyone<script>"


def read_queue_twice(queue_name, messages):
    raise ClientError({"Error": {"Code": EVIL * 1000, "Message": EVIL * 1000}}, EVIL)


def read_log_twice(stream_name, messages):
    error = ClientError({"Error": {"Code": "LimitExceededException", "Message": EVIL}}, "PutRecord")
    error.response = {"Error": {"Code": {"a": EVIL}}}
    raise error
