"""Warms boto3 before the first call, so that children inherit what each would do anew.

A client has much to read, to parse and to set up, the more so in a fork, where each page that is
written to must be copied first. What is kept here are results of pure functions of files that
nobody in the sandbox can write, and a client of each service that has not been used yet.
"""

import functools
import gc
import os
import socket
import threading
from typing import Any

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
    b"Content-Length: 2\r\nConnection: close\r\n\r\n{}"
)
REQUEST_BYTES = 64 << 10
SERVICES = ("kinesis", "sqs")


def warm() -> None:
    """Import boto3, keep what never changes, and have a client make a request once."""
    gc.disable()  # what is imported stays
    import boto3

    _keep_files()
    _keep_rules()
    _keep_names()
    kinesis = boto3.client("kinesis")
    kinesis.get_paginator("list_shards")
    kinesis.get_waiter("stream_exists")
    boto3.resource("sqs")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for service in SERVICES:
            _ask_once(boto3, service, listener)
    _keep_clients(boto3)
    # Else a child's collector would write to each object that it inherits.
    gc.freeze()
    gc.enable()


def _ask_once(boto3: Any, service: str, listener: socket.socket) -> None:
    """Make a request of a server that knows one answer."""
    server = threading.Thread(target=_answer_one, args=(listener,))
    server.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client = boto3.client(service, endpoint_url=address)
    (client.list_streams if service == "kinesis" else client.list_queues)()
    server.join()


def _answer_one(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(REQUEST_BYTES)
        connection.sendall(ANSWER)


def _keep_files() -> None:
    """Parse each of botocore's data files once, also where students make sessions of their own."""
    from botocore.loaders import JSONFileLoader

    read = JSONFileLoader.load_file
    kept: dict[str, Any] = {}

    def load_file(self: Any, file_path: str) -> Any:
        if file_path not in kept:
            kept[file_path] = read(self, file_path)
        return kept[file_path]

    setattr(JSONFileLoader, "load_file", load_file)  # noqa: B010 - a replacement, not a method


def _keep_rules() -> None:
    """Parse a service's rules for endpoints once: they are the largest part of a new client."""
    from botocore import endpoint_provider

    parse = endpoint_provider.RuleSet
    kept: dict[int, tuple[Any, Any]] = {}

    def rule_set(**parts: Any) -> Any:
        rules = parts["rules"]  # kept with what was made of it, so that its id stays its own
        if id(rules) not in kept:
            kept[id(rules)] = (rules, parse(**parts))
        return kept[id(rules)][1]

    vars(endpoint_provider).update(RuleSet=rule_set)


def _keep_names() -> None:
    """Clean each part of the user agent once, not thirty times with every request."""
    from botocore import useragent

    clean = useragent.sanitize_user_agent_string_component
    kept = functools.lru_cache(maxsize=256)(clean)
    vars(useragent).update(sanitize_user_agent_string_component=kept)


def _keep_clients(boto3: Any) -> None:
    """Make a client of each service, for whoever in a call first asks for one in the plain way.

    It is what would be made then: nothing has been asked of it, and who has changed what clients
    are made from (the environment, the default session, its event handlers) gets a new one.
    """
    session = boto3.DEFAULT_SESSION
    make = boto3.Session.client
    ready = {service: make(session, service) for service in SERVICES}
    emitter = session.events._emitter
    environment, handlers = dict(os.environ), emitter._lookup_cache  # replaced when one is added

    def client(self: Any, service_name: Any, *args: Any, **options: Any) -> Any:
        is_plain = (
            self is session
            and service_name in SERVICES
            and not args
            and options.get("region_name") in (None, session.region_name)
            and all(value is None for name, value in options.items() if name != "region_name")
            and os.environ == environment
            and emitter._lookup_cache is handlers
        )
        kept = ready.pop(service_name, None) if is_plain else None
        return kept or make(self, service_name, *args, **options)

    setattr(boto3.Session, "client", client)  # noqa: B010 - a replacement, not a method
