"""A grade as one self-contained HTML page: no script, and nothing loaded from anywhere."""

import math
from functools import cache

from jinja2 import Environment

from autograder.feedback.content import (
    WITHOUT_SANDBOX,
    explanation,
    feedback_lines,
    handout_link,
    notes_of,
    others_lost,
    passed,
    picture_in,
    points,
    state,
    undecided,
    without_points,
)
from autograder.feedback.page import page_environment
from autograder.grading.grade import Grade, GradedCheckpoint, GradedTest, Outcome
from autograder.logs.drawing import drawing_of
from autograder.logs.layout import COLUMNS, TEMPLATE_NAMES
from autograder.logs.picture import LogPicture


def as_html(grade: Grade, *, files_at: str = "") -> str:
    """Write a grade as an HTML page.

    Args:
        grade: What to write.
        files_at: Where the student's files are read, for links to the handout; see `as_markdown`.
    """
    page = _environment().get_template("grade.html.jinja")
    return page.render(grade=grade, files_at=files_at, standalone=False)


def as_svg(picture: LogPicture) -> str:
    """Return a picture of a log as a separate SVG file."""
    drawing = _environment().get_template("log.svg.jinja")
    return drawing.render(drawing=drawing_of(picture), standalone=True).strip() + "\n"


def _tone(test: GradedTest) -> str:
    """Name the class of the stylesheet for how good or bad an outcome is."""
    if test.outcome is Outcome.PASSED:
        return "good"
    if test.outcome is Outcome.UNREADABLE:
        return "unreadable"
    return "wait" if test.is_open else "bad"


def _share(scored: Grade | GradedCheckpoint) -> int:
    """How much of the points is there, in percent."""
    ratio = scored.score / scored.max_score if scored.max_score else 0.0
    return round(100 * min(1.0, max(0.0, ratio))) if math.isfinite(ratio) else 0


@cache
def _environment() -> Environment:
    return page_environment(
        "feedback",
        {
            **TEMPLATE_NAMES,
            "drawing_of": drawing_of,
            "columns": COLUMNS,
            "explanation": explanation,
            "feedback_lines": feedback_lines,
            "handout_link": handout_link,
            "notes_of": notes_of,
            "others_lost": others_lost,
            "passed": passed,
            "picture_in": picture_in,
            "points": points,
            "share": _share,
            "state": state,
            "tone": _tone,
            "undecided": undecided,
            "without_sandbox": WITHOUT_SANDBOX,
            "without_points": without_points,
        },
    )
