"""Writes the page of answers for which markers gave different points."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from autograder.feedback.page import page_environment
from autograder.gradebook.marking.agreement import AgreementState, ComparedAnswer
from autograder.gradebook.marking.copies import LONGEST_ANSWER, answer_lines
from autograder.text import counted, decimal_text, in_html

LONGEST_COMMENT = 4_000


def differences_page(
    title: str, answers: Sequence[ComparedAnswer], counts: Mapping[AgreementState, int]
) -> str:
    """Write the page; it needs no other file, and runs no script.

    Args:
        title: Of the assignment.
        answers: Those to show.
        counts: How many answers of the class are in each state.
    """
    environment = page_environment(
        "gradebook/marking",
        {
            "counted": counted,
            "decimal_text": decimal_text,
            "lines": _lines,
            "long": _long,
            "question": _question,
            "states": AgreementState,
        },
    )
    sections = {
        state: [answer for answer in answers if answer.state is state]
        for state in (AgreementState.DIFFERENT, AgreementState.WAITING, AgreementState.DECIDED)
    }
    return environment.get_template("differences.html.jinja").render(
        title=title, sections=sections, counts=counts
    )


def _lines(answer: ComparedAnswer) -> Markup:
    """Write an answer as the student did, line by line."""
    lines = [in_html(line, LONGEST_ANSWER) for line in answer_lines(answer.answer)]
    return Markup("<br>\n").join(lines)


def _question(answer: ComparedAnswer) -> Markup:
    """Write a question as one paragraph, without the marks of bold text."""
    return in_html(" ".join(answer.question.text.replace("**", "").split()), LONGEST_ANSWER)


def _long(comment: str) -> Markup:
    lines = [in_html(line, LONGEST_COMMENT) for line in comment[:LONGEST_COMMENT].splitlines()]
    return Markup("<br>\n").join(lines)
