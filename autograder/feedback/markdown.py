"""A grade in GitHub's Markdown, for a commit comment or a job's summary.

A table of the checkpoints, a table of each one's tests, then each lost point once for its cause.
"""

from dataclasses import dataclass

from autograder.feedback.content import (
    LONGEST_TITLE,
    WITHOUT_SANDBOX,
    Detail,
    explanation_lines,
    handout_link,
    notes_of,
    others_lost,
    outcome_text,
    passed,
    picture_in,
    points,
    rehearsal_in,
    state,
    undecided,
    without_points,
)
from autograder.grading.grade import Grade, GradedCheckpoint, GradedTest
from autograder.logs.captions import caption
from autograder.logs.picture import LogPicture
from autograder.logs.sketch import sketch
from autograder.text import code_in_markdown, counted, in_markdown

LONGEST_COMMENT = 65_536
"""What GitHub takes for the body of a comment, in characters; here kept in UTF-8 bytes."""
LONGEST_REMARK = 200


@dataclass(frozen=True)
class _Block:
    """A piece that is shown whole or not at all."""

    text: str
    explains: int = 0
    """Tests whose lost points only this piece explains."""
    rank: int = 0
    """If there is not room for all, the highest rank is left out first."""


def as_markdown(
    grade: Grade,
    *,
    files_at: str = "",
    detail: Detail = Detail.FULL,
    limit: int = LONGEST_COMMENT,
) -> str:
    """Write a grade in Markdown, no longer than a comment may be.

    Args:
        grade: What to write.
        files_at: Where the student's files are read, for links to the handout: such as
            `https://github.com/ORG/NAME/blob/COMMIT/`. A comment needs it; next to the files,
            it may be empty.
        detail: How much to show.
        limit: The most bytes that come back.
    """
    blocks = [_Block(_overview(grade))]
    for checkpoint in grade.checkpoints if detail is not Detail.SCORE else ():
        blocks.append(_Block(_tests(checkpoint)))
        if detail in (Detail.FULL, Detail.EXPLAINED):
            for tests in without_points(checkpoint):
                blocks.append(_Block(_cause(tests, files_at), explains=len(tests), rank=1))
                picture = picture_in(tests)
                if picture is not None:
                    blocks.append(_Block(_drawing(picture), rank=2))
                command = rehearsal_in(tests) if detail is Detail.FULL else None
                if command is not None:
                    blocks.append(_Block(_rehearsal(command), rank=3))
    return _within(limit, blocks)


def _within(limit: int, blocks: list[_Block]) -> str:
    """Join blocks; if there is not room for all, explanations are left out before tables."""
    room = limit - LONGEST_REMARK
    fitting: set[int] = set()
    for number, block in sorted(enumerate(blocks), key=_rank):
        size = len(block.text.encode()) + len("\n\n")
        if size <= room:
            room -= size
            fitting.add(number)
    shown = [block.text for number, block in enumerate(blocks) if number in fitting]
    missing = [block for number, block in enumerate(blocks) if number not in fitting]
    if missing:
        unexplained = sum(block.explains for block in missing)
        numbers = {
            "drawing": sum(block.rank == 2 for block in missing),
            "case": sum(block.rank == 3 for block in missing),
            "table": sum(block.rank == 0 for block in missing),
        }
        also = "".join(f", {counted(number, what)}" for what, number in numbers.items() if number)
        shown.append(
            f"*Left out, since GitHub takes no more than {LONGEST_COMMENT:,} characters: "
            f"the feedback on {counted(unexplained, 'test')}{also}.*"
        )
    return "\n\n".join(shown) + "\n"


def _rank(numbered: tuple[int, _Block]) -> int:
    return numbered[1].rank


def _overview(grade: Grade) -> str:
    lines = [
        f"# {in_markdown(grade.assignment, LONGEST_TITLE)}: {points(grade)}",
        "",
        "| checkpoint | tests | score | |",
        "|---|---:|---:|---|",
    ]
    lines += [
        f"| {_title(checkpoint)} | {passed(checkpoint)} | {points(checkpoint)} "
        f"| {state(checkpoint)} |"
        for checkpoint in grade.checkpoints
    ]
    lines.append(f"| **total** | | **{points(grade)}** | {undecided(grade)} |")
    if not grade.grader.sandbox:
        lines += ["", WITHOUT_SANDBOX]
    notes = notes_of(grade)
    if notes:
        lines += ["", *(f"- **note:** {in_markdown(note)}" for note in notes)]
    return "\n".join(lines)


def _tests(checkpoint: GradedCheckpoint) -> str:
    lines = [
        f"## {_title(checkpoint)}: {points(checkpoint)}",
        "",
        "| asks | test | points | |",
        "|---|---|---:|---|",
    ]
    lines += [
        f"| {_requirement(test)} | {_title(test)} | {points(test)} | {outcome_text(test)} |"
        for test in checkpoint.tests
    ]
    return "\n".join(lines)


def _cause(tests: list[GradedTest], files_at: str) -> str:
    first, *others = tests
    lines = [f"### {_headline(first)}", ""]
    for label, text in explanation_lines(tests):
        lines.append(f"- **{label}:** {_feedback(label, text, files_at)}")
    if others:
        lines += ["", *([f"{lost}:", ""] if (lost := others_lost(tests)) else [])]
        lines += [f"- {_headline(test)}" for test in others]
    return "\n".join(lines)


def _drawing(picture: LogPicture) -> str:
    """Draw a log in a block of code. Each line begins with our words: none can end the block."""
    return f"{caption(picture, in_characters=True)}\n\n```text\n{sketch(picture)}\n```"


def _rehearsal(command: str) -> str:
    return f"Rehearse it on your laptop:\n\n```sh\n{command}\n```"


def _feedback(label: str, text: str, files_at: str) -> str:
    if label == "at":
        return code_in_markdown(text)
    link = handout_link(text, files_at) if label == "handout" else None
    return f"[{code_in_markdown(text)}]({link})" if link else in_markdown(text)


def _headline(test: GradedTest) -> str:
    return f"{_requirement(test)} {_title(test)}: {points(test)}, {outcome_text(test)}"


def _title(titled: GradedCheckpoint | GradedTest) -> str:
    return in_markdown(titled.title, LONGEST_TITLE)


def _requirement(test: GradedTest) -> str:
    return code_in_markdown(test.requirement, LONGEST_TITLE)
