"""The example that authors of hidden tests read first is a suite that works."""

import ast
import doctest
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from autograder import parsing, testing, text
from autograder.assignment import Course
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import GradedTest, Outcome
from autograder.logs import anomalies
from autograder.submission import read_submission

SETTINGS = """
id = "m99_parcels"
title = "Parcels"
python = "3.12"

[[checkpoints]]
id = "parcels"
title = "Parcels"
points = 2
files = ["parcels.py"]

"""
RECEIVES_ONCE = """
import boto3

def receive_all(queue_name):
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]
    return [message["Body"] for message in sqs.receive_message(QueueUrl=url).get("Messages", [])]
"""
RECEIVES_ALL = """
import boto3

def receive_all(queue_name):
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]
    found = []
    while page := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in page]
    return found
"""


def example() -> str:
    """Return the example in the module's docstring."""
    text = ast.get_docstring(ast.parse(Path(testing.__file__).read_text("utf-8"))) or ""
    lines = text.splitlines()
    first = lines.index("    import random")
    last = next(at for at in range(first, len(lines)) if lines[at].startswith("The mark"))
    return textwrap.dedent("\n".join(lines[first:last]))


def grade_of(root: Path, solution: str) -> GradedTest:
    """Grade a submission with the example as its suite."""
    course = Course(root)
    suite, handout = course.suites / "m99_parcels", course.assignments / "m99_parcels"
    for folder in (suite, handout, root / "theirs"):
        folder.mkdir(parents=True)
    (handout / "assignment.toml").write_text(SETTINGS)
    (suite / "requirements.toml").write_text('M1 = "receive_all returns all messages."\n')
    (suite / "test_parcels.py").write_text(example())
    (root / "theirs" / "parcels.py").write_text(solution)
    assignment = course.load("m99_parcels")
    with Examiner(assignment, course) as examiner:
        grade, _ = examiner.grade(read_submission(root / "theirs", assignment))
    ((test,),) = [checkpoint.tests for checkpoint in grade.checkpoints]
    return test


@pytest.mark.parametrize(
    ("solution", "outcome"), [(RECEIVES_ALL, Outcome.PASSED), (RECEIVES_ONCE, Outcome.WRONG)]
)
def test_the_example_tells_right_from_wrong(
    tmp_path: Path, solution: str, outcome: Outcome
) -> None:
    """It runs unchanged, and its feedback says what came back."""
    test = grade_of(tmp_path, solution)

    assert test.outcome is outcome, test.feedback
    assert test.title == "All messages are received when each response has only some of them"
    if test.feedback is not None:
        assert test.feedback.came_back.endswith("after 1 response of ReceiveMessage.")


def test_all_that_authors_import_is_listed() -> None:
    """The list of public names is sorted, and all of them exist."""
    assert sorted(testing.__all__) == testing.__all__
    assert [name for name in testing.__all__ if not hasattr(testing, name)] == []


@pytest.mark.parametrize("module", [anomalies, parsing, text], ids=lambda module: module.__name__)
def test_what_an_example_shows_is_true(module: ModuleType) -> None:
    """The examples of functions that take only values are run."""
    failed, tried = doctest.testmod(module)

    assert (failed, tried > 0) == (0, True)
