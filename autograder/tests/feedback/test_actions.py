"""The format for GitHub Actions: the runner finds exactly the annotations that we meant."""

import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import given

from autograder.feedback.actions import MOST_ANNOTATIONS, as_workflow_log
from autograder.feedback.content import feedback_lines
from autograder.grading.grade import Feedback, Grade, GradedTest, Outcome, checkpoint_of
from autograder.tests.feedback.nasty import (
    FILE,
    HARMLESS,
    HUGE,
    NASTY,
    PLACES,
    SAME_EACH_TIME,
    any_grade,
    grade_of,
    hostile,
    texts,
)
from autograder.text import LONGEST_MESSAGE, in_log, workflow_command


@dataclass(frozen=True)
class Command:
    """A workflow command, as the runner parses it."""

    name: str
    properties: dict[str, str]
    data: str


def parse(line: str) -> Command | None:
    """Parse a line as the runner does (actions/runner, ActionCommand.cs), with any command name."""
    return _second_form(line) or _first_form(line)


def _second_form(line: str) -> Command | None:
    line = line.lstrip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, listed = line[2:end].partition(" ")
    properties = {}
    for entry in listed.strip().split(","):
        key, found, value = entry.partition("=")
        if found and key and value.lstrip("="):
            properties[key] = _decoded(value.lstrip("="), ("%3A", ":"), ("%2C", ","))
    return Command(name, properties, _decoded(line[end + 2 :]))


def _decoded(text: str, *more: tuple[str, str]) -> str:
    for escape, meant in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
        text = text.replace(escape, meant)
    return text


def _first_form(line: str) -> Command | None:
    start = line.find("##[")
    if start < 0 or (end := line.find("]", start)) < 0:
        return None
    name, _, _ = line[start + 3 : end].partition(" ")
    return Command(name, {}, line[end + 1 :])


def lines_of(text: str) -> list[str]:
    """Split output at everything that any reader might take for a line end."""
    return text.splitlines()


def test_the_parser_of_this_test_finds_commands() -> None:
    """Otherwise the properties below would prove little."""
    assert parse("::error file=a,line=1::x%0Ay") == Command(
        "error", {"file": "a", "line": "1"}, "x\ny"
    )
    assert parse(" \t::add-mask::x") == Command("add-mask", {}, "x")
    assert parse("time ##[add-mask]x") == Command("add-mask", {}, "x")
    assert parse("a::b::c") is None


@SAME_EACH_TIME
@given(hostile())
def test_the_commands_are_our_annotations_alone(strings: list[str]) -> None:
    """They have the same number, kinds and lines as those of a harmless grade."""
    found = [parse(line) for line in lines_of(as_workflow_log(grade_of(strings)))]
    plain = [parse(line) for line in lines_of(as_workflow_log(grade_of(HARMLESS)))]

    assert [_shape(command) for command in found if command] == [
        _shape(command) for command in plain if command
    ]
    assert [_shape(command) for command in found if command] == [
        ("error", FILE, "3", {"file", "line", "title"}),
        ("error", FILE, "3", {"file", "line", "title"}),
        ("warning", None, None, {"title"}),
    ]


def _shape(command: Command) -> tuple[str, str | None, str | None, set[str]]:
    properties = command.properties
    return command.name, properties.get("file"), properties.get("line"), set(properties)


@SAME_EACH_TIME
@given(hostile())
def test_an_annotation_decodes_to_the_feedback(strings: list[str]) -> None:
    """The message decodes to the feedback, line by line."""
    grade = grade_of(strings)
    test = grade.checkpoints[0].tests[3]
    assert test.feedback is not None

    log = as_workflow_log(grade)

    lines = [in_log(f"{label}: {text}") for label, text in feedback_lines(test.feedback)]
    commands = [command for command in map(parse, lines_of(log)) if command]
    expected = "\n".join(lines)
    if len(expected) > LONGEST_MESSAGE:
        expected = expected[: LONGEST_MESSAGE - 3] + "..."
    assert commands[1].data == expected


@SAME_EACH_TIME
@given(hostile())
def test_the_log_is_printable_and_contains_no_mark_of_a_command(strings: list[str]) -> None:
    """No plain line contains `::` or `##[`, nor what a lenient comparison would skip."""
    log = as_workflow_log(grade_of(strings))

    plain = [line for line in log.split("\n") if not line.startswith(("::error ", "::warning "))]
    assert not [line for line in plain if "::" in line or "##[" in line]
    assert all(
        character in " \n" or unicodedata.category(character)[0] not in "CZ" for character in log
    )


