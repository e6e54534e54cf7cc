"""Names a few of many, for a line that people read."""

from collections.abc import Sequence

MOST_NAMED = 3


def some_of(names: Sequence[str]) -> str:
    """List the first few names, and how many more there are.

    >>> some_of(["ada", "bob", "cyd", "dan"])
    'ada, bob, cyd and 1 more'
    """
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
