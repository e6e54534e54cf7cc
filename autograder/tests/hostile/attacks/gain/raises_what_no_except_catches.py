# /// attack
# outcomes = ["crashed"]
# says = "raised KeyboardInterrupt"
# ///
"""Raises KeyboardInterrupt, GeneratorExit and groups of them, which `except Exception` lets through."""

import asyncio


def read_queue_twice(queue_name, messages):
    raise KeyboardInterrupt


def read_log_twice(stream_name, messages):
    errors = [GeneratorExit(), asyncio.CancelledError(), SystemExit(0), StopIteration()]
    raise BaseExceptionGroup("passed", errors)
