"""What every form shows of a grade, in the same words; how it looks is each form's own."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import islice

from autograder.grading.grade import (
    Anomaly,
    Feedback,
    Grade,
    GradedCheckpoint,
    GradedTest,
    Outcome,
    Witnesses,
)
from autograder.logs.picture import LogPicture
from autograder.text import counted, decimal_text, inert, plural

LONGEST_TITLE = 200
LONGEST_TRACE = 6
MOST_RECORDS = 5
LONGEST_RECORD = 100
MOST_MORE = 1_000_000
MOST_NAMES = 3
"""Students who are named in a summary."""
LONGEST_NAME = 60
MOST_NOTES = 21
"""As many as intake writes: 20, and a line for the rest."""


class Detail(StrEnum):
    """How much of a grade students are shown; each shows what the one below does, and more."""

    FULL = "full"
    EXPLAINED = "explained"
    """Why tests did not give points, but no cases to rehearse."""
    TITLES = "titles"
    """Which tests gave points, but not why others did not."""
    SCORE = "score"
    """The points of each checkpoint."""

    @property
    def rank(self) -> int:
        """How much it shows, compared with the others."""
        return (Detail.SCORE, Detail.TITLES, Detail.EXPLAINED, Detail.FULL).index(self)


WITHOUT_SANDBOX = "Graded without a sandbox (--no-sandbox): for trusted code only."

_CASE = re.compile(r"[A-Za-z0-9_-]{1,2000}")
# A file of the student's repository and a place in it; never another site or a scheme.
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,99}(#[A-Za-z0-9_-]{1,99})?")


def notes_of(grade: Grade) -> list[str]:
    """Return notes about a grade, as inert lines, and not too many of them.

    They say if another Python ran the code, and what was left out of the submission, and why.
    """
    notes = [*filter(None, [grade.grader.other_python]), *grade.submission.notes[:MOST_NOTES]]
    return [inert(note) for note in notes]


def by_cause(tests: Sequence[GradedTest]) -> list[list[GradedTest]]:
    """Group tests that lost points for one reason, so that a student reads it once.

    Tests share a reason if the same thing came back, or if the same advice helps with the same
    requirement.
    """
    seen = Counter(_came_back(test) for test in tests)
    groups: dict[object, list[GradedTest]] = {}
    for test in tests:
        if test.outcome is Outcome.GRADER_ERROR:
            key: object = test.outcome
        elif test.feedback is None or test.marked_by == "person":
            key = test.id
        elif seen[_came_back(test)] > 1 or not test.feedback.hint:
            key = _came_back(test)
        else:
            key = (test.outcome, test.requirement, test.feedback.hint)
        groups.setdefault(key, []).append(test)
    return list(groups.values())


def others_lost(tests: Sequence[GradedTest]) -> str:
    """Say how many tests share what explains the first one, and what all of them cost together.

    Empty if there is only one test, or if no points are lost.
    """
    first, *others = tests
    if not others or first.is_open:
        return ""
    lost = counted(points_lost(tests), "point")
    fail = f"{counted(len(others), 'more test')} {plural(len(others), 'fails', 'fail')}"
    if {_came_back(test) for test in tests} == {_came_back(first)}:
        return f"{fail} for the same reason ({lost} lost in total)"
    return f"{fail}; the same hint applies ({lost} lost in total)"


def _came_back(test: GradedTest) -> tuple[Outcome, str | None]:
    return (test.outcome, test.feedback.came_back if test.feedback else None)


def without_points(checkpoint: GradedCheckpoint) -> list[list[GradedTest]]:
    """Take the tests that gave no points, by cause: lost ones and those not decided yet.

    Answers whose verdict is withheld are left out: there is nothing to explain.
    """
    explained = (Outcome.PASSED, Outcome.ANSWERED)
    return by_cause([test for test in checkpoint.tests if test.outcome not in explained])


def causes_of(grade: Grade) -> list[list[GradedTest]]:
    """Take all tests of a grade that lost points, by cause: the cause that costs most first.

    What one hint helps with is one cause, also for several requirements; open answers are none.
    """
    lost = [
        test
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if not test.is_open and test.outcome is not Outcome.PASSED and test.marked_by == "machine"
    ]
    causes: dict[object, list[GradedTest]] = {}
    for tests in by_cause(lost):
        hint = tests[0].feedback.hint if tests[0].feedback else None
        causes.setdefault((tests[0].outcome, hint) if hint else tests[0].id, []).extend(tests)
    return sorted(causes.values(), key=points_lost, reverse=True)


def marked_answers(grade: Grade) -> list[GradedTest]:
    """Return the open answers of a grade whose points are decided, with full points or without."""
    return [
        test
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.marked_by == "person" and not test.is_open
    ]


def outcome_text(test: GradedTest) -> str:
    """Return the outcome of a test in words; a person's mark is not right or wrong."""
    if test.marked_by == "person":
        if test.outcome is Outcome.UNIMPLEMENTED:
            return "no answer"
        if test.outcome is Outcome.PASSED or (test.outcome is Outcome.WRONG and test.score):
            return "marked"
    return test.outcome.value.replace("_", " ")


