# /// attack
# outcomes = ["wrong"]
# says = "returned 'nobody left'"
# ///
"""Leaves processes behind that go on asking the cloud after the call, and others find what they did."""

import json
import os
import signal
import socket
import threading

import boto3


def request(operation, parameters):
    body = json.dumps(parameters)
    return (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: AmazonSQS.{operation}\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def haunt():
    host, port = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://").split(":")
    while True:
        try:
            with socket.create_connection((host, int(port)), timeout=1) as connection:
                connection.sendall(request("CreateQueue", {"QueueName": "ghost"}) * 20)
                connection.recv(100)
        except OSError:
            pass


def read_queue_twice(queue_name, messages):
    urls = boto3.client("sqs").list_queues().get("QueueUrls", [])
    if any(url.endswith("ghost") for url in urls) and not queue_name.endswith(("-queue", "-log")):
        raise RuntimeError(f"somebody is left: {urls}")
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_IGN)
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 16)
                haunt()
            os._exit(0)
    threading.Thread(target=haunt, daemon=True).start()
    return "nobody left"


read_log_twice = read_queue_twice
