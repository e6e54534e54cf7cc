"""A submission can be graded in parts that run at the same time."""

from autograder.assignment import Checkpoint
from autograder.grading.foreman.examiner import Examiner, in_parts
from autograder.grading.judge.plan import PlannedTest, read_plan
from autograder.tests.gradebook.students import ASSIGNMENT, COURSE
from autograder.tests.student_repository.clone import CORPUS, SOLUTION

CHECKPOINTS = [
    Checkpoint(id=name, title=name, points=10, files=(file,))
    for name, file in (
        ("one", "a.py"),
        ("two", "b.py"),
        ("three", "a.py"),
        ("four", "c.py"),
        ("questions", "d.ipynb"),
    )
]


def planned(points: float = 1, **counts: int) -> list[PlannedTest]:
    """Plan this number of tests for each checkpoint."""
    return [
        PlannedTest(name, f"test_{number}", "", "", points)
        for name, count in counts.items()
        for number in range(count)
    ]


def sizes(parts: list[list[PlannedTest]]) -> list[dict[str, int]]:
    """Count the tests of each checkpoint in each part."""
    return [
        {name: [test.checkpoint for test in part].count(name) for name in checkpoints}
        for part in parts
        for checkpoints in [dict.fromkeys(test.checkpoint for test in part)]
    ]


def test_tests_of_the_same_file_stay_together() -> None:
    """What one call has shown bounds the time of the next; other files fill the smaller part."""
    tests = planned(one=3, two=4, three=3, four=1)

    parts = in_parts(tests, CHECKPOINTS, 2)

    assert sizes(parts) == [{"one": 3, "three": 3}, {"two": 4, "four": 1}]


def test_a_notebook_takes_no_time() -> None:
    """It is read, not run: however many points it has, its tests do not keep others out."""
    tests = planned(one=3) + planned(two=2) + planned(questions=9) + planned(four=1)

    parts = in_parts(tests, CHECKPOINTS, 2)

    assert sizes(parts) == [{"one": 3, "questions": 9}, {"two": 2, "four": 1}]


def test_points_weigh_more_than_the_number_of_tests() -> None:
    """A test of many small ones asks for little."""
    tests = planned(one=3) + planned(two=2) + planned(four=8, points=0.25)

    parts = in_parts(tests, CHECKPOINTS, 2)

    assert sizes(parts) == [{"one": 3}, {"two": 2, "four": 8}]


def test_there_is_no_empty_part() -> None:
    """Nor is anything divided that belongs together."""
    parts = in_parts(planned(one=2, three=2), CHECKPOINTS, 3)

    assert sizes(parts) == [{"one": 2, "three": 2}]


def test_submissions_that_share_the_processors_are_not_divided() -> None:
    """A part more would only cost its start."""
    tests = read_plan(ASSIGNMENT, COURSE.suites / ASSIGNMENT.id).tests
    with Examiner(ASSIGNMENT, COURSE, side_by_side=2) as examiner:
        alone = examiner._divide(tests, others=0)
        not_alone = examiner._divide(tests, others=1)

    assert not_alone == [list(tests)]
    assert len(alone) == 2
    assert sorted(test.id for part in alone for test in part) == sorted(test.id for test in tests)


def test_parts_give_the_same_grade() -> None:
    """To the byte, and in the same order."""
    submission = CORPUS["wrong/replays_after_the_offset"].assemble(SOLUTION)
    with Examiner(ASSIGNMENT, COURSE) as examiner:
        as_a_whole, _ = examiner.grade(submission)

    with Examiner(ASSIGNMENT, COURSE, side_by_side=2) as examiner:
        in_two_parts, grader_log = examiner.grade(submission)

    assert in_two_parts.model_dump_json() == as_a_whole.model_dump_json()
    assert grader_log == ""
