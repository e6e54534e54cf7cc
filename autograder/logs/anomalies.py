"""Compare a log with what should stand in it, in the exact words of `Anomaly`."""

from collections import Counter
from collections.abc import Sequence

from autograder.grading.grade import Anomaly, Witnesses
from autograder.text import counted

SHOWN_WITNESSES = 5


def witnesses_of(anomaly: Anomaly, records: Sequence[str]) -> tuple[Witnesses, ...]:
    """Make the witnesses of one anomaly: none where there are no such records."""
    if not records:
        return ()
    return (
        Witnesses(anomaly=anomaly, records=tuple(records[:SHOWN_WITNESSES]), total=len(records)),
    )


def compare_logs(
    expected: Sequence[str],
    found: Sequence[str],
    *,
    absent: Anomaly = Anomaly.LOST,
    surplus: Anomaly = Anomaly.OVERREAD,
) -> tuple[Witnesses, ...]:
    """Find what sets two sequences of record ids apart.

    Args:
        expected: The ids in the order they should have.
        found: The ids as they are.
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
    expected: Sequence[str],
    found: Sequence[str],
    *,
    absent: Anomaly = Anomaly.LOST,
    surplus: Anomaly = Anomaly.OVERREAD,
) -> dict[Anomaly, list[str]]:
    """Find all records that `compare_logs` finds, by what is wrong with them."""
    wanted, have = Counter(expected), Counter(found)
    return {
        absent: [record for record in dict.fromkeys(expected) if have[record] < wanted[record]],
        Anomaly.DUPLICATED: [
            record for record in dict.fromkeys(found) if 0 < wanted[record] < have[record]
        ],
        Anomaly.REORDERED: _out_of_order(expected, found),
        surplus: [record for record in dict.fromkeys(found) if not wanted[record]],
    }


def in_words(witnesses: Sequence[Witnesses], noun: str = "record") -> str:
    """Say what is wrong with how many records: `2 unread, 3 different records more than once`."""
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
    """Say how many records there are, beside how many there should be.

    Only where all of them are expected ones, it is `5 of 8 records`: else that reads as if 5 of the
    expected ones were there.
    """
    anomalies = {witness.anomaly for witness in witnesses}
    if anomalies.isdisjoint({Anomaly.DUPLICATED, Anomaly.OVERREAD}):
        return f"{found} of {counted(expected, noun)}"
    if found == expected:
        return (
            f"{counted(found, noun)}, but not the {'one' if expected == 1 else expected} expected"
        )
    return f"{counted(found, noun)} instead of {expected}"


def _out_of_order(expected: Sequence[str], found: Sequence[str]) -> list[str]:
    """List the records that stand behind one they should precede, first occurrences only."""
    position = {record: index for index, record in reversed(list(enumerate(expected)))}
    late: list[str] = []
    furthest = -1
    for record in dict.fromkeys(found):
        if record not in position:
            continue
        if position[record] < furthest:
            late.append(record)
        furthest = max(furthest, position[record])
    return late
