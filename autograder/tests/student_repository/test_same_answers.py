"""The simulated AWS of the visible checks answers as the grader's does, but for what is listed."""

import json
import subprocess
import sys
from pathlib import Path

from autograder.conformance import table
from autograder.tests.student_repository.clone import REPOSITORY

IN_ONE_PROCESS = """
import sys
import pytest
from checks.patched_moto import patched_moto
with patched_moto() as address:
    pytest.main([*sys.argv[1:], "--endpoint", address])
"""
"""Long polls look at the threads of the process, as in the checks."""

DIFFERENT = {
    # On purpose, in the grader's simulated AWS too: boto3's own paginator sends both.
    "a_token_and_a_name_are_refused_together",
    # Patterns, sets of values and types: right code never meets them, and boto3 checks many.
    "a_batch_is_not_empty",
    "a_batch_with_one_wrong_record_is_refused_whole",
    "a_delay_has_bounds",
    "a_filter_needs_what_its_type_needs",
    "a_garbled_token_is_refused",
    "a_hash_key_out_of_range_is_refused",
    "a_member_of_another_type_cannot_be_read",
    "a_member_that_is_missing_is_named",
    "a_message_attribute_has_a_type_and_a_value",
    "a_message_has_ten_attributes_at_most",
    "a_redrive_policy_must_name_a_queue",
    "a_request_names_a_stream",
    "a_shard_id_has_a_pattern",
    "a_shard_id_may_be_short",
    "a_stream_has_at_least_one_shard",
    "a_stream_has_at_most_50_tags",
    "a_stream_name_has_a_pattern_and_a_length",
    "a_type_of_iterator_is_one_of_a_set",
    "a_wrong_receive_says_what_is_wrong",
    "a_wrong_sequence_number_for_ordering_is_refused",
    "an_attribute_has_bounds",
    "an_unknown_attribute_is_refused",
    "an_unknown_system_attribute_is_refused",
    "several_violations_are_counted",
    # Sizes of which no requirement comes near.
    "a_batch_has_at_most_10_mib",
    "a_body_has_at_most_1_mib",
    "a_page_has_at_most_10_mib",
    "a_record_has_at_most_1_mib",
    "a_stream_may_take_larger_records",
    # The checks split shards; no requirement asks students to, or to choose hash keys.
    "a_hash_key_at_a_ranges_end_belongs_to_the_range",
    "a_listing_can_be_filtered",  # by time
    "a_split_leaves_two_hash_keys_to_the_first_child",
    "a_stream_is_updating_while_it_is_resharded",
    "a_stream_that_is_creating_is_not_resharded",
    "a_stream_that_is_deleting_takes_no_new_shards",
    "an_explicit_hash_key_overrides_the_partition_key",
    "the_numbers_of_children_follow_their_parents",
    "the_shard_count_at_most_doubles_or_halves",
    # Consumers are moto's, and so are listings of tags.
    "a_consumer_becomes_active",
    "a_consumer_has_tags_of_its_own",
    "a_consumer_is_deregistered_by_its_name",
    "a_consumer_is_registered_once",
    "a_listing_of_tags_comes_in_pages",
    "a_stream_with_a_consumer_is_not_deleted",
    "at_most_five_consumers_are_creating",
    "the_arn_of_a_consumer_ends_in_its_time",
    # Queues: FIFO queues are moto's, and its times are not virtual.
    "a_duplicate_is_accepted_and_not_delivered",
    "a_fifo_group_comes_back_in_order",
    "a_long_poll_receives_a_message_when_its_delay_ends",
    "a_queue_keeps_its_policy",
    "a_visibility_timeout_changes_only_in_flight",
    # Errors and rarer answers of SQS, which moto has in its own words.
    "a_batch_may_fail_whole",
    "a_batch_sends_what_it_can",
    "a_dead_letter_names_its_source",
    "a_deleted_message_has_no_visibility_timeout",
    "an_invalid_handle_is_named",
    "an_sqs_error_has_its_name_in_both_protocols",
    "message_attributes_come_back_for_an_asterisk",
    "the_attribute_that_differs_is_named",
    # No program has a reason to ask for it.
    "a_dry_run_stores_nothing",
}
"""Behaviours of AWS that the simulated AWS of the visible checks does not have."""


def test_the_visible_checks_have_the_same_aws(tmp_path: Path) -> None:
    """The conformance tests run on both; which of them fail here is listed, with a reason."""
    report = tmp_path / "report.json"
    tests = str(Path(table.__file__).parent)
    subprocess.run(
        [
            sys.executable, "-c", IN_ONE_PROCESS, tests, "-q", "-p", "no:cacheprovider",
            "--json-report", f"--json-report-file={report}",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )  # fmt: skip

    outcomes = json.loads(report.read_text())["tests"]
    failed = {
        outcome["nodeid"].split("::")[1].split("[")[0].removeprefix("test_")
        for outcome in outcomes
        if outcome["outcome"] not in ("passed", "skipped", "xfailed")
    }
    assert len(outcomes) > 200
    assert failed == DIFFERENT