def points_lost(tests: Sequence[GradedTest]) -> float:
    """Add up what tests lost."""
    return sum(test.max_score - test.score for test in tests)


def undecided_tests(grade: Grade) -> list[list[GradedTest]]:
    """Take the tests of a grade that are not decided, those together that wait for the same.

    Answers whose verdict is withheld are left out: there is nothing to explain.
    """
    groups: dict[object, list[GradedTest]] = {}
    for checkpoint in grade.checkpoints:
        for test in checkpoint.tests:
            if test.outcome is Outcome.GRADER_ERROR:
                groups.setdefault(test.outcome, []).append(test)
            elif test.outcome is Outcome.UNMARKED:
                groups.setdefault(_came_back(test), []).append(test)
    return list(groups.values())


def picture_in(tests: Sequence[GradedTest]) -> LogPicture | None:
    """Take the drawing of tests that lost for one reason: the first there is."""
    pictures = (LogPicture.of(test.feedback) for test in tests if test.feedback)
    return next((picture for picture in pictures if picture is not None), None)


def rehearsal_in(tests: Sequence[GradedTest]) -> str | None:
    """Return the command that rehearses tests that lost for one reason; None if none has a case."""
    cases = (test.feedback.case for test in tests if test.feedback and test.feedback.case)
    case = next(filter(_CASE.fullmatch, cases), None)
    return None if case is None else f"uv run checks/rehearse.py {case}"


def without_cases(grade: Grade) -> Grade:
    """Return a grade without the cases to rehearse."""
    return grade.model_copy(
        update={
            "checkpoints": tuple(
                checkpoint.model_copy(update={"tests": tuple(map(_without_case, checkpoint.tests))})
                for checkpoint in grade.checkpoints
            )
        }
    )


def _without_case(test: GradedTest) -> GradedTest:
    if test.feedback is None:
        return test
    feedback = test.feedback.model_copy(update={"case": None, "no_case": None})
    return test.model_copy(update={"feedback": feedback})


def explanation(tests: Sequence[GradedTest]) -> Feedback | None:
    """Take what explains tests that gave no points for one reason; None if there is nothing."""
    first, *others = tests
    if first.outcome is not Outcome.GRADER_ERROR:
        return first.feedback
    most = sum(test.max_score for test in tests)
    are = plural(most, "is", "are")
    if others:
        said = (
            f"These {len(tests)} tests could not be graded, which is not your fault. "
            f"Their {counted(most, 'point')} {are} open until they are graded again."
        )
    else:
        said = (
            "This test could not be graded, which is not your fault. "
            f"Its {counted(most, 'point')} {are} open until it is graded again."
        )
    feedback = first.feedback or Feedback(asked="", came_back="")
    return feedback.model_copy(update={"came_back": said, "hint": None})


def explanation_lines(tests: Sequence[GradedTest]) -> list[tuple[str, str]]:
    """Write what explains tests as lines of a label and a text, see `feedback_lines`."""
    feedback = explanation(tests)
    if feedback is None:
        return []
    is_mark = tests[0].marked_by == "person" and tests[0].outcome in (Outcome.PASSED, Outcome.WRONG)
    return feedback_lines(feedback, is_mark=is_mark)


