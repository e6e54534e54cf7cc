"""Checks of the tests that write: say what is wrong with the events in the log."""

from collections import Counter
from collections.abc import Sequence

from autograder.testing import (
    Anomaly,
    LogPicture,
    Seen,
    Witnesses,
    compare_logs,
    counted,
    plural,
    wrong,
)

from .events import (
    RecordId,
    SentEvent,
    decoded,
    events_in,
    number_of,
    user_of,
)
from .pictures import picture_of_sending


def expect_sent(
    seen: Seen, stream: str, num_events: int, hint: str, *, in_order: bool = False
) -> None:
    """Check that each event is in the log once, and each user's in order if that is asked.

    That a first or a last event was never sent is not judged here but by the tests of W4.
    """
    found = events_in(seen, stream, num_events)
    numbers = Counter(event.number for event in found if event.number is not None)
    if found and not numbers:
        wrong(
            "No event in the log has a number.",
            expected="events with an eventId, which shows their order",
            hint="Give each event the keys that W4 names.",
        )
    # Counted from 1 is the business of W4, like one event too many.
    first = 1 if numbers[num_events] and not numbers[0] else 0
    last = first + num_events - 1
    ends = {number for number in (first, last) if not numbers[number]}
    tolerated = ends - _attempted(seen, stream) if len(ends) == 1 else set()
    right = [RecordId(number) for number in range(first, last + 1) if number not in tolerated]
    witnesses = [
        deviation
        for deviation in compare_logs(right, [event.id for event in found])
        if deviation.anomaly in (Anomaly.LOST, Anomaly.DUPLICATED)
    ]
    log = picture_of_sending(seen, stream, found, right)
    if witnesses:
        wrong(
            f"{_what_is_wrong(witnesses, num_events)} {refusals(seen, stream)}".strip(),
            expected="each event in the log exactly once",
            hint=hint,
            witnesses=witnesses,
            attachment=log,
        )
    if in_order:
        _expect_order(seen, stream, found, hint, log)


def _expect_order(
    seen: Seen, stream: str, found: Sequence[SentEvent], hint: str, log: LogPicture
) -> None:
    # An event that is sent again under another user's name is still that user's event.
    cycle = [event.user == user_of(event) for event in found]
    is_cycle = 2 * sum(cycle) > len(cycle)
    by_user: dict[str, list[SentEvent]] = {}
    for event in sorted(found, key=lambda event: int(event.record.sequence_number)):
        by_user.setdefault(user_of(event) if is_cycle else event.user, []).append(event)
    for user, own in by_user.items():
        ordered = sorted(own, key=lambda event: -1 if event.number is None else event.number)
        moved = compare_logs([event.id for event in ordered], [event.id for event in own])
        if moved:
            wrong(
                f"{moved[0].total} of {user}'s {counted(len(own), 'event')} "
                f"{plural(moved[0].total, 'is', 'are')} out of order. "
                f"{refusals(seen, stream)}".strip(),
                expected=f"the events of {user} in the order of eventId",
                hint=hint,
                witnesses=moved,
                attachment=log,
            )


def _what_is_wrong(witnesses: Sequence[Witnesses], num_events: int) -> str:
    """Say how many events are lost, and how many are there more than once."""
    states = {Anomaly.LOST: "lost", Anomaly.DUPLICATED: "in the log more than once"}
    return " ".join(
        f"{witness.total} of {counted(num_events, 'event')} {plural(witness.total, 'is', 'are')} "
        f"{states[witness.anomaly]}."
        for witness in witnesses
    )


def _attempted(seen: Seen, stream: str) -> set[int]:
    """Return which events the simulated AWS was asked to take, whether it took them or not."""
    numbers = {
        number_of(decoded(data))
        for call in seen.calls("PutRecord", "PutRecords", on=stream)
        for data in call.sent
    }
    return {number for number in numbers if number is not None}


def refusals(seen: Seen, stream: str) -> str:
    """Say which calls Kinesis refused, in whole or in part."""
    puts = seen.calls("PutRecord", "PutRecords", on=stream)
    refused = [call.operation for call in puts if call.error is not None]
    partly = sum(call.failed_records > 0 for call in puts)
    sentences = [
        f"Kinesis refused {counted(count, f'{operation} call')}."
        for operation, count in Counter(refused).items()
    ]
    if partly:
        sentences.append(f"Kinesis rejected some records of {counted(partly, 'PutRecords call')}.")
    return " ".join(sentences)
