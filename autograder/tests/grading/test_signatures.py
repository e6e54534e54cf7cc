"""The signatures of the functions that students implement."""

from autograder.assignment import HANDOUT_FILE, Course
from autograder.grading.judge.student_code import Signatures

FOLDER = Course.of_this_checkout().assignments / "m06_partitioned_logs"


def test_a_signature_reads_as_in_the_handout() -> None:
    """The stub has annotations, which the handout leaves out."""
    signature = Signatures(FOLDER).of("kinesis_read_shards", "read_from_shard")

    assert signature == "read_from_shard(stream_name, shard_id, max_records=50)"
    assert f"`{signature}`" in (FOLDER / HANDOUT_FILE).read_text(encoding="utf-8")


def test_a_function_without_a_stub_has_no_signature() -> None:
    """A machine that only grades need not have the student repository."""
    assert Signatures(FOLDER).of("kinesis_read_shards", "no_such_function") is None
    assert Signatures(FOLDER / "elsewhere").of("kinesis_read_shards", "read_from_shard") is None
