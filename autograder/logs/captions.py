"""The words around a picture of a log: its caption, and what happened to each record."""

from autograder.grading.grade import Anomaly
from autograder.logs.picture import DrawnRecord, DrawnRow, DrawnShard, LogPicture
from autograder.text import counted


def caption(picture: LogPicture, *, in_characters: bool = False) -> str:
    """Return the caption of a drawing: one or two sentences.

    Args:
        picture: What is drawn.
        in_characters: Whether `sketch` draws it, without fillings and dashes.
    """
    records = [record for shard in picture.shards for record in shard.records]
    if picture.read is None:
        stored = sum(record.sequence_number is not None for record in records) + sum(
            shard.earlier + shard.later for shard in picture.shards
        )
        lost = any(Anomaly.LOST in record.anomalies for record in records)
        marked = (
            "Records marked “lost” are missing." if in_characters else "Dashed records were lost."
        )
        missing = f" {marked}" if lost else ""
        keyed = any(shows_key(picture, record) for record in records)
        keys = " Below a record is its partition key, if that is not the user." if keyed else ""
        return (
            f"The stream after your function sent its events: {counted(stored, 'record')} in "
            f"{counted(len(picture.shards), 'shard')}, each in order of arrival."
            f"{missing}{keys}"
        )
    read = next((shard for shard in picture.shards if shard.shard_id == picture.read), DrawnRow())
    holds = len(read.records) + read.earlier + read.later
    came = sum(record.returned for record in read.records)
    begin = ", and the replay should start at the one marked “offset”" if picture.offset else ""
    return (
        f"The shard that your function read holds {counted(holds, 'record')}{begin}. "
        f"{'Records in [ ]' if in_characters else 'Filled records'} were returned "
        f"({came} of the {len(read.records)} shown)."
    )


def history_of(picture: LogPicture, shard: DrawnShard | None, record: DrawnRecord) -> str:
    """Return in words what happened to a record of a shard, or to one that was returned."""
    words = [anomaly.value for anomaly in record.anomalies]
    if picture.read is None:
        return ", ".join(words) or "in the log"
    came = "returned" if record.returned else "not returned"
    if not words and not record.returned and shard and shard.shard_id == picture.read:
        came = "not asked for"
    if picture.offset and record.sequence_number == picture.offset:
        words.insert(0, "at the offset")
    return ", ".join([came, *words])


def shows_key(picture: LogPicture, record: DrawnRecord) -> bool:
    """Return whether a record's partition key is worth a word: it is not simply the user."""
    return picture.read is None and record.partition_key != record.user
