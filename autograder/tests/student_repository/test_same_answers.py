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
    # Wrong requests that only a slip of the hand sends, and whose check takes many lines.
    "a_delay_has_bounds",
    "a_member_of_another_type_cannot_be_read",
    "a_message_attribute_has_a_type_and_a_value",
    "a_redrive_policy_must_name_a_queue",
    "a_request_names_a_stream",
    "a_stream_has_at_most_50_tags",
    "a_wrong_sequence_number_for_ordering_is_refused",
    "an_attribute_has_bounds",
    "an_unknown_attribute_is_refused",
    "an_unknown_system_attribute_is_refused",
    "the_shard_count_at_most_doubles_or_halves",
    "a_dead_letter_queue_is_of_the_same_kind",
    "a_fifo_message_is_not_deleted_after_its_timeout",
    "a_provisioned_stream_needs_a_count",
    "a_throughput_for_each_group_needs_its_scope",
    "an_allow_policy_has_a_permission",
    "the_keys_of_tags_are_not_those_of_aws",
    # Capacity and encryption are moto's: no requirement asks for them.
    "a_stream_is_scaled_ten_times_a_day",
    "a_stream_on_demand_is_not_resharded",
    "all_metrics_are_named",
    "at_most_five_streams_are_creating",
    "records_say_that_they_are_encrypted",
    "scaled_shards_are_of_the_same_size",
    "the_limits_of_an_account_count_streams_on_demand",
    # No requirement comes near, and no program has a reason to ask for it.
    "a_dry_run_stores_nothing",
    "a_page_has_at_most_10_mib",
    # Consumers are ACTIVE immediately: they cannot do anything here.
    "a_consumer_becomes_active",
    "at_most_five_consumers_are_creating",
    "the_arn_of_a_consumer_ends_in_its_time",
    # Errors and rarer answers of SQS, which moto has in its own words.
    "a_deleted_message_has_no_visibility_timeout",
    "a_queue_keeps_its_policy",
    "a_queue_may_be_closed_to_dead_letters",
    "a_queue_may_be_open_to_some",
    "a_queue_shows_who_may_use_it",
    "a_visibility_timeout_changes_only_in_flight",
    "a_wrong_receive_says_what_is_wrong",
    "an_error_is_xml_too",
    "an_invalid_handle_is_named",
    "an_sqs_error_has_its_name_in_both_protocols",
    "message_attributes_come_back_for_an_asterisk",
    "the_attribute_that_differs_is_named",
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