@SAME_EACH_TIME
@given(texts(), texts(), texts())
def test_a_command_decodes_to_its_input(file: str, title: str, line: str) -> None:
    """This holds for properties and data with any content."""
    written = workflow_command("error", [line], {"file": f"x{file}", "title": f"x{title}"})

    command = parse(written)

    assert "\n" not in written
    assert command is not None
    assert command.name == "error"
    assert command.properties == {
        "file": in_log(f"x{file}").strip(),
        "title": in_log(f"x{title}").strip(),
    }
    assert command.data == in_log(line)


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:20]))
def test_no_nasty_string_is_a_command_in_the_log(text: str) -> None:
    """This holds even if the string is alone on its line, without our words before it."""
    assert parse(in_log(text)) is None
    assert "::" not in in_log(text)
    assert "##[" not in in_log(text)


def lost(number: int, trace: tuple[str, ...] = ()) -> GradedTest:
    """Make a lost test with a unique cause."""
    return GradedTest(
        id=f"reader/{number}",
        title=f"Title {number}",
        requirement="R2",
        outcome=Outcome.CRASHED if trace else Outcome.WRONG,
        score=0,
        max_score=1,
        feedback=Feedback(asked="a", came_back=f"{number}", trace=trace),
    )


def log_of(*tests: GradedTest) -> list[str]:
    """Return the log of a grade with these lost tests."""
    checkpoint = checkpoint_of("reader", "Reading", tests)
    grade = grade_of(HARMLESS).model_copy(update={"checkpoints": (checkpoint,)})
    return as_workflow_log(grade).splitlines()


def test_there_are_no_more_annotations_than_github_shows() -> None:
    """At most ten errors and ten warnings; the log says how many failures were left out."""
    place = (f"{FILE}:1, in f: x",)

    lines = log_of(*(lost(n, place) for n in range(15)), *(lost(n) for n in range(20, 33)))

    names = [command.name for command in map(parse, lines) if command]
    assert names == ["error"] * MOST_ANNOTATIONS + ["warning"] * MOST_ANNOTATIONS
    assert any(line.startswith("8 more failures have no annotation") for line in lines)


def test_a_long_message_is_truncated_at_the_runners_limit() -> None:
    """The message says so; if the runner truncated it, nobody would know."""
    long = "x" * 600
    feedback = Feedback(asked=long, came_back=long, expected=long, hint=long, trace=(long,) * 6)

    lines = log_of(lost(1).model_copy(update={"feedback": feedback}))

    (command,) = [command for command in map(parse, lines) if command]
    assert len(command.data) == LONGEST_MESSAGE
    assert command.data.endswith("...")


@pytest.mark.parametrize(
    "trace",
    [
        "other.py:1, in f: x",
        "/etc/passwd:1, in f: x",
        f"{FILE}:0, in f: x",
        f"{FILE}:99999999, in f: x",
        f"{FILE}:one, in f: x",
        f" {FILE}:1, in f: x",
        "",
    ],
)
def test_an_annotation_names_a_file_of_the_submission_or_none(trace: str) -> None:
    """Students control the trace, so an annotation names only a place that exists."""
    (command,) = [command for command in map(parse, log_of(lost(1, (trace,)))) if command]

    assert command.name == "warning"
    assert set(command.properties) == {"title"}


def test_points_that_are_not_lost_have_no_annotation() -> None:
    """This covers points that a person must mark, and points of tests that the grader failed at."""
    tests = [lost(n).model_copy(update={"outcome": outcome}) for n, outcome in enumerate(
        (Outcome.UNMARKED, Outcome.GRADER_ERROR)
    )]  # fmt: skip

    assert not [command for command in map(parse, log_of(*tests)) if command]


@SAME_EACH_TIME
@given(any_grade())
def test_the_output_for_any_grade_is_bounded(grade: Grade) -> None:
    """Any grade that the model accepts is written, with a limited number of annotations."""
    found = [command for command in map(parse, lines_of(as_workflow_log(grade))) if command]

    assert {command.name for command in found} <= {"error", "warning"}
    assert all(len(command.data) <= LONGEST_MESSAGE for command in found)


@pytest.mark.parametrize("text", HUGE, ids=lambda text: ascii(text[:3]))
def test_a_megabyte_everywhere_is_truncated(text: str) -> None:
    """The log stays short."""
    grade = grade_of([text + str(number) for number in range(PLACES)])

    assert len(as_workflow_log(grade)) < 150_000