def feedback_lines(feedback: Feedback, *, is_mark: bool = False) -> list[tuple[str, str]]:
    """Write feedback as lines of a label and a text, each inert, and not too many of them.

    With `is_mark`, a person has marked the answer, and `came_back` holds that person's comment.
    """
    lines = [("asked", inert(feedback.asked))] if feedback.asked else []
    if is_mark:
        paragraphs = filter(None, map(str.strip, feedback.came_back.splitlines()))
        lines += [("comment", inert(paragraph)) for paragraph in islice(paragraphs, MOST_NOTES)]
    else:
        lines.append(("got", inert(feedback.came_back)))
    if feedback.expected:
        lines.append(("expected", inert(feedback.expected)))
    lines += [
        (deviation.anomaly.value, _listed(deviation))
        for deviation in feedback.witnesses[: len(Anomaly)]
    ]
    lines += [("at", inert(line)) for line in feedback.trace[-LONGEST_TRACE:]]
    if feedback.hint:
        lines.append(("hint", inert(feedback.hint)))
    if feedback.handout:
        lines.append(("handout", inert(feedback.handout)))
    return lines


def _listed(witnesses: Witnesses) -> str:
    records = witnesses.records[:MOST_RECORDS]
    listed = ", ".join(inert(record, LONGEST_RECORD) for record in records)
    more = min(witnesses.total - len(records), MOST_MORE)
    return f"{listed} and {more} more" if more > 0 else listed


def handout_link(handout: str, files_at: str | None) -> str | None:
    """Return where the handout can be read; None if that is not known, or not a plain place.

    Args:
        handout: A file and a place in it, such as `README.md#r2`.
        files_at: What to put in front, such as `https://github.com/ORG/NAME/blob/COMMIT/`; empty
            if the output is read next to the student's files, None if nothing is known of them.
    """
    if files_at is None or not _PLACE.fullmatch(handout):
        return None
    return f"{files_at}{handout}"


def state(checkpoint: GradedCheckpoint) -> str:
    """Return in a few words whether a checkpoint's points are final."""
    if checkpoint.open_points:
        return open_points(checkpoint)
    return "complete" if checkpoint.score == checkpoint.max_score else "points lost"


def open_points(checkpoint: GradedCheckpoint) -> str:
    """Say how many points of a checkpoint are open, and why; empty if none are."""
    failed, withheld, waiting = (
        sum(test.max_score for test in checkpoint.tests if test.outcome is outcome)
        for outcome in (Outcome.GRADER_ERROR, Outcome.ANSWERED, Outcome.UNMARKED)
    )
    parts = []
    if failed:
        parts.append(f"{points_open(failed)}: the grader failed")
    if withheld:
        parts.append(f"{points_open(withheld)} until the deadline")
    if waiting:
        parts.append(f"{counted(waiting, 'point')} to be marked by a person")
    return ", ".join(parts)


def undecided(grade: Grade) -> str:
    """Say how many points of a grade are open; empty if none are."""
    return points_open(grade.open_points) if grade.open_points else ""


def points_open(amount: float) -> str:
    """Write `3 points open`."""
    return f"{counted(amount, 'point')} open"


def unreadable_summary(tests: Mapping[str, int], *, named: bool) -> tuple[int, str]:
    """Count the unreadable tests of a class, for an instructor who should look at them.

    Args:
        tests: How many there are, by student.
        named: Whether to name the first few students.

    Returns:
        The number of tests, and the words that follow it: `3` and `tests of 2 students unreadable:
        look at them (ada, bob)`. 0 and an empty text if there are none.
    """
    students = sorted(student for student, count in tests.items() if count)
    total = sum(tests.values())
    if not total:
        return 0, ""
    words = f"{plural(total, 'test')} of {counted(len(students), 'student')} unreadable"
    words += f": look at {plural(total, 'it', 'them')}"
    if named:
        names = ", ".join(inert(student, LONGEST_NAME) for student in students[:MOST_NAMES])
        more = len(students) - MOST_NAMES
        words += f" ({names} and {more} more)" if more > 0 else f" ({names})"
    return total, words


def points(scored: Grade | GradedCheckpoint | GradedTest) -> str:
    """Write a score and what it could have been: `3 / 5`; `open / 5` where it is not known."""
    unknown = (Outcome.GRADER_ERROR, Outcome.ANSWERED)
    if isinstance(scored, GradedTest) and scored.outcome in unknown:
        return f"open / {decimal_text(scored.max_score)}"
    return f"{decimal_text(scored.score)} / {decimal_text(scored.max_score)}"


def passed(checkpoint: GradedCheckpoint) -> str:
    """Write how many tests passed, of how many: `4/5`."""
    won = sum(test.outcome is Outcome.PASSED for test in checkpoint.tests)
    return f"{won}/{len(checkpoint.tests)}"
