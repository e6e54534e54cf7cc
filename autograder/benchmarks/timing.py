"""Repeats what is measured, and tells its median and spread."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Seconds that something took, several times."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        lowest, highest = min(self.seconds), max(self.seconds)
        return f"{self.median:7.2f} s  ({lowest:.2f} to {highest:.2f}, n={len(self.seconds)})"


def timed(action: Callable[[], object], repeats: int) -> Spread:
    """Call a function several times, and return the seconds that each call takes."""
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begin)
    return Spread(tuple(seconds))
