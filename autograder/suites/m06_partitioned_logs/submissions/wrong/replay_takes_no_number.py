# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/replay_starts_with_the_record_at_the_offset",
#   "replay/replay_from_the_first_record",
#   "replay/replay_from_the_last_record",
#   "replay/a_throttled_replay_goes_on",
#   "replay/replay_goes_on_behind_an_empty_page",
#   "replay/replay_of_a_closed_shard_ends",
#   "replay/replay_follows_the_pages",
#   "replay/replay_of_so_many_records",
#   "replay/replay_of_one_record",
#   "replay/replay_of_nothing",
#   "replay/a_replay_changes_nothing_and_can_be_repeated",
#   "replay/each_replay_reads_the_log_anew",
# ]
# ///
"""Leaves out the last parameter of the handout's signature."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number):
    return _replay(stream_name, shard_id, starting_sequence_number)
