# /// attack
# outcomes = ["refused"]
# says = "its name hides boto3's module `boto3`"
# ///
"""Brings a boto3.py of its own, to be imported in the place of the real one."""

import boto3


def read_queue_twice(queue_name, messages):
    return boto3.answer(messages, [])


def read_log_twice(stream_name, messages):
    return boto3.answer(messages, messages)
