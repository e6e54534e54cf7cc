"""What a class run did about each student, in a few numbers, and as a table of the class."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from autograder.assignment import Assignment
from autograder.course.results import GRADER_LOGS
from autograder.errors import AutograderError
from autograder.gradebook.entries import NOTHING_GRADABLE, BookEntry
from autograder.gradebook.exports.table import number
from autograder.gradebook.standing import StandingStatus
from autograder.grading.grade import Grade, Outcome, Status
from autograder.intake.layouts import NOT_GRADED
from autograder.text import in_csv, rounded


class ClassAction(StrEnum):
    """What was done about a student."""

    GRADED = "graded"
    KEPT = "kept"
    """The result that was there is still right."""
    FAILED = "failed"
    """The grader failed; a result that was there before stays."""
    MISSING = "not handed in"
    """Nothing was handed in; a result that was there before is withdrawn."""
    NOT_READABLE = "not readable"
    """What was handed in cannot be opened; a result that was there before is withdrawn."""
    NOT_MATCHED = "not matched"
    """A hand-in of which it is not known whose it is."""
    LEFT_ALONE = "left alone"
    """Not looked at this time; a result that was there before stays."""


@dataclass(frozen=True)
class StudentOutcome:
    """What was done about one student, and the grade in a few numbers."""

    student: str
    """The student's id; empty if it is not known whose the hand-in is."""
    action: ClassAction
    points: Mapping[str, float]
    """By checkpoint, those that are decided. Empty without a grade."""
    score: float
    max_score: float
    state: str
    """That of the checkpoint that is furthest from decided; without a grade, the reason."""
    problem: str
    """What failed, or what must be settled; else empty."""
    open_points: float = 0.0
    """Points that are neither given nor lost yet."""
    penalty: float = 0.0
    """Points that lateness takes off the score."""
    total: float | None = None
    """The points after the penalty; None while some are open, and for an excused student."""
    counting: float | None = None
    """The points that remain so far; None for an excused student."""
    unreadable: int = 0
    """Tests that could not read what the code left behind: an instructor should look at them."""
    hand_in: str = ""
    """What the source calls the hand-in."""
    note: str = ""
    """What a person should know of it, though nothing must be settled; else empty."""
    is_withdrawn: bool = False
    """Whether the result of an earlier hand-in was withdrawn, and none replaced it."""
    misnamed: int = 0
    """Graded files that are missing where another file may be meant."""
    is_pushed: bool = False
    """Whether it was pushed to GitHub, and not handed in as files that may lie elsewhere."""

    @property
    def who(self) -> str:
        """The student, or else the hand-in."""
        return self.student or self.hand_in

    @property
    def reason(self) -> str:
        """Why something is left to do, and what to know of it, in a line; empty if nothing is."""
        if self.problem and self.action is ClassAction.GRADED:
            problem = f"the grader failed: see {GRADER_LOGS}/{self.student}.txt"
        else:
            problem = (self.problem.strip().splitlines() or [""])[-1]
        return "; ".join(filter(None, [problem, self.note]))

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do: there is a grade, or nothing was handed in."""
        return not self.problem and self.action in _SETTLED and not self.may_be_misplaced

    @property
    def may_be_misplaced(self) -> bool:
        """Whether a person should look for the files: nothing of the hand-in can be graded.

        A student who pushes sees that immediately, and no person could settle it here.
        """
        is_seen = self.action is not ClassAction.LEFT_ALONE
        return is_seen and self.state == NOTHING_GRADABLE and not self.is_pushed


_SETTLED = {ClassAction.GRADED, ClassAction.KEPT, ClassAction.MISSING, ClassAction.LEFT_ALONE}
EXCUSED = StandingStatus.EXCUSED.value
MARK_AGAIN = "to mark again"
"""The state where an answer was changed after it was marked."""


def outcome_of(
    student: str,
    action: ClassAction,
    entry: BookEntry | None,
    problem: str = "",
    hand_in: str = "",
    *,
    excused: bool = False,
) -> StudentOutcome:
    """Sum a grade up; a class's grades as a whole would not fit into memory.

    Args:
        student: The student's id.
        action: What was done.
        entry: What is known of the student; None without a grade.
        problem: What failed.
        hand_in: What the source calls the hand-in.
        excused: Whether the student is excused, where an entry does not tell.
    """
    grade = entry.grade if entry else None
    if entry is None or grade is None:
        state = EXCUSED if excused else action.value
        return StudentOutcome(student, action, {}, 0.0, 0.0, state, problem, hand_in=hand_in)
    standing = entry.standing
    misnamed = _misnamed(entry.record.grade or grade)
    return StudentOutcome(
        student=student,
        action=action,
        points={checkpoint.id: checkpoint.score for checkpoint in grade.checkpoints},
        score=grade.score,
        max_score=grade.max_score,
        state=_state(entry, grade),
        problem=problem,
        open_points=standing.open_points,
        penalty=standing.penalty,
        total=standing.total,
        counting=None if standing.excused else standing.so_far_after_penalty,
        unreadable=grade.count(Outcome.UNREADABLE),
        hand_in=hand_in,
        note=_note(misnamed, grade.submission.notes),
        misnamed=len(misnamed),
    )


def _note(misnamed: Sequence[str], notes: Sequence[str]) -> str:
    """Say which file may be meant that was not graded; empty if none may."""
    if misnamed:
        more = f", and {len(misnamed) - 1} more" if len(misnamed) > 1 else ""
        return f"{misnamed[0].removesuffix('.')}{more}"
    return "; ".join(note for note in notes if note.endswith(NOT_GRADED))


_MEANT = re.compile(r"The file .+ is missing, but there is .+")
"""How feedback names a file that may be meant (`autograder.admission`).

