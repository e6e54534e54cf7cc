"""Hidden tests of the written part: closed answers are judged, open ones left to a person."""

import pytest

from autograder.suites.m06_partitioned_logs.answering import Written, expect_choice, expect_number
from autograder.testing import shown, wrong

BROKERS = ("queue", "log")
ONE_WORKER = (
    "Ask who reads a message: one worker, whichever is free, or several readers that each need all "
    "of them? And may a slow or failing one hold up those behind it?"
)
MANY_READERS = (
    "Ask who reads a message, and when: is it of interest to one reader only, once, or to others "
    "too, in an order, or to somebody who comes later?"
)
FITS = "the broker whose way of handing out messages fits the task"


@pytest.mark.graded("C1", points=0.5, closed_answer=True)
def test_broker_for_photos(written: Written) -> None:
    """The broker that fits the photos."""
    value = written.value("c1", "photos")

    expect_choice(
        value, 'c1["photos"]', "queue", among=BROKERS, expected=FITS, hints={"log": ONE_WORKER}
    )


@pytest.mark.graded("C1", points=0.5, closed_answer=True)
def test_broker_for_balances(written: Written) -> None:
    """The broker that fits the balances."""
    value = written.value("c1", "balances")

    expect_choice(
        value, 'c1["balances"]', "log", among=BROKERS, expected=FITS, hints={"queue": MANY_READERS}
    )


@pytest.mark.graded("C1", points=0.5, closed_answer=True)
def test_broker_for_invoices(written: Written) -> None:
    """The broker that fits the invoices."""
    value = written.value("c1", "invoices")

    expect_choice(
        value, 'c1["invoices"]', "queue", among=BROKERS, expected=FITS, hints={"log": ONE_WORKER}
    )


@pytest.mark.graded("C1", points=0.5, closed_answer=True)
def test_broker_for_rides(written: Written) -> None:
    """The broker that fits the rides."""
    value = written.value("c1", "rides")

    expect_choice(
        value, 'c1["rides"]', "log", among=BROKERS, expected=FITS, hints={"queue": MANY_READERS}
    )


@pytest.mark.graded("C1", points=1, marked_by="person")
def test_c1_why(written: Written) -> None:
    """Why a queue for the one and a log for the other."""
    written.leave_to_a_person("c1-why", "**C1, open")


@pytest.mark.graded("C2", points=0.5, closed_answer=True)
def test_recomputing_from_a_log(written: Written) -> None:
    """How the days are put right where a log brought the messages."""
    value = written.value("c2", "log")

    expect_choice(
        value,
        'c2["log"]',
        "B",
        expected="what a consumer of a log can do by itself",
        hints={
            "A": "A log does not know who has processed what. What does a consumer keep itself?",
            "C": "More shards take more new records; those that are written stay where they are.",
            "D": "How long does this log keep its records, and how long ago was the release?",
        },
    )


@pytest.mark.graded("C2", points=0.5, closed_answer=True)
def test_recomputing_from_a_queue(written: Written) -> None:
    """How the days are put right where a queue brought the messages."""
    value = written.value("c2", "queue")

    expect_choice(
        value,
        'c2["queue"]',
        "D",
        expected="what is still possible once each message was received and deleted",
        hints={
            "A": "What does a queue keep of a message that was acknowledged, that is, deleted?",
            "B": "A queue hands out what waits in it; is there a position to go back to?",
            "C": "A queue has no shards, and the messages are no longer in it.",
        },
    )


