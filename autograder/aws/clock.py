"""Virtual time: the machine's clock and an offset that only grows."""

import threading
import time
from datetime import UTC, datetime

LONGEST_JUMP = 1e7
"""Seconds, a third of a year: more than any budget of virtual time, and no date that breaks."""


class AwsClock:
    """Seconds since the epoch, ahead of the machine's clock by as much as the student slept."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._lock = threading.Lock()

    @property
    def offset(self) -> float:
        """Seconds ahead of the machine's clock."""
        return self._offset

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time() + self._offset

    def today(self) -> datetime:
        """Return the time as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def follow(self, offset: float) -> None:
        """Move forward to at least this offset; absurd ones are ignored."""
        with self._lock:
            if 0 <= offset <= LONGEST_JUMP:
                self._offset = max(self._offset, offset)

    def advance(self, seconds: float) -> None:
        """Move forward."""
        with self._lock:
            self._offset += seconds

    def reset(self) -> None:
        """Go back to the machine's own time."""
        self._offset = 0.0
