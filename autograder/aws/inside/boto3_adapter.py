"""Makes boto3 ready in the sandbox, before the first call, so that children inherit it.

The sandbox's runner runs `preload` once and then forks for every call. A client has much to read,
to parse and to set up, the more so in a fork, where each page that is written to must be copied
first. What is kept here are results of pure functions of files that nobody in the sandbox can
write, and a client of each service that has not been used yet.

This file stands alone: the sandbox shows its folder and nothing else of the grader. It is the only
place that reaches into private parts of boto3 and botocore; each function says what breaks when
they change. The tests named are in `autograder/tests/aws/test_boto3_adapter.py`.
"""

import contextlib
import functools
import os
import re
import socket
import threading
from typing import Any, Protocol

CLOCK_HEADER = "X-Autograder-Clock"
"""Carries how far the sender's clock is ahead of the machine's, in seconds, with each request and
answer: the student's code and the simulated AWS have the same time."""

ALONE_HEADER = "X-Autograder-Alone"
"""Says that no other thread or process of this call can send a request: a long poll may end."""

FIRST_REQUESTS = {"kinesis": "list_streams", "sqs": "list_queues"}
"""The services whose clients are made ahead, and an operation of each without parameters."""
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
    b"Content-Length: 2\r\nConnection: close\r\n\r\n{}"
)
REQUEST_BYTES = 64 << 10
"""More than the one request has."""
CLIENTS_AHEAD = {"kinesis": 6, "sqs": 2}
"""Clients of each service that are made ahead: code that makes one in each function and calls one
function for each shard needs as many."""
LONG_POLL = re.compile(rb'"WaitTimeSeconds": ?[1-9]')
"""In a request whose answer may wait until the clock moves."""
NAMES_KEPT = 256
"""Parts of user agents: a request has about thirty, mostly the same."""


class SharedClock(Protocol):
    """The virtual clock of the runner and its children."""

    offset: float
    """Seconds ahead of the machine's clock."""

    def follow(self, offset: float) -> None:
        """Move forward to at least this offset."""

    def asking(self) -> contextlib.AbstractContextManager[None]:
        """Say that this thread waits for an answer, which comes although it does nothing."""


def preload(clock: SharedClock) -> None:
    """Import boto3, keep what never changes, and make and use a client of each service once."""
    _share_clock(clock)
    import boto3

    _keep_files()
    _keep_rules()
    _keep_names()
    _keep_aliases()
    kinesis = boto3.client("kinesis")
    kinesis.get_paginator("list_shards")
    kinesis.get_waiter("stream_exists")
    boto3.resource("sqs")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for service in FIRST_REQUESTS:
            _send_first_request(boto3, service, listener)
    _keep_clients(boto3)


def _share_clock(clock: SharedClock) -> None:
    """Let each request carry the clock, and the clock follow each answer.

    A request also says whether anybody else of this call could send one meanwhile.

    Private: `URLLib3Session.send`. If botocore sends by another way, the simulated AWS does not
    see that a student slept: `test_the_student_and_the_simulated_aws_have_the_same_time` tells.
    """
    from botocore.httpsession import URLLib3Session

    real_send = URLLib3Session.send
    runner = os.getpid()

    def send(session: Any, request: Any) -> Any:
        request.headers[CLOCK_HEADER] = repr(clock.offset)
        if _is_alone(runner):
            request.headers[ALONE_HEADER] = "1"
        waits = LONG_POLL.search(request.body) if isinstance(request.body, bytes) else None
        with contextlib.nullcontext() if waits else clock.asking():
            response = real_send(session, request)
        try:
            offset = float(response.headers.get(CLOCK_HEADER, "0"))
        except ValueError:
            return response
        clock.follow(offset)
        return response

    setattr(URLLib3Session, "send", send)  # noqa: B010 - a replacement, not a method


def _is_alone(runner: int) -> bool:
    """Tell whether this is the only thread, in the only process that the runner has forked."""
    if threading.active_count() > 1 or os.getppid() != runner:
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return False


def _send_first_request(boto3: Any, service: str, listener: socket.socket) -> None:
    """Send a request to a server that knows one answer: the first one imports and sets up much."""
    server = threading.Thread(target=_answer_once, args=(listener,))
    server.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    getattr(boto3.client(service, endpoint_url=address), FIRST_REQUESTS[service])()
    server.join()


