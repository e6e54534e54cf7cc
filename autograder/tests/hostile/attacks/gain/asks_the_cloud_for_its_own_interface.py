# /// attack
# outcomes = ["wrong"]
# says = "returned 'no such page'"
# ///
"""Calls the interface by which moto is reset, seeded, read and set up, and hopes that it is open."""

import http.client
import os

PAGES = [
    "moto-api/reset",
    "moto-api/reset-auth",
    "moto-api/data.json",
    "moto-api/seed?a=1",
    "moto-api/config",
    "moto-api/recorder/start-recording",
    "moto-api/state-manager/set-transition",
    "moto-api/",
    "_localstack/health",
    "console",
    "?__debugger__=yes&cmd=resource&f=debugger.js",
    "../../etc/passwd",
    "%2e%2e/etc/passwd",
]


def read_queue_twice(queue_name, messages):
    host = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")
    for page in PAGES:
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
            connection = http.client.HTTPConnection(host, timeout=1)
            connection.request(
                method, f"/{page}", b"{}", {"X-Forwarded-Host": "motoapi.amazonaws.com"}
            )
            answer = connection.getresponse()
            body = answer.read()
            if answer.status < 400:
                raise RuntimeError(f"{method} {page}: {answer.status} {body[:100]}")
            connection.close()
    return "no such page"


read_log_twice = read_queue_twice
