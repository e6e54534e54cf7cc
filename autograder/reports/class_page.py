"""Writes the class report: one HTML page, whose only script sorts and filters; it loads nothing."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment

from autograder.feedback.content import unreadable_summary
from autograder.feedback.page import PageScript, page_environment
from autograder.reports.class_figures import (
    FEWEST_FOR_A_GROUP,
    FEWEST_FOR_DISCRIMINATION,
    Cause,
    ClassFigures,
    figures_of,
    shown_state,
)
from autograder.reports.class_results import Row, State
from autograder.text import counted, decimal_text, inert, plural, rounded

SCRIPT = Path(__file__).with_name("class_page.js")
MOST_CAUSES = 3
"""Shown large: a reader takes in three of them at a glance."""
MOST_LISTED = 10
"""Causes and tests that are listed; the others are folded."""
LONGEST_EXAMPLE = 200
"""Characters of what came back."""
TALLEST, BASE = 130, 162
"""Of the histogram, in its own units: the height of the tallest column, and where columns stand."""
STATES = {
    "complete": State.COMPLETE.value,
    "waiting": State.WAITING.value,
    "incomplete": State.INCOMPLETE.value,
    "missing": State.MISSING.value,
    "not-graded": State.UNGRADED.value,
    "nothing-gradable": State.NOTHING_GRADABLE.value,
    "too-late": State.TOO_LATE.value,
    "untried": State.UNTRIED.value,
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
    """The shares that it counts, in percent."""
    begins: int


@dataclass(frozen=True)
class Point:
    """A point of the trend: one attempt."""

    number: int
    x: int
    y: int
    percent: int
    students: int


@dataclass(frozen=True)
class ShownCause:
    """A cause of lost points."""

    words: str
    points: float
    students: int
    tried: int
    requirement: str
    title: str
    """Of the test that cost most."""
    more_tests: int
    came_back: str
    """What the code of these students did; empty in anonymous mode."""
    people: list[tuple[str, str | None]]
    """Names with their feedback pages; none in anonymous mode."""


@dataclass(frozen=True)
class ShownStudent:
    """A row of the table of students."""

    name: str
    page: str | None
    score: str
    score_key: float
    """The number to sort by: below 0 without a score."""
    points: tuple[str, ...]
    open_points: str
    state: str
    keys: str
    """The keys of `STATES` that the filter matches."""
    attempts: int


def as_page(rows: Sequence[Row], title: str, *, anonymous: bool = False, results: str = ".") -> str:
    """Write the page of a class.

    Args:
        rows: The class; at least one has a grade.
        title: The assignment's.
        anonymous: Leaves out everything that identifies a student.
        results: Path from the page's folder to that of the results, for the links.
    """
    figures = figures_of(rows)
    students = [] if anonymous else [_shown(row, figures, results) for row in rows]
    causes = [
        _shown_cause(cause, results, anonymous=anonymous)
        for cause in figures.causes
        if not anonymous or cause.is_shared
    ]
    occurring = {key for student in students for key in student.keys.split()}
    return (
        _environment()
        .get_template("class_page.html.jinja")
        .render(
            title=title,
            anonymous=anonymous,
            figures=figures,
            tiles=_tiles(figures, anonymous=anonymous),
            causes=causes,
            hidden_causes=len(figures.causes) - len(causes),
            histogram=_histogram(figures),
            trend=_trend(figures),
            students=students,
            states=[(key, what) for key, what in STATES.items() if key in occurring],
            script=PageScript.read(SCRIPT),
        )
    )


def percent(share: float) -> int:
    """Return a share in percent."""
    return round(100 * share)


def _tiles(figures: ClassFigures, *, anonymous: bool) -> list[tuple[str, str]]:
    """Return the figures at the top of the page, those that are known, with their words."""
    states = figures.states
    unreadable, look_at_them = unreadable_summary(figures.unreadable, named=not anonymous)
    middle = None if figures.median is None else f"{percent(figures.median)} %"
    tiles: list[tuple[str | int | None, str]] = [
        (figures.graded, "handed in and tried something"),
        (figures.nothing, "handed in nothing (not counted)"),
        *(
            (states[state] or None, f"{state.value} (not counted)")
            for state in (State.UNTRIED, State.NOTHING_GRADABLE, State.UNGRADED)
        ),
        (middle, "median score after late penalties"),
        (figures.late, "late"),
        (states[State.INCOMPLETE] or None, State.INCOMPLETE.value),
        (unreadable or None, look_at_them),
        (
            states[State.WAITING] or None,
            f"{plural(states[State.WAITING], 'waits', 'wait')} for a person",
        ),
        (states[State.TOO_LATE] or None, "too late to count"),
        (states[State.EXCUSED] or None, "excused"),
    ]
    return [(str(figure), what) for figure, what in tiles if figure is not None]


def _shown_cause(cause: Cause, results: str, *, anonymous: bool) -> ShownCause:
    first, *others = cause.tests
    return ShownCause(
        words=cause.words,
        points=rounded(cause.lost),
        students=len(cause.rows),
        tried=cause.tried,
        requirement=first.requirement,
        title=first.title,
        more_tests=len(others),
        came_back="" if anonymous else inert(cause.came_back, LONGEST_EXAMPLE),
        people=[] if anonymous else [(row.shown_name, _link(row, results)) for row in cause.rows],
    )


def _link(row: Row, results: str) -> str | None:
    return quote(os.fsencode(f"{results}/{row.page}")) if row.page else None


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
    state = shown_state(row).value
    keys = [key for key, what in STATES.items() if what == state]
    if row.state is State.UNGRADED and row.standing and row.standing.ungraded:
        state = inert(row.standing.ungraded, LONGEST_EXAMPLE)
    notes = [*(["late"] if row.late else []), *(["unreadable"] if row.unreadable else [])]
    points: dict[str, str] = {}
    score: float | None = None
    open_points = ""
    shown_notes = list(notes)
    if row.grade is not None and row.standing is not None and row.state is not State.EXCUSED:
        remaining = zip(row.standing.checkpoints, row.standing.remaining_scores, strict=True)
        points = {checkpoint.id: decimal_text(left) for checkpoint, left in remaining}
        score = row.standing.so_far_after_penalty
        open_points = decimal_text(row.standing.open_points)
        if row.late:
            is_said = row.state is State.TOO_LATE
            standing = row.standing
            shown_notes[0] = standing.days_late_text if is_said else standing.lateness_text
    return ShownStudent(
        name=row.shown_name,
        page=_link(row, results),
        score="" if score is None else decimal_text(score),
        score_key=-1.0 if score is None else score,
        points=tuple(points.get(checkpoint.id, "") for checkpoint in figures.checkpoints),
        open_points=open_points,
        state=", ".join([state, *shown_notes]),
        keys=" ".join([*keys, *notes]),
        attempts=len(row.attempts),
    )


@cache
def _environment() -> Environment:
    return page_environment(
        "reports",
        {
            "percent": percent,
            "counted": counted,
            "decimal_text": decimal_text,
            "fewest": FEWEST_FOR_A_GROUP,
            "most_causes": MOST_CAUSES,
            "most_listed": MOST_LISTED,
            "fewest_students": FEWEST_FOR_DISCRIMINATION,
        },
    )
