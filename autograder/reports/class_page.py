"""The class as one HTML page: its only script sorts and filters, and nothing is loaded."""

import base64
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from autograder.feedback.content import unreadable_summary
from autograder.feedback.page import page_environment
from autograder.reports.class_figures import (
    FEWEST_FOR_A_GROUP,
    FEWEST_FOR_DISCRIMINATION,
    ClassFigures,
    figures_of,
    hardest,
)
from autograder.reports.class_results import Row, State

SCRIPT = Path(__file__).with_name("class_page.js")
TALLEST = 130
BASE = 162
STATES = {
    "complete": State.COMPLETE.value,
    "waiting": State.WAITING.value,
    "incomplete": State.INCOMPLETE.value,
    "missing": State.MISSING.value,
    "excused": State.EXCUSED.value,
    "late": "late",
    "unreadable": "unreadable",
}


@dataclass(frozen=True)
class Column:
    """A column of the histogram."""

    x: int
    y: int
    height: int
    count: int
    label: str
    """From and to, in percent."""
    begins: int


@dataclass(frozen=True)
class Point:
    """An attempt in the drawing of the trend."""

    number: int
    x: int
    y: int
    percent: int
    students: int


@dataclass(frozen=True)
class ShownStudent:
    """A row of the table of students."""

    name: str
    page: str | None
    score: str
    score_key: float
    """To sort by: below 0 where there is no score."""
    points: tuple[str, ...]
    open_points: str
    state: str
    keys: str
    """What the filter knows it by, as in `STATES`."""
    attempts: int


def as_page(rows: Sequence[Row], title: str, *, anonymous: bool = False, results: str = ".") -> str:
    """Write the page.

    Args:
        rows: The class; at least one has a grade.
        title: The assignment's.
        anonymous: Leaves out all that could tell who somebody is.
        results: Path from the page's folder to that of the results, for the links.
    """
    figures = figures_of(rows)
    students = [] if anonymous else [_shown(row, figures, results) for row in rows]
    occurring = {key for one in students for key in one.keys.split()}
    script = SCRIPT.read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("class_page.html.jinja")
        .render(
            title=title,
            anonymous=anonymous,
            figures=figures,
            tiles=_tiles(figures, anonymous=anonymous),
            hardest=hardest(figures),
            histogram=_histogram(figures),
            trend=_trend(figures),
            students=students,
            states=[(key, what) for key, what in STATES.items() if key in occurring],
            script=Markup(script),  # noqa: S704 - our own file
            script_hash=f"sha256-{digest}",
        )
    )


def percent(share: float) -> int:
    """Write a share in percent."""
    return round(100 * share)


def _tiles(figures: ClassFigures, *, anonymous: bool) -> list[tuple[str, str]]:
    """Take the figures that come first, those that are known."""
    states = figures.states
    unreadable, look_at_them = unreadable_summary(figures.unreadable, named=not anonymous)
    tiles: list[tuple[str | int | None, str]] = [
        (figures.graded, "handed in"),
        (f"{percent(figures.median)} %", "of the decided points, the median"),
        (figures.missing, "not handed in"),
        (figures.late, "late"),
        (states[State.INCOMPLETE], State.INCOMPLETE.value),
        (unreadable or None, look_at_them),
        (states[State.WAITING], "wait for a person"),
        (states[State.EXCUSED] or None, "excused"),
    ]
    return [(str(figure), what) for figure, what in tiles if figure is not None]


def _histogram(figures: ClassFigures) -> list[Column]:
    most = max(*figures.bins, 1)
    columns = []
    for number, count in enumerate(figures.bins):
        height = round(TALLEST * count / most)
        label = f"{number * 10} to {number * 10 + 10}"
        columns.append(Column(7 + number * 41, BASE - height, height, count, label, number * 10))
    return columns


def _trend(figures: ClassFigures) -> list[Point]:
    step = 360 / max(1, len(figures.attempts) - 1)
    return [
        Point(
            number=number + 1,
            x=round(42 + number * step),
            y=round(BASE - 145 * share),
            percent=percent(share),
            students=students,
        )
        for number, (share, students) in enumerate(figures.attempts)
    ]


def _shown(row: Row, figures: ClassFigures, results: str) -> ShownStudent:
    points = {
        one.id: f"{round(one.score, 2):g}" for one in (row.grade.checkpoints if row.grade else ())
    }
    keys = [key for key, what in STATES.items() if what == row.state.value]
    notes = [*(["late"] if row.late else []), *(["unreadable"] if row.unreadable else [])]
    return ShownStudent(
        name=row.shown_name,
        page=quote(os.fsencode(f"{results}/{row.page}")) if row.page else None,
        score=f"{round(row.grade.score, 2):g}" if row.grade else "",
        score_key=row.grade.score if row.grade else -1.0,
        points=tuple(points.get(one.id, "") for one in figures.checkpoints),
        open_points=f"{round(row.grade.open_points, 2):g}" if row.grade else "",
        state=", ".join([row.state.value, *notes]),
        keys=" ".join([*keys, *notes]),
        attempts=len(row.attempts),
    )


@cache
def _environment() -> Environment:
    return page_environment(
        "reports",
        {
            "percent": percent,
            "fewest": FEWEST_FOR_A_GROUP,
            "fewest_students": FEWEST_FOR_DISCRIMINATION,
        },
    )
