"""Events for the checks to put into a shard."""

from typing import Any

DRIVERS = ("noor", "emil", "zoë")
ACTIONS = ("pick up", "drop off")


def some_events(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Make events with the four keys of W4 and a fifth one. Their ids count up from `first`."""
    return [
        {
            "eventId": number,
            "userId": DRIVERS[number % 3],
            "action": ACTIONS[number % 2],
            "timestamp": f"2026-04-05T06:{number % 60:02}:00Z",
            "stop": f"stop {number}",
        }
        for number in range(first, first + count)
    ]
