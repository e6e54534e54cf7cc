"""Checks of the tests that read the notebook: find an answer, and say what is wrong with it.

Nothing is run: answers are values in code cells and texts below questions. The hint for a wrong
answer leads on, but does not give the right one away: the solutions are released later.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.testing import (
    Answers,
    Feedback,
    Notebook,
    Outcome,
    SubmittedFiles,
    Verdict,
    open_answer,
    shown,
    wrong,
)

FILE = "concepts.ipynb"
LETTERS = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Written:
    """The student's notebook, or why there is none to read."""

    notebook: Notebook | None
    answers: Answers
    outcome: Outcome = Outcome.PASSED
    problem: str = ""

    def value(self, name: str, part: str = "") -> Any:
        """Return a closed answer, or one part of it.

        Raises:
            Verdict: The notebook, the answer or its part is missing or cannot be read.
        """
        self._need_notebook()
        if name in self.answers.unreadable:
            _end(
                Outcome.WRONG,
                f"The answer {name} cannot be read: {self.answers.unreadable[name]}.",
                "Answers are read, not run: write plain values.",
                about_form=True,
            )
        if name not in self.answers.values:
            _end(
                Outcome.MISSING,
                f"No code cell of {FILE} has a line that begins with `{name} =`.",
                f"Restore the cell of {name} from the handout, and write your answer into it.",
            )
        whole = self.answers.values[name]
        if not part:
            return self._given(whole, name, [name] if whole is None else [])
        if not isinstance(whole, Mapping):
            _end(
                Outcome.UNIMPLEMENTED if whole is None else Outcome.WRONG,
                f"{name} is {shown(whole)}.",
                f"Keep {name} a dictionary with a value for each part, as in the handout.",
                about_form=True,
            )
        if part not in whole:
            _end(
                Outcome.MISSING,
                f"The key {part!r} is missing from {name}.",
                "Keep the keys as they are in the handout.",
            )
        return self._given(whole[part], name, [key for key in whole if whole[key] is None])

    def leave_to_a_person(self, name: str, question: str) -> NoReturn:
        """End the test of an open answer: a person marks it, unless nothing was written.

        Raises:
            Verdict: Always.
        """
        notebook = self._need_notebook()
        if not open_answer(notebook, name, question):
            _end(
                Outcome.UNIMPLEMENTED, "Nothing is written here yet.", "A few sentences are enough."
            )
        _end(Outcome.UNMARKED, "Your answer is there. A person will mark it.", None)

    def _need_notebook(self) -> Notebook:
        if self.notebook is None:
            _end(self.outcome, self.problem, None)
        return self.notebook

    @staticmethod
    def _given(value: Any, name: str, blanks: Sequence[Any]) -> Any:
        if value is None:
            parts = [str(part)[:40] for part in blanks if str(part) != name]
            where = f"{name}: {', '.join(parts[:8])}" if parts else name
            _end(
                Outcome.UNIMPLEMENTED,
                f"Still None in {where}.",
                "Write your answer in place of None.",
            )
        return value


def read_written(handed_in: SubmittedFiles) -> Written:
    """Read the notebook of a submission."""
    read = handed_in.notebook(FILE)
    if read.notebook is None:
        outcome = Outcome.MISSING if read.is_missing else Outcome.REFUSED
        return Written(None, read.answers, outcome, read.problem)
    return Written(read.notebook, read.answers)


def _end(
    outcome: Outcome, came_back: str, hint: str | None, *, about_form: bool = False
) -> NoReturn:
    feedback = Feedback(asked="", came_back=came_back, hint=hint, about_form=about_form)
    raise Verdict(outcome, feedback)


def expect_choice(
    value: Any,
    what: str,
    right: str,
    *,
    among: Sequence[str] = LETTERS,
    expected: str,
    hints: Mapping[str, str],
) -> None:
    """Check which of several choices was made; case and spaces around it do not matter.

    Args:
        value: The answer.
        what: Its name, for the student.
        right: The right choice.
        among: What there is to choose from.
        expected: What the right choice has to fulfil.
        hints: For each wrong choice, what speaks against it.

    Raises:
        Verdict: It is a wrong choice, or not a choice at all.
    """
    choice = value.strip() if isinstance(value, str) else value
    known = {choice.casefold(): choice for choice in among}
    chosen = known.get(choice.casefold()) if isinstance(choice, str) else None
    if chosen is None:
        wrong(
            f"{what} is {shown(value)}.",
            expected=f"one of {', '.join(json.dumps(letter) for letter in among)}",
            hint="Write it in quotes, exactly like this.",
            about_form=True,
        )
    if chosen != right:
        wrong(f"{what} is {json.dumps(chosen)}.", expected=expected, hint=hints[chosen])


def expect_number(
    value: Any, what: str, right: float, *, expected: str, hint: str, tolerance: float = 0.0
) -> None:
    """Check a number; text that is one counts too.

    Raises:
        Verdict: It is another, or none.
    """
    if isinstance(value, str) and re.fullmatch(r"\s*\d[\d_, ]{0,20}(\.\d+)?\s*", value):
        value = float(re.sub(r"[_, ]", "", value))
    if type(value) not in (int, float):
        wrong(
            f"{what} is {shown(value)}.",
            expected="a number",
            hint="Write digits, without a unit.",
            about_form=True,
        )
    if not abs(value - right) <= tolerance:
        wrong(f"{what} is {shown(value)}.", expected=expected, hint=hint)
