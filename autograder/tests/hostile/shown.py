"""A grade in every form that people see it in."""

import io

from rich.console import Console

from autograder.feedback.text import print_grade
from autograder.grading.grade import Grade


def every_form_of(grade: Grade) -> dict[str, str]:
    """Write a grade in each form, by the form's name."""
    text = io.StringIO()
    print_grade(grade, Console(file=text, width=100, highlight=False, markup=False))
    return {"json": grade.model_dump_json(), "text": text.getvalue()}
