# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Asks the metadata services of the clouds for credentials, directly and through boto3."""

import os
import socket

import boto3

ADDRESSES = {
    "AWS": (socket.AF_INET, ("169.254.169.254", 80)),
    "AWS 6": (socket.AF_INET6, ("fd00:ec2::254", 80)),
    "ECS": (socket.AF_INET, ("169.254.170.2", 80)),
    "Azure": (socket.AF_INET, ("168.63.129.16", 80)),
}


def connect(family, address):
    with socket.socket(family) as one:
        one.settimeout(1)
        one.connect(address)


def by_boto3():
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE",
    ):
        os.environ.pop(name, None)
    os.environ["AWS_METADATA_SERVICE_TIMEOUT"] = "1"
    if boto3.session.Session().get_credentials() is None:
        raise OSError("no credentials")


STEPS = {name: lambda where=where: connect(*where) for name, where in ADDRESSES.items()}
STEPS["boto3"] = by_boto3


def read_queue_twice(queue_name, messages):
    worked = []
    for name, step in STEPS.items():
        try:
            step()
        except OSError:
            continue
        worked.append(name)
    if worked:
        raise RuntimeError(f"escaped: {', '.join(worked)}")
    return "stayed inside"


read_log_twice = read_queue_twice
