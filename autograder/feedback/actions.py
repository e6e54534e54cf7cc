"""A grade for a job of GitHub Actions: the log, then annotations at the student's own lines."""

import io
import re

from rich.console import Console

from autograder.feedback.content import (
    LONGEST_TITLE,
    explanation_lines,
    others_lost,
    outcome_text,
    without_points,
)
from autograder.feedback.text import print_grade
from autograder.grading.grade import Feedback, Grade, GradedTest
from autograder.text import LONGEST_LINE, counted, in_log, inert, workflow_command

MOST_ANNOTATIONS = 10
"""Of each level, for one step; GitHub drops those beyond."""

_WIDTH = 100
_PLACE = re.compile(r"([^:]{1,200}):([1-9][0-9]{0,6}), in ")


def as_workflow_log(grade: Grade) -> str:
    """Write the text form, safe to print in a job, and an annotation for each cause of lost points.

    An error points at a line of the student's; without such a line, it is a warning.
    """
    errors: list[str] = []
    warnings: list[str] = []
    for checkpoint in grade.checkpoints:
        for tests in without_points(checkpoint):
            if not tests[0].is_open:
                place = _place(tests[0].feedback, grade)
                annotation = _annotation("error" if place else "warning", tests, place)
                (errors if place else warnings).append(annotation)
    lines = _log(grade)
    beyond = sum(max(len(some) - MOST_ANNOTATIONS, 0) for some in (errors, warnings))
    if beyond:
        more = counted(beyond, "more failure is", "more failures are")
        lines.append(f"{more} only in the log above, because GitHub limits annotations.")
    lines += errors[:MOST_ANNOTATIONS] + warnings[:MOST_ANNOTATIONS]
    return "\n".join(lines) + "\n"


def _log(grade: Grade) -> list[str]:
    file = io.StringIO()
    print_grade(grade, Console(file=file, width=_WIDTH, highlight=False, markup=False))
    return [in_log(line, 3 * LONGEST_LINE) for line in file.getvalue().rstrip("\n").split("\n")]


def _place(feedback: Feedback | None, grade: Grade) -> dict[str, str]:
    """Return the last place of a trace that is in a file of this submission."""
    for line in reversed(feedback.trace if feedback else ()):
        place = _PLACE.match(line)
        if place and place[1] in grade.submission.files and place[1] == inert(place[1]):
            return {"file": place[1], "line": place[2]}
    return {}


def _annotation(level: str, tests: list[GradedTest], place: dict[str, str]) -> str:
    first = tests[0]
    message = [f"{label}: {text}" for label, text in explanation_lines(tests)]
    if lost := others_lost(tests):
        message.append(lost)
    title = inert(f"{outcome_text(first)}: {first.requirement} {first.title}", LONGEST_TITLE)
    return workflow_command(level, message, {**place, "title": title})
