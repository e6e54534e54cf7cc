"""A grade on the terminal: a table, then each lost point; plain when piped."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.feedback.content import (
    WITHOUT_SANDBOX,
    explanation_lines,
    notes_of,
    others_lost,
    outcome_text,
    passed,
    points,
    rehearsal_in,
    state,
    undecided,
    without_points,
)
from autograder.grading.grade import Grade, GradedCheckpoint, GradedTest, Outcome, Status
from autograder.text import LONGEST_LINE, inert

__all__ = ["LONGEST_LINE", "inert", "print_grade", "print_lost_points"]

_SIGNS = {
    Outcome.PASSED: ("+", "green"),
    Outcome.UNMARKED: ("?", "cyan"),
    Outcome.GRADER_ERROR: ("?", "yellow"),
    Outcome.UNREADABLE: ("!", "magenta"),
}


def print_grade(grade: Grade, console: Console) -> None:
    """Print a grade."""
    console.print(_summary(grade))
    if not grade.grader.sandbox:
        console.print(Text(WITHOUT_SANDBOX, "yellow"))
    for note in notes_of(grade):
        console.print(Text(f"note: {note}", "yellow"), soft_wrap=not console.is_terminal)
    print_lost_points(grade, console)


def print_lost_points(grade: Grade, console: Console) -> None:
    """Print what gave no points, each cause once."""
    for checkpoint in grade.checkpoints:
        _print_lost_points(checkpoint, console)


def _summary(grade: Grade) -> Table:
    table = Table(title=Text(inert(grade.assignment)), title_justify="left", show_footer=True)
    table.add_column("checkpoint", "total")
    table.add_column("tests", justify="right")
    table.add_column("score", points(grade), justify="right", no_wrap=True)
    table.add_column("", undecided(grade))
    for checkpoint in grade.checkpoints:
        table.add_row(
            Text(inert(checkpoint.title)),
            passed(checkpoint),
            points(checkpoint),
            Text(state(checkpoint), _style(checkpoint)),
        )
    return table


def _style(checkpoint: GradedCheckpoint) -> str:
    if checkpoint.status is not Status.COMPLETE:
        return "yellow" if checkpoint.status is Status.INCOMPLETE else "cyan"
    return "green" if checkpoint.score == checkpoint.max_score else "red"


def _print_lost_points(checkpoint: GradedCheckpoint, console: Console) -> None:
    causes = without_points(checkpoint)
    if not causes:
        return
    console.print()
    console.print(Text(inert(checkpoint.title), "bold"), soft_wrap=not console.is_terminal)
    for tests in causes:
        first, *others = tests
        _print_headline(first, console)
        if lost := others_lost(tests):
            console.print(Text(f"      {lost}:", "bold"))
        for test in others:
            _print_headline(test, console)
        _print_feedback(tests, console)
        if (command := rehearsal_in(tests)) is not None:
            # In one line, to be copied whole.
            console.print(Text(f"      {command}", "dim"), soft_wrap=True)


def _print_headline(test: GradedTest, console: Console) -> None:
    """Print one line for a test; into a pipe it is never broken."""
    sign, style = _SIGNS.get(test.outcome, ("x", "red"))
    line = Text.assemble(
        (f"  {sign} ", style),
        f"{inert(test.requirement):3} {inert(test.title)}",
        (f"  {points(test)}", "bold"),
        (f"  {outcome_text(test)}", style),
    )
    console.print(line, soft_wrap=not console.is_terminal)


def _print_feedback(tests: list[GradedTest], console: Console) -> None:
    """Print what explains tests that gave no points for one reason."""
    lines = explanation_lines(tests)
    if not lines or tests[0].outcome is Outcome.UNMARKED:
        return
    if not console.is_terminal:
        for label, value in lines:
            console.print(Text(f"      {label + ':':12}{value}"), soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=5)
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for label, value in lines:
        grid.add_row("", f"{label}:", Text(value))
    console.print(grid)