@pytest.mark.graded("C2", points=2, marked_by="person")
def test_c2_why(written: Written) -> None:
    """What makes recomputing possible, for how long, and what it must take care of."""
    written.leave_to_a_person("c2-why", "**C2, open")


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_records_in_a_second(written: Written) -> None:
    """How many records arrive in a second."""
    value = written.value("c3", "records_per_second")

    expect_number(
        value,
        'c3["records_per_second"]',
        10_000,
        expected="the records of all thermometers, per second",
        hint="Each thermometer sends one in ten seconds: how many of them send in one second?",
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_megabytes_in_a_second(written: Written) -> None:
    """How many megabytes that is."""
    value = written.value("c3", "megabytes_per_second")

    expect_number(
        value,
        'c3["megabytes_per_second"]',
        10,
        tolerance=0.5,  # who counts in powers of two is close enough
        expected="records a second times the size of one, in MB",
        hint="A record has 1,000 bytes, and a MB 1,000,000.",
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_fewest_shards(written: Written) -> None:
    """With how few shards it would just fit."""
    value = written.value("c3", "shards_at_least")

    expect_number(
        value,
        'c3["shards_at_least"]',
        10,
        expected="enough for the records and for the bytes, and not one more",
        hint="Divide the records by what a shard takes, then the bytes: the larger number counts.",
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_shards_with_headroom(written: Written) -> None:
    """With how few shards none is more than half full."""
    value = written.value("c3", "shards_half_full")

    expect_number(
        value,
        'c3["shards_half_full"]',
        20,
        expected="so many shards that each gets at most half of what it takes",
        hint="What may a shard get in a second if it is to be half full, in records and in bytes?",
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_partition_key_of_readings(written: Written) -> None:
    """Which partition key spreads the load and keeps the order that is needed."""
    value = written.value("c3", "partition_key")

    expect_choice(
        value,
        'c3["partition_key"]',
        "A",
        expected="a key with very many, evenly used values that keeps each thermometer's order",
        hints={
            "B": "So few different keys: how many shards can get any record at all?",
            "C": "Which shard gets all readings of one second? What do the others do meanwhile?",
            "D": "Where do two readings of one thermometer land, and who then knows their order?",
        },
    )


@pytest.mark.graded("C3", points=0.5, closed_answer=True)
def test_order_between_shards(written: Written) -> None:
    """Whether there is an order between shards."""
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
            expected="what a sequence number says about records of another shard",
            hint="Each shard is a log of its own. What would two of them have to agree on?",
        )


@pytest.mark.graded("C3", points=2, marked_by="person")
def test_c3_why(written: Written) -> None:
    """Why not the other keys, and what a mad thermometer does."""
    written.leave_to_a_person("c3-why", "**C3, open")


@pytest.mark.graded("C4", points=1, closed_answer=True)
def test_what_a_log_can_do_above_all(written: Written) -> None:
    """The main thing that a log has over a queue."""
    value = written.value("c4")

    expect_choice(
        value,
        "c4",
        "C",
        expected="what follows from a message staying where it is",
        hints={
            "A": "A log writes to disk first, and consumers ask in turn: is that its point?",
            "B": "Who may read is decided by rights, with either kind of broker.",
            "D": "That is what a queue does. What does a log keep for a consumer, at most?",
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
            "A": "Against that, one keeps copies. Does cutting a log copy its records?",
            "C": "Is there an order between two shards? That is just what is given up.",
            "D": "A hash of its key says where a record lands: are those of one place alike?",
        },
    )


@pytest.mark.graded("C6", points=0.5, closed_answer=True)
def test_where_a_consumer_goes_on(written: Written) -> None:
    """Where a consumer goes on after a crash."""
    value = written.value("c6", "goes_on_at")

    expect_number(
        value,
        'c6["goes_on_at"]',
        400,
        expected="the next record to read, as far as the consumer still knows",
        hint="What it had in memory is gone. What is left, and what does that number mean?",
    )


@pytest.mark.graded("C6", points=0.5, closed_answer=True)
def test_how_many_are_processed_twice(written: Written) -> None:
    """How many records are processed a second time."""
    value = written.value("c6", "processed_twice")

    expect_number(
        value,
        'c6["processed_twice"]',
        50,
        expected="the records that were finished already and are read again",
        hint="Count from the record at which it goes on to the one that it had just finished, both "
        "included.",
    )


@pytest.mark.graded("C6", points=1, marked_by="person")
def test_c6_why(written: Written) -> None:
    """What acknowledging one by one allows, and at what price."""
    written.leave_to_a_person("c6-why", "**C6, open")
