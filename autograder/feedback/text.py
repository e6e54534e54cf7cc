"""A grade on the terminal: a table, then each lost point; plain when piped.

Whatever comes from the student is shown inert: control characters, escape sequences and marks
that turn text around become visible escapes, and lines are cut.
"""

import unicodedata
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.grading.grade import (
    Feedback,
    Grade,
    GradedCheckpoint,
    GradedTest,
    Outcome,
    Status,
)

LONGEST_LINE = 600

_SIGNS = {Outcome.PASSED: ("+", "green"), Outcome.UNMARKED: ("?", "cyan")}
_LABELS = {
    "asked": "asked",
    "came_back": "got",
    "expected": "expected",
    "hint": "hint",
}


def inert(text: str) -> str:
    """Make a hostile text harmless to print: no control, format or surrogate characters."""
    shown = "".join(
        one if one == " " or unicodedata.category(one)[0] not in "CZ" else _escape(one)
        for one in text[:LONGEST_LINE]
    )
    return shown + ("..." if len(text) > LONGEST_LINE else "")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode() if character != "\u00a0" else " "


def print_grade(grade: Grade, console: Console) -> None:
    """Print a grade."""
    console.print(_summary(grade))
    if not grade.grader.jail:
        console.print(Text("Graded without a jail (--no-jail): for trusted code only.", "yellow"))
    for checkpoint in grade.checkpoints:
        _print_lost_points(checkpoint, console)


def _summary(grade: Grade) -> Table:
    table = Table(title=grade.assignment, title_justify="left", show_footer=True)
    waiting = sum(
        test.max_score
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.outcome in (Outcome.UNMARKED, Outcome.GRADER_ERROR)
    )
    table.add_column("checkpoint", "total")
    table.add_column("tests", justify="right")
    footer = f"{grade.score:g} / {grade.max_score:g}"
    table.add_column("score", footer, justify="right", no_wrap=True)
    table.add_column("", f"{waiting:g} points not decided yet" if waiting else "")
    for checkpoint in grade.checkpoints:
        passed = sum(test.outcome is Outcome.PASSED for test in checkpoint.tests)
        table.add_row(
            checkpoint.title,
            f"{passed}/{len(checkpoint.tests)}",
            f"{checkpoint.score:g} / {checkpoint.max_score:g}",
            _state(checkpoint),
        )
    return table


def _state(checkpoint: GradedCheckpoint) -> Text:
    if checkpoint.status is Status.UNGRADED:
        return Text("ungraded: the grader failed, no points are lost", "yellow")
    if checkpoint.status is Status.UNMARKED:
        waiting = sum(
            test.max_score for test in checkpoint.tests if test.outcome is Outcome.UNMARKED
        )
        return Text(f"{waiting:g} points wait for a person", "cyan")
    if checkpoint.score == checkpoint.max_score:
        return Text("complete", "green")
    return Text("points lost", "red")


def _print_lost_points(checkpoint: GradedCheckpoint, console: Console) -> None:
    lost = [test for test in checkpoint.tests if test.outcome is not Outcome.PASSED]
    if not lost:
        return
    console.print()
    console.print(Text(checkpoint.title, "bold"))
    for _, group in groupby(lost, key=_cause):
        first, *others = list(group)
        _print_test(first, console)
        for test in others:
            console.print(_headline(test))
        if others:
            console.print(Text(f"      the same cause in all {len(others) + 1}", "dim"))


def _cause(test: GradedTest) -> object:
    """Tell what stopped a test; those that the same thing stopped are shown together."""
    if test.outcome in (Outcome.WRONG, Outcome.UNMARKED) or test.feedback is None:
        return test.id
    return (test.outcome, test.feedback.came_back)


def _headline(test: GradedTest) -> Text:
    sign, style = _SIGNS.get(test.outcome, ("x", "red"))
    points = f"{test.score:g} / {test.max_score:g}"
    return Text.assemble(
        (f"  {sign} ", style),
        f"{test.requirement:3} {inert(test.title)}",
        (f"  {points}", "bold"),
        (f"  {test.outcome.value}", style),
    )


def _print_test(test: GradedTest, console: Console) -> None:
    console.print(_headline(test))
    if test.feedback is not None:
        for line in feedback_lines(test.feedback):
            console.print(Text(f"      {line}"), soft_wrap=not console.is_terminal)


def feedback_lines(feedback: Feedback) -> list[str]:
    """Write feedback as labelled lines, each inert."""
    lines = [
        f"{label + ':':10}{inert(value)}"
        for field, label in _LABELS.items()
        if field != "hint" and (value := getattr(feedback, field))
    ]
    for witnesses in feedback.witnesses:
        more = witnesses.total - len(witnesses.records)
        listed = ", ".join(inert(record) for record in witnesses.records)
        rest = f" and {more} more" if more else ""
        lines.append(f"{witnesses.anomaly.value + ':':10}{listed}{rest}")
    lines += [f"{'at:':10}{inert(line)}" for line in feedback.trace[-6:]]
    if feedback.hint:
        lines.append(f"{'hint:':10}{inert(feedback.hint)}")
    return lines