A grade keeps nothing else of it; a test of a class with such a file fails if the words change.
"""


def _misnamed(grade: Grade) -> list[str]:
    """Return the sentences on graded files that are missing where another file may be meant."""
    said = (
        test.feedback.came_back
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.outcome is Outcome.MISSING and test.feedback is not None
    )
    return [sentence for sentence in dict.fromkeys(said) if _MEANT.fullmatch(sentence)]


def _state(entry: BookEntry, grade: Grade) -> str:
    """Return in a word how far a grade is decided."""
    if entry.standing.excused:
        return EXCUSED
    if entry.has_nothing_gradable:
        return NOTHING_GRADABLE
    if not entry.standing.counts:
        return StandingStatus.TOO_LATE.value
    if entry.to_mark_again:
        return MARK_AGAIN
    states = {checkpoint.status for checkpoint in grade.checkpoints}
    order = (Status.INCOMPLETE, Status.UNMARKED, Status.COMPLETE)
    return next(state for state in order if state in states).value


def with_entries(
    outcomes: Iterable[StudentOutcome], entries: Iterable[BookEntry]
) -> list[StudentOutcome]:
    """Return outcomes with what a gradebook knows of the same students by now."""
    known = {entry.student.id: entry for entry in entries if entry.grade is not None}
    return [
        replace(
            outcome_of(
                outcome.student,
                outcome.action,
                known[outcome.student],
                outcome.problem,
                outcome.hand_in,
            ),
            note=outcome.note,
            is_pushed=outcome.is_pushed,
        )
        if outcome.points and outcome.student in known
        else outcome
        for outcome in outcomes
    ]


def grades_table(outcomes: Iterable[StudentOutcome], assignment: Assignment) -> str:
    """Write a row for each student, and for each hand-in that is nobody's yet.

    It has the decided points by checkpoint, how many are open, how many of them lateness takes off,
    the total once it is final, and why there may be none.
    """
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    checkpoints = [checkpoint.id for checkpoint in assignment.checkpoints]
    sums_of = ("score", "max_score", "open_points", "penalty", "total")
    writer.writerow(["student", "hand_in", *checkpoints, *sums_of, "state", "reason"])
    for outcome in sorted(outcomes, key=lambda outcome: (not outcome.student, outcome.who)):
        points = [outcome.points.get(checkpoint) for checkpoint in checkpoints]
        sums = [
            *(outcome.score, outcome.max_score, outcome.open_points, outcome.penalty),
            outcome.total,
        ]
        scores = sums if outcome.points else [None] * len(sums)
        row = [number(value) for value in (*points, *scores)]
        who = [in_csv(outcome.student), in_csv(outcome.hand_in)]
        writer.writerow([*who, *row, outcome.state, in_csv(outcome.reason)])
    return file.getvalue()


def note_attempt(path: Path, student: str, score: float, max_score: float) -> None:
    """Append to a table what a submission was worth that another one has replaced.

    Raises:
        AutograderError: It cannot be written.
    """
    is_new = not path.exists()
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            if is_new:
                rows.writerow(["student", "score", "max_score"])
            rows.writerow([in_csv(student), rounded(score), rounded(max_score)])
    except OSError as error:
        raise AutograderError(f"{path} cannot be written: {error.strerror}") from None
