"""The corpus: its headers, and that each submission fails just what it declares."""

from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.errors import AssignmentError
from autograder.grading.corpus import DeclaredSubmission, read_corpus
from autograder.grading.grade import Outcome
from autograder.grading.run import grade_submission
from autograder.submission import read_submission

COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load("m06_partitioned_logs")
SOLUTION = read_submission(COURSE.solutions / ASSIGNMENT.id, ASSIGNMENT)
CORPUS = read_corpus(COURSE.suites / ASSIGNMENT.id / "submissions", ASSIGNMENT)


@pytest.mark.parametrize("declared", CORPUS, ids=[one.name for one in CORPUS])
def test_a_submission_fails_what_it_declares_and_nothing_else(
    declared: DeclaredSubmission,
) -> None:
    """Right ones get full marks, however they are written; wrong ones lose just where they are."""
    grade, trouble = grade_submission(declared.assemble(SOLUTION), ASSIGNMENT, COURSE)

    failed = {
        test.id
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.outcome is not Outcome.PASSED
    }
    assert trouble == ""
    assert failed == declared.fails


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("wrong", "def f(): ...\n", "begins with no"),
        ("wrong", "# /// submission\n# file = 3\n# ///\n", "its header is wrong"),
        ("wrong", "# /// submission\n# file = \n# ///\n", "its header is wrong"),
        ("wrong", '# /// submission\n# file = "x.py"\n# ///\n', "is no graded file"),
        (
            "wrong",
            '# /// submission\n# file = "compare_with_sqs.py"\n# ///\n',
            "a wrong submission declares what it fails",
        ),
        (
            "right",
            '# /// submission\n# file = "compare_with_sqs.py"\n# fails = ["a"]\n# ///\n',
            "a right one not",
        ),
    ],
)
def test_a_wrong_header_is_named_with_its_file(
    kind: str, text: str, words: str, tmp_path: Path
) -> None:
    """A maintainer reads which file to mend, and what is wrong with it."""
    (tmp_path / kind).mkdir()
    (tmp_path / kind / "mine.py").write_text(text)

    with pytest.raises(AssignmentError, match=words) as caught:
        read_corpus(tmp_path, ASSIGNMENT)

    assert "mine.py" in str(caught.value)


def test_a_submission_of_its_own_takes_the_place_of_the_solution(tmp_path: Path) -> None:
    """With `alone = true` nothing of the solution's file is left."""
    (tmp_path / "right").mkdir()
    text = '# /// submission\n# file = "compare_with_sqs.py"\n# alone = true\n# ///\nx = 1\n'
    (tmp_path / "right" / "mine.py").write_text(text)

    (declared,) = read_corpus(tmp_path, ASSIGNMENT)

    assert declared.assemble(SOLUTION).files["compare_with_sqs.py"] == text.encode()
