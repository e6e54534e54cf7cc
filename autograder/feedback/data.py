"""A grade as data: JSON, and a table for spreadsheets with one row for each test."""

import csv
import io
import json

from autograder.feedback.content import explanation_lines
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


def as_json(grade: Grade) -> str:
    """Return a grade as JSON; its strings are never shortened.

    It is ASCII with escapes, and so harmless on a terminal. The Actions runner looks for `##[` in a
    log; that can only occur within a string, where an escape breaks it up.
    """
    text = json.dumps(grade.model_dump(), indent=2)
    return text.replace("##[", "#\\u0023[") + "\n"


def as_csv(grade: Grade) -> str:
    """Return a grade as CSV: texts in quotes, numbers without; open points have an empty score."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(COLUMNS)
    for checkpoint in grade.checkpoints:
        for test in checkpoint.tests:
            explained = "; ".join(f"{label}: {text}" for label, text in explanation_lines([test]))
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
                    in_csv(explained, LONGEST_CELL),
                )
            )
    return file.getvalue()
