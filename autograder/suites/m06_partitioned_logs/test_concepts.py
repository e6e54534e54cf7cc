"""Hidden tests of the written part: closed answers are judged, open ones left to a person."""

import pytest

from autograder.testing import shown, wrong

from .answering import Written, expect_choice, expect_number

BROKERS = ("queue", "log")
ONE_WORKER = (
    "Who reads a message: any one free worker, or several readers that each need all messages? May "
    "one slow or failing message hold up the messages behind it?"
)
MANY_READERS = (
    "Who reads a message, and when: one reader, once? Or several readers, in order, or someone who "
    "comes later?"
)
FITS = "the broker that hands out messages in the way the task needs"


@pytest.mark.graded("C1", points=0.5, closed_answer=True)
def test_broker_for_photos(written: Written) -> None:
    """The broker for photos."""
    value = written.value("c1", "photos")

    expect_choice(
        value, 'c1["photos"]', "queue", among=BROKERS, expected=FITS, hints={"log": ONE_WORKER}
    )


@pytest.mark.graded("C1", points=0.5, closed_answer=True)
def test_broker_for_balances(written: Written) -> None:
    """The broker for balances."""
    value = written.value("c1", "balances")

    expect_choice(
        value, 'c1["balances"]', "log", among=BROKERS, expected=FITS, hints={"queue": MANY_READERS}
    )


@pytest.mark.graded("C1", points=0.5, closed_answer=True)
def test_broker_for_invoices(written: Written) -> None:
    """The broker for invoices."""
    value = written.value("c1", "invoices")

    expect_choice(
        value, 'c1["invoices"]', "queue", among=BROKERS, expected=FITS, hints={"log": ONE_WORKER}
    )


@pytest.mark.graded("C1", points=0.5, closed_answer=True)
def test_broker_for_rides(written: Written) -> None:
    """The broker for rides."""
    value = written.value("c1", "rides")

    expect_choice(
        value, 'c1["rides"]', "log", among=BROKERS, expected=FITS, hints={"queue": MANY_READERS}
    )


@pytest.mark.graded("C1", points=1, marked_by="person")
def test_c1_why(written: Written) -> None:
    """Open: the property that decided for each broker."""
    written.leave_to_a_person("c1-why", "**C1, open")


@pytest.mark.graded("C2", points=0.5, closed_answer=True)
def test_recomputing_from_a_log(written: Written) -> None:
    """How to correct the figures with a log."""
    value = written.value("c2", "log")

    expect_choice(
        value,
        'c2["log"]',
        "B",
        expected="what a consumer of a log can do on its own",
        hints={
            "A": "A log does not know who processed which message. What does each consumer store?",
            "C": "More shards take more new records; records already written stay where they are.",
            "D": "How long does this log keep records, and how long ago was the release?",
        },
    )


@pytest.mark.graded("C2", points=0.5, closed_answer=True)
def test_recomputing_from_a_queue(written: Written) -> None:
    """How to correct the figures with a queue."""
    value = written.value("c2", "queue")

    expect_choice(
        value,
        'c2["queue"]',
        "D",
        expected="what is still possible after every message was received and deleted",
        hints={
            "A": "What does a queue keep of a message after it was acknowledged (deleted)?",
            "B": "A queue hands out waiting messages. Is there a position to go back to?",
            "C": "A queue has no shards, and the messages are no longer in it.",
        },
    )


