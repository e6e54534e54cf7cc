"""A grade as one HTML page that stands for itself: no script, and nothing loaded from anywhere."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from autograder.feedback.content import (
    WITHOUT_JAIL,
    feedback_lines,
    handout_link,
    passed,
    points,
    shared,
    state,
    undecided,
    without_points,
)
from autograder.feedback.inert import in_html
from autograder.grading.grade import Grade


def as_html(grade: Grade, *, files_at: str = "") -> str:
    """Write a grade as an HTML page.

    Args:
        grade: What to write.
        files_at: Where the student's files are read, for links to the handout; see `as_markdown`.
    """
    return _template().render(grade=grade, files_at=files_at)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("autograder", "feedback"),
        autoescape=True,
        finalize=in_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "feedback_lines": feedback_lines,
        "handout_link": handout_link,
        "passed": passed,
        "points": points,
        "shared": shared,
        "state": state,
        "undecided": undecided,
        "without_jail": WITHOUT_JAIL,
        "without_points": without_points,
    }
    return environment.get_template("grade.html.jinja")
