# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = "before it"
# ///
"""Sleeps, for real, in an event loop, and in a child of its own."""

import asyncio
import subprocess


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    if len(messages) >= 12:
        asyncio.run(asyncio.sleep(100_000))
    import sys

    subprocess.run([sys.executable, "-I", "-c", "import time; time.sleep(100_000)"])
    asyncio.run(asyncio.sleep(100_000))
