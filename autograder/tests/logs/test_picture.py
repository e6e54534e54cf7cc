"""A picture of a log is truncated to what a page can show."""

from autograder.grading.grade import Anomaly
from autograder.logs.picture import (
    LEAD,
    MOST_RECORDS,
    MOST_SHARDS,
    DrawnRecord,
    DrawnShard,
    LogPicture,
    ReadPage,
    bounded_picture,
)


def shard(number: int, records: int, *, anomaly_at: int | None = None) -> DrawnShard:
    """Make a shard, with something wrong at one record."""
    return DrawnShard(
        shard_id=f"shard-{number}",
        first_hash_key="0",
        last_hash_key="9",
        records=tuple(
            DrawnRecord(
                name=str(at),
                user="",
                partition_key="k",
                sequence_number=str(at),
                anomalies=(Anomaly.UNREAD,) if at == anomaly_at else (),
            )
            for at in range(records)
        ),
    )


def test_the_window_lies_around_the_first_anomaly() -> None:
    """It shows a few records before the anomaly, and counts those left out."""
    (cut,) = bounded_picture(LogPicture(shards=(shard(0, 100, anomaly_at=50),))).shards

    assert cut.records[0].name == str(50 - LEAD)
    assert len(cut.records) == MOST_RECORDS
    assert cut.earlier + len(cut.records) + cut.later == 100


def test_lost_records_that_are_left_out_are_not_counted() -> None:
    """Lost records were never in the log."""
    lost = DrawnRecord(name="9", user="", partition_key="k", anomalies=(Anomaly.LOST,))
    kept = shard(0, MOST_RECORDS)
    full = kept.model_copy(update={"records": (*kept.records, *[lost] * 90)})

    (cut,) = bounded_picture(LogPicture(shards=(full,))).shards

    assert cut.earlier + len(cut.records) + cut.later <= 2 * MOST_RECORDS


def test_the_end_of_a_shard_fills_its_window() -> None:
    """The window is full even if the anomaly is at the very end."""
    (cut,) = bounded_picture(LogPicture(shards=(shard(0, 100, anomaly_at=99),))).shards

    assert [cut.records[-1].name, len(cut.records), cut.later] == ["99", MOST_RECORDS, 0]


def test_a_replay_is_shown_from_its_offset() -> None:
    """This is so if nothing before the offset is anomalous."""
    picture = LogPicture(shards=(shard(7, 100),), read="shard-7", offset="60")

    (cut,) = bounded_picture(picture).shards

    assert cut.records[0].name == str(60 - LEAD)


def test_pages_move_with_the_window() -> None:
    """The parts of pages outside of the window are left out."""
    picture = LogPicture(
        shards=(shard(0, 100, anomaly_at=50),),
        read="shard-0",
        pages=tuple(
            ReadPage(begins=begins, records=count, more_follow=True)
            for begins, count in ((0, 40), (40, 10), (50, 0), (95, 5))
        ),
    )

    pages = bounded_picture(picture).pages

    assert [(page.begins, page.records) for page in pages] == [(0, LEAD), (LEAD, 0)]


def test_shards_with_an_anomaly_come_first() -> None:
    """This matters if there are too many shards for a page."""
    shards = tuple(shard(number, 1, anomaly_at=0 if number == 40 else None) for number in range(50))

    kept = bounded_picture(LogPicture(shards=shards)).shards

    assert len(kept) == MOST_SHARDS
    assert "shard-40" in [shard.shard_id for shard in kept]


def test_texts_of_the_student_are_truncated() -> None:
    """A partition key may have 256 characters."""
    record = DrawnRecord(name="n" * 500, user="u" * 500, partition_key="\0" * 500)
    picture = LogPicture(shards=(shard(0, 0).model_copy(update={"records": (record,)}),))

    (cut,) = bounded_picture(picture).shards

    assert len(cut.model_dump_json()) < 500
