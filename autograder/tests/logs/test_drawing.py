"""The drawing of a log shows what is wrong with it."""

import re

from autograder.grading.grade import Anomaly
from autograder.logs.captions import caption
from autograder.logs.drawing import HASH_KEYS, drawing_of
from autograder.logs.layout import LONGEST_LINE, NARROWEST, wrapped
from autograder.logs.picture import DrawnRecord, DrawnRow, DrawnShard, LogPicture, ReadPage
from autograder.logs.sketch import sketch


def record(
    name: int, user: str, *anomalies: Anomaly, key: str = "", returned: bool = False
) -> DrawnRecord:
    """Make a record."""
    return DrawnRecord(
        name=str(name),
        user=user,
        partition_key=key or user,
        sequence_number=None if Anomaly.LOST in anomalies else f"49{name}",
        returned=returned,
        anomalies=anomalies,
    )


def shard(number: int, *records: DrawnRecord) -> DrawnShard:
    """Make one of two shards."""
    return DrawnShard(
        shard_id=f"shardId-00000000000{number}",
        first_hash_key=str(number * HASH_KEYS // 2),
        last_hash_key=str((number + 1) * HASH_KEYS // 2 - 1),
        records=records,
    )


WRITTEN = LogPicture(
    shards=(
        shard(0, record(0, "alice"), record(5, "alice", Anomaly.LOST), record(10, "alice")),
        shard(1, record(1, "bob", key="k"), record(1, "bob", Anomaly.DUPLICATED)),
    )
)
READ = LogPicture(
    shards=(
        shard(0).model_copy(update={"later": 4}),
        shard(
            1,
            record(0, "x"),
            record(1, "x", Anomaly.UNREAD),
            record(2, "x", returned=True),
            record(3, "x", Anomaly.UNREAD),
        ),
    ),
    read="shardId-000000000001",
    offset="491",
    pages=(
        ReadPage(begins=2, records=1, more_follow=True),
        ReadPage(begins=3, records=0, more_follow=True),
    ),
    returned=DrawnRow(records=(record(2, "", returned=True),)),
)


def test_written_records_are_drawn_in_characters() -> None:
    """The drawing shows each record's user, and which are lost, duplicated or have another key."""
    drawn = sketch(WRITTEN)

    assert drawn.splitlines() == [
        "shardId-000000000000: hash key range 0 % to 50 %, key alice",
        "  | a0  | a5  | a10 |",
        "          ^ lost",
        "shardId-000000000001: hash key range 50 % to 100 %, keys k, bob",
        "  | b1  | b1  |",
        "    ^ key k",
        "          ^ duplicated",
    ]


def test_returned_records_are_drawn_in_characters() -> None:
    """The drawing shows the offset, the pages and where reading stopped."""
    drawn = sketch(READ)

    assert drawn.splitlines() == [
        "shardId-000000000000: hash key range 0 % to 50 %, 4 records, none of them returned",
        "shardId-000000000001: hash key range 50 % to 100 %",
        "  | 0 | 1 |[2]| 3 |",
        "        ^ unread",
        "        ^ offset",
        "            ^ page 1",
        "                ^ page 2: empty",
        "                ^ stopped here, but more follow",
        "                ^ unread",
        "What your function returned, in this order: 1 record",
        "  |[2]|",
    ]


def test_users_differ_by_colour_and_letter() -> None:
    """Colour is never the only sign."""
    drawing = drawing_of(WRITTEN)

    cells = [(cell.colour, cell.text) for lane in drawing.lanes for cell in lane.cells]
    assert dict(drawing.users) == {"alice": "user0", "bob": "user1"}
    assert cells[:1] + cells[3:4] == [("user0", "a0"), ("user1", "b1")]


def test_many_users_have_no_colour() -> None:
    """Ten colours cannot be distinguished."""
    many = LogPicture(shards=(shard(0, *(record(at, f"user {at}") for at in range(10))),))

    drawing = drawing_of(many)

    assert drawing.users == ()
    assert {cell.colour for cell in drawing.lanes[0].cells} == {"plain"}


def test_a_shard_has_its_hash_key_range_and_marks_for_its_keys() -> None:
    """The MD5 of alice is 0x6384..., which is 39 % of all hash keys."""
    (lane, _) = drawing_of(WRITTEN).lanes

    assert lane.hash_key_range == (0, 0.5)
    assert [round(tick, 2) for tick in lane.ticks] == [0.39]


def test_the_table_has_the_content_of_the_drawing() -> None:
    """The table is for readers who cannot see the drawing."""
    rows = drawing_of(READ).rows

    assert [row[-1] for row in rows] == [
        "not asked for",
        "not returned, at the offset, unread",
        "returned",
        "not returned, unread",
        "returned",
    ]
    assert rows[-1][:2] == ("returned", "2")


def test_the_caption_says_what_is_drawn() -> None:
    """In a sentence."""
    written, read = caption(WRITTEN), caption(READ)

    assert "4 records in 2 shards" in written
    assert "Dashed records were lost." in written
    assert "Below a record is its partition key" in written
    assert "holds 4 records, and the replay should start" in read
    assert "Filled records were returned (1 of the 4 shown)." in read


def test_the_caption_of_a_drawing_in_characters_names_what_is_in_it() -> None:
    """Markdown cannot show filled or dashed boxes, so the caption describes characters."""
    written, read = caption(WRITTEN, in_characters=True), caption(READ, in_characters=True)

    assert "Records marked “lost” are missing." in written
    assert "Records in [ ] were returned (1 of the 4 shown)." in read
    assert not re.search("filled|dashed", written + read, re.IGNORECASE)


def test_labels_are_wrapped_and_the_next_ones_make_room() -> None:
    """The labels of a shard with many keys fit on a phone, however many cells there are."""
    keys = [f"a-rather-long-key-{at}" for at in range(20)]
    many = shard(0, *(record(at, "alice", key=key) for at, key in enumerate(keys)))
    drawing = drawing_of(LogPicture(shards=(many, *WRITTEN.shards)))

    long, short, _ = drawing.lanes

    assert len(wrapped(long.words)) > 1
    assert max(map(len, wrapped(long.words))) <= LONGEST_LINE
    assert long.cells[0].y - long.y > short.cells[0].y - short.y
    assert all(lane.words_y < lane.cells[0].y < lane.y + lane.height for lane in drawing.lanes)
    assert short.y == long.y + long.height


def test_what_is_said_of_a_record_stays_in_view_with_it() -> None:
    """On a phone, a part of a wide drawing is in view."""
    row = shard(0, *(record(at, "alice") for at in range(24)))
    drawing = drawing_of(LogPicture(shards=(row,)))

    places = [(cell.x, drawing.description_x(cell)) for cell in drawing.lanes[0].cells]

    assert all(0 <= x - at < NARROWEST for x, at in places)
    assert max(at for _, at in places) + NARROWEST <= drawing.width + NARROWEST // 10
