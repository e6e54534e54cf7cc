"""The grade: one model from which every output is rendered.

Its JSON Schema is next to it in `grade.schema.json`. A grade has neither times nor paths:
graded twice, a submission gives the same bytes.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

LONGEST_CASE = 2000
"""Characters: a case is shown in comments, and typed into a terminal."""
SCHEMA_FILE = Path(__file__).with_name("grade.schema.json")


class Outcome(StrEnum):
    """The result of one test."""

    PASSED = "passed"
    WRONG = "wrong"
    MISSING = "missing"
    """The file or the function is not there."""
    UNIMPLEMENTED = "unimplemented"
    """The stub still raises NotImplementedError."""
    CRASHED = "crashed"
    """The student's code raised an exception."""
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    KILLED = "killed"
    """The process ended without an answer, or had to be ended."""
    REFUSED = "refused"
    """A file that cannot be graded."""
    UNREADABLE = "unreadable"
    """What the student's code left behind could not be read: no points, and an instructor looks."""
    GRADER_ERROR = "grader_error"
    """The grader's own fault: the test's points are open until it is graded again."""
    UNMARKED = "unmarked"
    """Waits for a person: the test's points are open."""
    ANSWERED = "answered"
    """A closed answer has the right form; its verdict is withheld, and the points are open.

    Only a student's view of a grade has it, see `without_closed_verdicts`.
    """


OPEN = frozenset({Outcome.UNMARKED, Outcome.GRADER_ERROR, Outcome.ANSWERED})
"""Outcomes that neither give points nor cost any."""


class Status(StrEnum):
    """Whether a checkpoint's score is final."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    """The grader failed at some of its tests: their points are open."""
    UNMARKED = "unmarked"
    """The points of some of its tests wait for a person or, in a student's view, the deadline."""


class _GradeModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Anomaly(StrEnum):
    """What can be wrong with records in a log, in exact words."""

    LOST = "lost"
    """Sent, but not in the log."""
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    MISROUTED = "misrouted"
    """Not where its key leads to."""
    UNREAD = "unread"
    """In the log, but not returned."""
    OVERREAD = "overread"
    """Returned, though not asked for."""


class Witnesses(_GradeModel):
    """The records that prove an anomaly."""

    anomaly: Anomaly
    records: tuple[str, ...]
    """Record ids (event ids, offsets, or messages), the first few."""
    total: int
    """How many there are in all."""


class Attachment(_GradeModel):
    """Something that explains a verdict better than words, such as a picture of a log.

    The grade carries it and does not look into it. The package that makes a kind also reads it.
    """

    kind: str
    content: dict[str, Any]
    """Plain JSON; the package that makes it bounds it."""


class Attachable(Protocol):
    """What can be attached to feedback."""

    def attachment(self) -> Attachment:
        """Return it as an attachment, with every text from the sandbox bounded."""


class Feedback(_GradeModel):
    """Why points were lost, as data."""

    asked: str
    """What the handout asks for."""
    came_back: str
    """What the code did."""
    expected: str | None = None
    hint: str | None = None
    witnesses: tuple[Witnesses, ...] = ()
    trace: tuple[str, ...] = ()
    """The student's own traceback, their files only."""
    handout: str | None = None
    """Where the handout states the requirement, relative to the student's repository."""
    attachments: tuple[Attachment, ...] = ()
    """What explains itself better than words, such as a drawing."""
    case: str | None = Field(default=None, max_length=LONGEST_CASE)
    """What `checks/rehearse.py` takes, to play the test's scene at home: one word."""
    no_case: str | None = None
    """Why a test that called the student's code has no case."""
    about_form: bool = False
    """Whether a closed answer has the wrong form, which says nothing about the right answer."""


MarkedBy = Literal["machine", "person"]


class GradedTest(_GradeModel):
    """One hidden test's verdict."""

    id: str
    title: str
    requirement: str
    marked_by: MarkedBy = "machine"
    """Whose judgement its points are; a person's are never given by the grader."""
    closed_answer: bool = False
    """Whether it judges a closed answer, so that its verdict would tell what is right."""
    outcome: Outcome
    score: float
    max_score: float
    feedback: Feedback | None = None

    @property
    def is_open(self) -> bool:
        """Whether its points are neither given nor lost yet."""
        return self.outcome in OPEN


