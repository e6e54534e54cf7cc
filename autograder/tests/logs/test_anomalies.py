"""Logs are compared, and each difference is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.grade import Anomaly
from autograder.logs.anomalies import SHOWN_WITNESSES, compare_logs, how_many, in_words


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("abcd", {}),
        ("abd", {Anomaly.LOST: ("c",)}),
        ("abbcd", {Anomaly.DUPLICATED: ("b",)}),
        ("acbd", {Anomaly.REORDERED: ("b",)}),
        ("abcdx", {Anomaly.OVERREAD: ("x",)}),
        ("cabb", {Anomaly.LOST: ("d",), Anomaly.DUPLICATED: ("b",), Anomaly.REORDERED: ("a", "b")}),
    ],
)
def test_each_difference_has_a_name_and_its_records(
    found: str, expected: dict[Anomaly, tuple[str, ...]]
) -> None:
    """Lost, duplicated, reordered and overread records are distinguished."""
    witnesses = compare_logs("abcd", found)

    assert {deviation.anomaly: deviation.records for deviation in witnesses} == expected


def test_many_records_are_counted_and_the_first_shown() -> None:
    """A page stays readable when a thousand records are lost."""
    (lost,) = compare_logs([str(number) for number in range(1000)], [])

    assert (len(lost.records), lost.total) == (SHOWN_WITNESSES, 1000)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("ab", "2 of 4 records: 2 unread"),
        ("abdc", "4 of 4 records: 1 reordered"),
        ("abxy", "4 records, but not the 4 expected: 2 unread, 2 overread"),
        ("xyz", "3 records instead of 4: 4 unread, 3 overread"),
        ("abcdx", "5 records instead of 4: 1 overread"),
        ("aaaabbcd", "8 records instead of 4: 2 different records more than once"),
        ("aacd", "4 records, but not the 4 expected: 1 unread, 1 record more than once"),
    ],
)
def test_the_counts_agree_with_the_anomalies(found: str, expected: str) -> None:
    """`4 of 4` means that all four are there; a duplicated record may be there many times."""
    witnesses = compare_logs("abcd", found, absent=Anomaly.UNREAD)

    assert f"{how_many(len(found), 4, witnesses)}: {in_words(witnesses)}" == expected


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abcd")))
def test_only_equal_logs_have_no_anomaly_when_ids_are_unique(
    expected: list[str], found: list[str]
) -> None:
    """No difference goes unnoticed."""
    unique = list(dict.fromkeys(expected))

    witnesses = compare_logs(unique, found)

    assert (not witnesses) == (unique == found)