def _answer_once(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(REQUEST_BYTES)
        connection.sendall(ANSWER)


def _keep_files() -> None:
    """Parse each of botocore's data files once, also for sessions that students make.

    Private: `JSONFileLoader.load_file`. If it is replaced, each session parses its files again:
    `test_clients_and_sessions_read_no_file_of_botocore_again` tells.
    """
    from botocore.loaders import JSONFileLoader

    read = JSONFileLoader.load_file
    contents: dict[str, Any] = {}

    def load_file(self: Any, file_path: str) -> Any:
        if file_path not in contents:
            contents[file_path] = read(self, file_path)
        return contents[file_path]

    setattr(JSONFileLoader, "load_file", load_file)  # noqa: B010 - a replacement, not a method


def _keep_rules() -> None:
    """Parse a service's rules for endpoints once: they are the largest part of a new client.

    Private: the name `RuleSet` in `botocore.endpoint_provider`, and that it is made of `rules`. If
    they change, each client parses its rules again: `test_clients_parse_no_rules_again` tells.
    """
    from botocore import endpoint_provider

    parse = endpoint_provider.RuleSet
    parsed: dict[int, tuple[Any, Any]] = {}

    def rule_set(**parts: Any) -> Any:
        rules = parts["rules"]  # kept with what was made of it, so that its id stays its own
        if id(rules) not in parsed:
            parsed[id(rules)] = (rules, parse(**parts))
        return parsed[id(rules)][1]

    vars(endpoint_provider).update(RuleSet=rule_set)


def _keep_names() -> None:
    """Clean each part of the user agent once, not thirty times with every request.

    Private: the function's name. If it changes, requests take longer, and
    `test_user_agents_are_sanitized_once` tells.
    """
    from botocore import useragent

    clean = useragent.sanitize_user_agent_string_component
    cleaned = functools.lru_cache(maxsize=NAMES_KEPT)(clean)
    vars(useragent).update(sanitize_user_agent_string_component=cleaned)


def _keep_aliases() -> None:
    """Let all clients know the aliases of events that one of them has worked out.

    Each client copies the session's emitter, and would compare each name of an event with a hundred
    aliases again: a request has thirteen.

    Private: `EventAliaser.__copy__`, and that names are kept in `_alias_name_cache`. If they
    change, requests take longer, and `test_clients_share_the_aliases_of_events` tells.
    """
    from botocore.hooks import EventAliaser

    copy = EventAliaser.__copy__

    def copy_with_names(self: Any) -> Any:
        copied = copy(self)
        copied._alias_name_cache = self._alias_name_cache
        return copied

    setattr(EventAliaser, "__copy__", copy_with_names)  # noqa: B010 - a replacement, not a method


def _keep_clients(boto3: Any) -> None:
    """Make clients of each service; the first `boto3.client(service)` of a call return them.

    They are as new as any: no request has used them. Code that has changed what clients are made
    from (the environment, the default session, its event handlers) gets another client.

    Private: `events._emitter._lookup_cache`, which botocore replaces when a handler is added. If it
    does not any more, a student's handler is not called: the case "an event handler" of
    `test_other_options_give_a_new_client` tells.
    """
    session = boto3.DEFAULT_SESSION
    make = boto3.Session.client
    ready = {
        service: [make(session, service) for _ in range(count)]
        for service, count in CLIENTS_AHEAD.items()
    }
    emitter = session.events._emitter
    environment, handlers = dict(os.environ), emitter._lookup_cache

    def client(self: Any, service_name: Any, *args: Any, **options: Any) -> Any:
        is_plain = (
            self is session
            and service_name in ready
            and not args
            and options.get("region_name") in (None, session.region_name)
            and all(value is None for name, value in options.items() if name != "region_name")
            and os.environ == environment
            and emitter._lookup_cache is handlers
        )
        if is_plain and ready[service_name]:
            return ready[service_name].pop()
        return make(self, service_name, *args, **options)

    setattr(boto3.Session, "client", client)  # noqa: B010 - a replacement, not a method