@pytest.mark.graded("C2", points=2, marked_by="person")
def test_c2_why(written: Written) -> None:
    """Open: what makes correction possible, for how long, and what to watch out for."""
    written.leave_to_a_person("c2-why", "**C2, open")


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_records_in_a_second(written: Written) -> None:
    """Records per second."""
    value = written.value("c3", "records_per_second")

    expect_number(
        value,
        'c3["records_per_second"]',
        10_000,
        expected="the records of all thermometers in one second",
        hint="Each thermometer sends one record every ten seconds. How many send in one second?",
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_megabytes_in_a_second(written: Written) -> None:
    """Megabytes per second."""
    value = written.value("c3", "megabytes_per_second")

    expect_number(
        value,
        'c3["megabytes_per_second"]',
        10,
        tolerance=0.5,  # who counts in powers of two is close enough
        expected="records per second times the size of a record, in MB",
        hint="A record has 1,000 bytes; an MB has 1,000,000.",
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_fewest_shards(written: Written) -> None:
    """The smallest number of shards."""
    value = written.value("c3", "shards_at_least")

    expect_number(
        value,
        'c3["shards_at_least"]',
        10,
        expected="just enough shards for the records and for the bytes",
        hint="Divide the records per second by a shard's record limit, and the bytes per second by "
        "its byte limit. You need the larger number.",
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_shards_with_headroom(written: Written) -> None:
    """The smallest number of shards that keeps them at most half full."""
    value = written.value("c3", "shards_half_full")

    expect_number(
        value,
        'c3["shards_half_full"]',
        20,
        expected="the fewest shards that keep each at most half full",
        hint="How many records and bytes per second does a half-full shard get?",
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_partition_key_of_readings(written: Written) -> None:
    """The partition key."""
    value = written.value("c3", "partition_key")

    expect_choice(
        value,
        'c3["partition_key"]',
        "A",
        expected="a key that has many evenly used values and keeps each thermometer's order",
        hints={
            "B": "There are only 8 different keys. How many shards can get records at all?",
            "C": "Which shard gets all readings of one second? What do the other shards do then?",
            "D": "To which shards do two readings of one thermometer go? Who knows their order?",
        },
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_order_between_shards(written: Written) -> None:
    """Order between shards."""
    value = written.value("c3", "ordered_between")

    if type(value) is not bool:
        wrong(
            f'c3["ordered_between"] is {shown(value)}.',
            expected="True or False",
            hint="Write it without quotes.",
            about_form=True,
        )
    if value:
        wrong(
            'c3["ordered_between"] is True.',
            expected="whether sequence numbers order the records of different shards",
            hint="Each shard is a log of its own. What would two shards have to agree on?",
        )


@pytest.mark.graded("C3", points=2, marked_by="person")
def test_c3_why(written: Written) -> None:
    """Open: the other keys, and a malfunctioning thermometer."""
    written.leave_to_a_person("c3-why", "**C3, open")


@pytest.mark.graded("C4", points=1, closed_answer=True)
def test_what_a_log_can_do_above_all(written: Written) -> None:
    """The main advantage of a log over a queue."""
    value = written.value("c4")

    expect_choice(
        value,
        "c4",
        "C",
        expected="what is possible because a message stays in the log after it was read",
        hints={
            "A": "Consumers of a log poll for records, often after a delay. Is low latency what a "
            "log is for?",
            "B": "Permissions decide who may read, with both kinds of broker.",
            "D": "That is what a queue does. What does a log store for a consumer, at most?",
        },
    )


@pytest.mark.graded("C5", points=1, closed_answer=True)
def test_purpose_of_partitions(written: Written) -> None:
    """Why a log is cut into partitions."""
    value = written.value("c5")

    expect_choice(
        value,
        "c5",
        "B",
        expected="what several smaller logs can do that one large one cannot",
        hints={
            "A": "Copies protect against a lost disk. Does cutting a log copy its records?",
            "C": "Is there an order between two shards?",
            "D": "The hash of its key decides where a record goes. Are a shard's records alike?",
        },
    )


@pytest.mark.graded("C6", points=0.5, closed_answer=True)
def test_where_a_consumer_goes_on(written: Written) -> None:
    """Where a consumer continues after a crash."""
    value = written.value("c6", "goes_on_at")

    expect_number(
        value,
        'c6["goes_on_at"]',
        400,
        expected="the next record to read, as far as the consumer has stored it",
        hint="What it had in memory is lost. What is left, and what does that number mean?",
    )


@pytest.mark.graded("C6", points=0.5, closed_answer=True)
def test_how_many_are_processed_twice(written: Written) -> None:
    """Records processed twice."""
    value = written.value("c6", "processed_twice")

    expect_number(
        value,
        'c6["processed_twice"]',
        50,
        expected="the records that were finished before the crash and are read again",
        hint="Count from the record where it continues to the last one that it finished, including "
        "both.",
    )


@pytest.mark.graded("C6", points=1, marked_by="person")
def test_c6_why(written: Written) -> None:
    """Open: what acknowledging each message allows, and its cost."""
    written.leave_to_a_person("c6-why", "**C6, open")
