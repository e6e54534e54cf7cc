"""A grade as one self-contained HTML page: nothing is loaded, and one script copies commands."""

import math
import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from autograder.assignment import HANDOUT_FILE
from autograder.feedback.content import (
    WITHOUT_SANDBOX,
    Detail,
    causes_of,
    explanation,
    explanation_lines,
    handout_link,
    marked_answers,
    notes_of,
    others_lost,
    outcome_text,
    passed,
    picture_in,
    points,
    points_lost,
    points_open,
    rehearsal_in,
    state,
    undecided,
    undecided_tests,
    without_cases,
)
from autograder.feedback.page import PageScript, page_environment
from autograder.grading.grade import Grade, GradedCheckpoint, GradedTest, Outcome
from autograder.logs.drawing import drawing_of
from autograder.logs.layout import COLUMNS, TEMPLATE_NAMES
from autograder.logs.picture import LogPicture
from autograder.text import counted, decimal_text

SCRIPT = Path(__file__).with_name("copy.js")


def as_html(
    grade: Grade,
    *,
    title: str | None = None,
    student: str = "",
    files_at: str | None = None,
    detail: Detail = Detail.FULL,
    counting: float | None = None,
) -> str:
    """Write a grade as an HTML page.

    Args:
        grade: What to write.
        title: The assignment's; its id by default.
        student: The name to show; empty for a page that names nobody.
        files_at: Where the student's files are read from the page, such as `../submissions/ada/`,
            for links to the handout; without it, the handout is named and not linked.
        detail: How much to show.
        counting: The points that count after a late penalty; None without a penalty.
    """
    if detail is not Detail.FULL:
        grade = without_cases(grade)
    page = _environment().get_template("grade.html.jinja")
    causes = causes_of(grade) if detail in (Detail.FULL, Detail.EXPLAINED) else []
    return page.render(
        script=PageScript.read(SCRIPT) if any(map(rehearsal_in, causes)) else None,
        grade=grade,
        causes=causes,
        title=title or grade.assignment,
        student=student,
        files_at=files_at,
        explains=detail in (Detail.FULL, Detail.EXPLAINED),
        lists_tests=detail is not Detail.SCORE,
        counting=counting,
        standalone=False,
    )


def way_to_handout(page: Path, folders: Iterable[Path]) -> str | None:
    """Return the way from a page to the first folder with the handout, as `as_html` takes it.

    None if no folder has it.
    """
    for folder in folders:
        if (folder / HANDOUT_FILE).is_file():
            way = os.path.relpath(folder.resolve(), page.resolve().parent)
            return quote(os.fsencode(f"{way}/"))
    return None


def as_svg(picture: LogPicture) -> str:
    """Return a picture of a log as a separate SVG file."""
    drawing = _environment().get_template("log.svg.jinja")
    return drawing.render(drawing=drawing_of(picture), standalone=True).strip() + "\n"


def _rehearsal_in(tests: Sequence[GradedTest]) -> Markup | None:
    """Return the command that rehearses a cause, whole: other long texts are cut."""
    command = rehearsal_in(tests)
    return None if command is None else Markup(command)  # noqa: S704 - letters, digits, _ and -


def _tone(test: GradedTest) -> str:
    """Name the class of the stylesheet for how good or bad an outcome is."""
    if test.outcome is Outcome.PASSED:
        return "good"
    if test.outcome is Outcome.UNREADABLE:
        return "unreadable"
    if test.is_open:
        return "wait"
    return "quiet" if test.marked_by == "person" and test.score else "bad"


def _share(part: float, scored: Grade | GradedCheckpoint) -> int:
    """Return which share of the maximum some points are, in percent."""
    ratio = part / scored.max_score if scored.max_score else 0.0
    return round(100 * min(1.0, max(0.0, ratio))) if math.isfinite(ratio) else 0


@cache
def _environment() -> Environment:
    return page_environment(
        "feedback",
        {
            **TEMPLATE_NAMES,
            "drawing_of": drawing_of,
            "columns": COLUMNS,
            "counted": counted,
            "decimal_text": decimal_text,
            "explanation": explanation,
            "explanation_lines": explanation_lines,
            "handout_link": handout_link,
            "notes_of": notes_of,
            "marked_answers": marked_answers,
            "others_lost": others_lost,
            "outcome_text": outcome_text,
            "passed": passed,
            "picture_in": picture_in,
            "points": points,
            "points_lost": points_lost,
            "rehearsal_in": _rehearsal_in,
            "points_open": points_open,
            "share": _share,
            "state": state,
            "tone": _tone,
            "undecided": undecided,
            "undecided_tests": undecided_tests,
            "without_sandbox": WITHOUT_SANDBOX,
        },
    )
