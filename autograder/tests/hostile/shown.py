"""Writes a grade in every format that people read, and looks for harmful characters."""

import io
import unicodedata

from rich.console import Console

from autograder.feedback.actions import as_workflow_log
from autograder.feedback.data import as_csv, as_json
from autograder.feedback.html import as_html
from autograder.feedback.markdown import as_markdown
from autograder.feedback.text import print_grade
from autograder.grading.grade import Grade


def every_form_of(grade: Grade) -> dict[str, str]:
    """Write a grade in each format. Returns texts by the format's name."""
    text = io.StringIO()
    print_grade(grade, Console(file=text, width=100, highlight=False, markup=False))
    return {
        "text": text.getvalue(),
        "json": as_json(grade),
        "markdown": as_markdown(grade),
        "html": as_html(grade),
        "csv": as_csv(grade),
        "actions": as_workflow_log(grade),
    }


def harm_in(text: str) -> set[str]:
    """Name the control characters of a text, and those that are invisible or change its order."""
    return {
        unicodedata.name(character, f"U+{ord(character):04X}")
        for character in set(text) - {"\n"}
        if unicodedata.category(character)[0] == "C"
        or unicodedata.category(character) in ("Zl", "Zp")
    }