class GradedCheckpoint(_GradeModel):
    """One checkpoint's verdicts and points."""

    id: str
    title: str
    score: float
    max_score: float
    status: Status
    tests: tuple[GradedTest, ...]

    @property
    def open_points(self) -> float:
        """The points that are neither given nor lost yet."""
        return sum(test.max_score for test in self.tests if test.is_open)


class GradedSubmission(_GradeModel):
    """Which files were graded."""

    digest: str
    commit: str | None = None
    files: dict[str, str]
    notes: tuple[str, ...] = ()
    """What was left out and why, in sentences for the student; a note costs no points."""


class Grader(_GradeModel):
    """What graded them."""

    version: str
    suite: str
    """Digest of the hidden suite and its settings."""
    sandbox: bool
    """False where the instructor chose `--no-sandbox`."""
    python: str
    """The Python that ran the student's code, such as `3.12`."""
    python_named: str
    """The Python that the assignment names."""

    @property
    def other_python(self) -> str | None:
        """A sentence if the code ran on another Python than the assignment names; else None."""
        if self.python == self.python_named:
            return None
        return f"Graded with Python {self.python}; the assignment names Python {self.python_named}."


class Grade(_GradeModel):
    """A submission's grade."""

    schema_version: int = Field(default=4, ge=1)
    assignment: str
    score: float
    max_score: float
    submission: GradedSubmission
    grader: Grader
    checkpoints: tuple[GradedCheckpoint, ...]

    @property
    def open_points(self) -> float:
        """The points that are neither given nor lost yet."""
        return sum(checkpoint.open_points for checkpoint in self.checkpoints)

    @property
    def is_incomplete(self) -> bool:
        """Whether the grader failed at some of its tests."""
        return self.count(Outcome.GRADER_ERROR) > 0

    def count(self, outcome: Outcome) -> int:
        """Return how many of its tests have this outcome."""
        return sum(
            test.outcome is outcome for checkpoint in self.checkpoints for test in checkpoint.tests
        )


def checkpoint_of(
    checkpoint_id: str, title: str, tests: tuple[GradedTest, ...]
) -> GradedCheckpoint:
    """Add up a checkpoint; the verdicts of other tests stay if the grader failed at one of them."""
    outcomes = {test.outcome for test in tests}
    if Outcome.GRADER_ERROR in outcomes:
        status = Status.INCOMPLETE
    elif outcomes & OPEN:
        status = Status.UNMARKED
    else:
        status = Status.COMPLETE
    return GradedCheckpoint(
        id=checkpoint_id,
        title=title,
        score=sum(test.score for test in tests),
        max_score=sum(test.max_score for test in tests),
        status=status,
        tests=tests,
    )


def without_closed_verdicts(grade: Grade) -> Grade:
    """Return a grade as its student may see it while the answer key is secret.

    Each closed answer of the right form becomes `answered`, right or wrong. Everything else stays:
    that an answer is missing or has the wrong form says nothing about what is right.
    """
    checkpoints = tuple(
        checkpoint_of(
            checkpoint.id,
            checkpoint.title,
            tuple(_without_verdict(test) for test in checkpoint.tests),
        )
        for checkpoint in grade.checkpoints
    )
    score = sum(checkpoint.score for checkpoint in checkpoints)
    return grade.model_copy(update={"checkpoints": checkpoints, "score": score})


def _without_verdict(test: GradedTest) -> GradedTest:
    is_about_form = test.feedback is not None and test.feedback.about_form
    is_judged = test.outcome in (Outcome.PASSED, Outcome.WRONG) and not is_about_form
    if not (test.closed_answer and is_judged):
        return test
    return test.model_copy(update={"outcome": Outcome.ANSWERED, "score": 0.0, "feedback": None})


def decided_points(grade: Grade) -> tuple[float, float]:
    """Return the points that are given, and the most that could be; open points are in neither."""
    decided = [
        test for checkpoint in grade.checkpoints for test in checkpoint.tests if not test.is_open
    ]
    return sum(test.score for test in decided), sum(test.max_score for test in decided)


def grade_schema() -> dict[str, Any]:
    """Return the grade's JSON Schema, as it is in `SCHEMA_FILE`."""
    return Grade.model_json_schema(mode="serialization")


def write_schema() -> None:
    """Write `SCHEMA_FILE` from the models."""
    SCHEMA_FILE.write_text(json.dumps(grade_schema(), indent=2, sort_keys=True) + "\n")
