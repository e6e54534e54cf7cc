"""What the benchmarks measure, and where they draw it."""

from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.benchmarks.growth import course_with_suite, with_drawing
from autograder.grading.judge.plan import read_plan

ID = "m06_partitioned_logs"


def test_a_suite_can_be_made_several_times_as_large(tmp_path: Path) -> None:
    """Its plan can be read, and each test has its points each time."""
    course = Course.of_this_checkout()
    tests = read_plan(course.load(ID), course.suites / ID).tests

    larger = course_with_suite(tmp_path, 3)

    plan = read_plan(larger.load(ID), larger.suites / ID)
    assert len(plan.tests) == 3 * len(tests)
    assert sum(test.points for test in plan.tests) == 3 * sum(test.points for test in tests)


def test_a_drawing_takes_the_place_of_the_last_one() -> None:
    """The text around it stays."""
    page = (
        "before\n<!-- growth: drawn by `benchmarks growth --draw` -->\n"
        "<!-- end of growth -->\nafter\n"
    )

    first = with_drawing(page, ["old"])
    second = with_drawing(first, ["  1 ███", "  2 ███"])

    assert second == (
        "before\n<!-- growth: drawn by `benchmarks growth --draw` -->\n"
        "\n```text\n  1 ███\n  2 ███\n```\n\n<!-- end of growth -->\nafter\n"
    )


def test_a_page_without_a_place_for_a_drawing_is_refused() -> None:
    """Nothing is lost."""
    with pytest.raises(ValueError, match="no place for the drawing"):
        with_drawing("a page\n", ["1"])
