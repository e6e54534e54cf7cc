"""Measures processor time in tests, on machines that may be busy."""

import time
from collections.abc import Callable


def processor_seconds(call: Callable[[], object]) -> float:
    """Return the least processor time of three calls: other work on the machine adds to it."""

    def measured() -> float:
        before = time.process_time()
        call()
        return time.process_time() - before

    return min(measured() for _ in range(3))
