"""A grade on the terminal: a table, then each lost point; plain when piped.

Whatever comes from the student is shown inert: control characters, escape sequences and marks
that turn text around become visible escapes, and lines are cut.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence

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
LONGEST_TRACE = 6

_SIGNS = {Outcome.PASSED: ("+", "green"), Outcome.UNMARKED: ("?", "cyan")}


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
    print_lost_points(grade, console)


def print_lost_points(grade: Grade, console: Console) -> None:
    """Print what gave no points, each cause once."""
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
    for first, *others in by_cause(lost):
        _print_test(first, console)
        for test in others:
            _print_headline(test, console)
        if others:
            same = "cause" if _came_back(first) == _came_back(others[0]) else "advice"
            all_of_them = "both" if len(others) == 1 else f"all {len(others) + 1}"
            console.print(Text(f"      the same {same} for {all_of_them}", "dim"))


def by_cause(tests: Sequence[GradedTest]) -> list[list[GradedTest]]:
    """Put tests together that lost for one reason, so that a student reads it once.

    One reason is: the same thing came back, or the same advice helps with the same requirement.
    """
    seen = Counter(_came_back(test) for test in tests)
    groups: dict[object, list[GradedTest]] = {}
    for test in tests:
        if test.feedback is None or test.outcome is Outcome.UNMARKED:
            key: object = test.id
        elif seen[_came_back(test)] > 1 or not test.feedback.hint:
            key = _came_back(test)
        else:
            key = (test.outcome, test.requirement, test.feedback.hint)
        groups.setdefault(key, []).append(test)
    return list(groups.values())


def _came_back(test: GradedTest) -> tuple[Outcome, str | None]:
    return (test.outcome, test.feedback.came_back if test.feedback else None)


def _print_headline(test: GradedTest, console: Console) -> None:
    """Print one line for a test; into a pipe it is never broken."""
    sign, style = _SIGNS.get(test.outcome, ("x", "red"))
    points = f"{test.score:g} / {test.max_score:g}"
    line = Text.assemble(
        (f"  {sign} ", style),
        f"{test.requirement:3} {inert(test.title)}",
        (f"  {points}", "bold"),
        (f"  {test.outcome.value}", style),
    )
    console.print(line, soft_wrap=not console.is_terminal)


def _print_test(test: GradedTest, console: Console) -> None:
    _print_headline(test, console)
    if test.feedback is None:
        return
    if not console.is_terminal:
        for label, value in feedback_lines(test.feedback):
            console.print(Text(f"      {label + ':':12}{value}"), soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=5)
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for label, value in feedback_lines(test.feedback):
        grid.add_row("", f"{label}:", Text(value))
    console.print(grid)


def feedback_lines(feedback: Feedback) -> list[tuple[str, str]]:
    """Write feedback as lines of a label and a text, each inert."""
    lines = [("asked", inert(feedback.asked)), ("got", inert(feedback.came_back))]
    if feedback.expected:
        lines.append(("expected", inert(feedback.expected)))
    for witnesses in feedback.witnesses:
        more = witnesses.total - len(witnesses.records)
        listed = ", ".join(inert(record) for record in witnesses.records)
        lines.append((witnesses.anomaly.value, f"{listed} and {more} more" if more else listed))
    lines += [("at", inert(line)) for line in feedback.trace[-LONGEST_TRACE:]]
    if feedback.hint:
        lines.append(("hint", inert(feedback.hint)))
    if feedback.handout:
        lines.append(("handout", inert(feedback.handout)))
    return lines
