"""A grade as a table for spreadsheets: one row for each test."""

import csv
import io

from autograder.feedback.content import explanation, feedback_lines
from autograder.grading.grade import Grade
from autograder.text import in_csv

LONGEST_CELL = 32_767
"""Characters that Excel takes for one cell."""

COLUMNS = (
    "assignment",
    "checkpoint",
    "test",
    "title",
    "requirement",
    "outcome",
    "score",
    "max_score",
    "feedback",
)


def as_csv(grade: Grade) -> str:
    """Write a grade as CSV: texts in quotes, numbers without; open points have no score."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(COLUMNS)
    for checkpoint in grade.checkpoints:
        for test in checkpoint.tests:
            feedback = explanation([test])
            said = feedback_lines(feedback) if feedback else []
            writer.writerow(
                (
                    in_csv(grade.assignment),
                    in_csv(checkpoint.id),
                    in_csv(test.id),
                    in_csv(test.title),
                    in_csv(test.requirement),
                    test.outcome.value,
                    "" if test.is_open else test.score,
                    test.max_score,
                    in_csv("; ".join(f"{label}: {text}" for label, text in said), LONGEST_CELL),
                )
            )
    return file.getvalue()
