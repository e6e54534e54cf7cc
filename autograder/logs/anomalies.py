"""Compares a log with what it should hold, in the exact words of `Anomaly`.

Records are compared by an identity of the caller's choice: texts, numbers, or any other value that
can be hashed. `str` of it is what students read.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

from autograder.grading.grade import Anomaly, Witnesses
from autograder.text import counted

RecordId = TypeVar("RecordId", bound=Hashable)

SHOWN_WITNESSES = 5
"""Records named for each anomaly: enough to see a pattern."""


def witnesses_of(anomaly: Anomaly, records: Sequence[Hashable]) -> tuple[Witnesses, ...]:
    """Return the witnesses of one anomaly: an empty tuple if there are no such records.

    >>> witnesses_of(Anomaly.LOST, ["event 3", "event 4"])
    (Witnesses(anomaly=<Anomaly.LOST: 'lost'>, records=('event 3', 'event 4'), total=2),)
    """
    if not records:
        return ()
    named = tuple(str(record) for record in records[:SHOWN_WITNESSES])
    return (Witnesses(anomaly=anomaly, records=named, total=len(records)),)


def compare_logs(
    expected: Sequence[RecordId],
    found: Sequence[RecordId],
    *,
    absent: Anomaly = Anomaly.LOST,
    surplus: Anomaly = Anomaly.OVERREAD,
) -> tuple[Witnesses, ...]:
    """Return how the records that were found deviate from those that were expected.

    >>> [(found.anomaly.value, found.records) for found in compare_logs("abc", "acc")]
    [('lost', ('b',)), ('duplicated', ('c',))]

    Args:
        expected: The records in the order they should have.
        found: The records as they are.
        absent: The word for an expected record that was not found (`lost` or `unread`).
        surplus: The word for a found record that was not expected.

    Returns:
        At most one entry for each kind of anomaly; empty when both are the same.
    """
    deviations = deviating(expected, found, absent=absent, surplus=surplus)
    return tuple(
        witness
        for anomaly, records in deviations.items()
        for witness in witnesses_of(anomaly, records)
    )


def deviating(
    expected: Sequence[RecordId],
    found: Sequence[RecordId],
    *,
    absent: Anomaly = Anomaly.LOST,
    surplus: Anomaly = Anomaly.OVERREAD,
) -> dict[Anomaly, list[RecordId]]:
    """Return all records that `compare_logs` finds, by what is wrong with them.

    Of equal records, each counts that is absent or not expected.

    >>> found = deviating("abbc", "acxxc")
    >>> found[Anomaly.LOST], found[Anomaly.OVERREAD]
    (['b', 'b'], ['x', 'x'])
    """
    wanted, have = Counter(expected), Counter(found)
    return {
        absent: list((wanted - have).elements()),
        Anomaly.DUPLICATED: [
            record for record in dict.fromkeys(found) if 0 < wanted[record] < have[record]
        ],
        Anomaly.REORDERED: _out_of_order(expected, found),
        surplus: [record for record in found if not wanted[record]],
    }


def in_words(witnesses: Sequence[Witnesses], noun: str = "record") -> str:
    """Return what is wrong with how many records.

    >>> in_words(compare_logs(["a", "b", "c"], ["a", "c", "c"]))
    '1 lost, 1 record more than once'

    Args:
        witnesses: What `compare_logs` returned.
        noun: What a record is called, such as `message`.
    """
    return ", ".join(_in_words(witness, noun) for witness in witnesses)


def _in_words(witness: Witnesses, noun: str) -> str:
    if witness.anomaly is not Anomaly.DUPLICATED:
        return f"{witness.total} {witness.anomaly.value}"
    # The same record may be there three times, so this is not how many there are too many.
    different = noun if witness.total == 1 else f"different {noun}"
    return f"{counted(witness.total, different)} more than once"


def how_many(
    found: int, expected: int, witnesses: Sequence[Witnesses], noun: str = "record"
) -> str:
    """Return how many records were found, and how many were expected: `5 of 8 records`.

    If records that were not expected are among them, it is `5 records instead of 8`: the other
    words would read as if 5 of the expected records had been found.

    >>> how_many(2, 3, compare_logs(["a", "b", "c"], ["a", "b"]))
    '2 of 3 records'
    >>> how_many(2, 3, compare_logs(["a", "b", "c"], ["a", "x"]))
    '2 records instead of 3'

    Args:
        found: How many were found.
        expected: How many should have been found.
        witnesses: What `compare_logs` returned.
        noun: What a record is called, such as `message`.
    """
    anomalies = {witness.anomaly for witness in witnesses}
    if anomalies.isdisjoint({Anomaly.DUPLICATED, Anomaly.OVERREAD}):
        return f"{found} of {counted(expected, noun)}"
    if found == expected:
        return (
            f"{counted(found, noun)}, but not the {'one' if expected == 1 else expected} expected"
        )
    return f"{counted(found, noun)} instead of {expected}"


def _out_of_order(expected: Sequence[RecordId], found: Sequence[RecordId]) -> list[RecordId]:
    """List the records that come after one that they should precede, first occurrences only."""
    position = {record: index for index, record in reversed(list(enumerate(expected)))}
    late: list[RecordId] = []
    furthest = -1
    for record in dict.fromkeys(found):
        if record not in position:
            continue
        if position[record] < furthest:
            late.append(record)
        furthest = max(furthest, position[record])
    return late
