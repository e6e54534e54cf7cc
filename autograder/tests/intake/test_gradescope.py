"""A file in Gradescope's download names the students of each submission."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.errors import SubmissionError
from autograder.intake.downloads import find_hand_ins
from autograder.intake.gradescope import SUBMITTERS, read_submissions

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")
METADATA = """---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '2044517'
    :email: ada@example.org
  :created_at: 2026-11-30 10:00:00.000000000 Z
  :score: 0.0
submission_102:
  :submitters:
  - :name: Bob van Dyk
    :sid: ''
    :email: bob@example.org
  - :name: Cyd
    :sid: '0044519'
"""


def test_each_submitter_has_the_submission(tmp_path: Path) -> None:
    """Each member of a group is found by the SID as written, or by e-mail address."""
    for name in ("submission_101", "submission_102"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "compare_with_sqs.py").touch()
    (tmp_path / SUBMITTERS).write_text(METADATA)

    found = find_hand_ins(tmp_path, ASSIGNMENT)

    names = {hand_in.origin: [who.name for who in hand_in.submitters] for hand_in in found.hand_ins}
    assert names == {
        "submission_101": ["2044517"],
        "submission_102": ["bob@example.org", "0044519"],
    }
    assert found.oddities == ()


def test_a_folder_that_the_file_does_not_list_goes_by_its_name(tmp_path: Path) -> None:
    """Nothing is lost."""
    (tmp_path / "submission_999").mkdir()
    (tmp_path / "submission_999" / "compare_with_sqs.py").touch()
    (tmp_path / SUBMITTERS).write_text(METADATA)

    found = find_hand_ins(tmp_path, ASSIGNMENT)

    (hand_in,) = (hand_in for hand_in in found.hand_ins if not hand_in.is_missing)
    assert [who.name for who in hand_in.submitters] == ["submission_999"]


def test_a_submission_without_a_folder_is_named_and_cannot_be_read(tmp_path: Path) -> None:
    """It is its student's, who did hand in."""
    (tmp_path / "submission_102").mkdir()
    (tmp_path / "submission_102" / "compare_with_sqs.py").touch()
    (tmp_path / SUBMITTERS).write_text(METADATA)

    found = find_hand_ins(tmp_path, ASSIGNMENT)

    (missing,) = (hand_in for hand_in in found.hand_ins if hand_in.is_missing)
    assert [who.name for who in missing.submitters] == ["2044517"]
    with pytest.raises(SubmissionError, match="the download lacks its folder: export"):
        missing.read(ASSIGNMENT)
    assert found.oddities == (
        "1 submission in submission_metadata.yml lacks its folder in the download: 'submission_101'"
        " (Ada Lovelace, ada@example.org, 2044517): export the submissions again, and unpack the"
        " whole export",
    )


def test_metadata_without_any_folder_are_no_class(tmp_path: Path) -> None:
    """The folder is the wrong one."""
    (tmp_path / SUBMITTERS).write_text(METADATA)

    with pytest.raises(SubmissionError, match="contains no submission"):
        find_hand_ins(tmp_path, ASSIGNMENT)


def test_names_and_times_are_kept_for_people(tmp_path: Path) -> None:
    """The message names the student of an unknown submission; the time has its zone."""
    (tmp_path / SUBMITTERS).write_text(METADATA)

    submissions = read_submissions(tmp_path / SUBMITTERS)

    ada, bob = submissions["submission_101"], submissions["submission_102"]
    assert ada.submitters[0].known_as == "Ada Lovelace, ada@example.org, 2044517"
    assert ada.created_at == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert bob.created_at is None


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "- 1\n- 2\n",
        "just words",
        "!!python/object/apply:os.system ['x']",
        "\0",
        "",
        "[\n" * 9999,
    ],
)
def test_an_invalid_file_is_reported_in_one_line(tmp_path: Path, text: str) -> None:
    """And runs nothing."""
    path = tmp_path / SUBMITTERS
    path.write_text(text)

    with pytest.raises(SubmissionError) as refused:
        read_submissions(path)

    assert "\n" not in str(refused.value)


def test_aliases_that_expand_to_billions_of_values_are_harmless(tmp_path: Path) -> None:
    """An alias is not copied, and only a few values are read."""
    path = tmp_path / SUBMITTERS
    bombs = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    path.write_text(f"a0: &a0 {{':sid': '1'}}\n{''.join(bombs)}s: {{':submitters': *a29}}\n")

    assert read_submissions(path) == {}


@pytest.mark.parametrize(
    "facts", ["a: 1", "a: {':submitters': 1}", "a: {':submitters': [1, {':sid': [2]}]}", "a:"]
)
def test_an_entry_that_names_nobody_is_ignored(tmp_path: Path, facts: str) -> None:
    """The folder then goes by its name."""
    path = tmp_path / SUBMITTERS
    path.write_text(facts)

    assert read_submissions(path) == {}
