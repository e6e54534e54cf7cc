"""Grades a class: each result is written as soon as it is there, and is not made twice.

A result that is there already stands if the submission and the suite are the ones that it was made
from: a grade is a function of these two, so it would come out the same. That makes a run that was
interrupted, or done again the next day, go on where it is needed.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.errors import AutograderError
from autograder.feedback.html import as_html
from autograder.files import write_whole
from autograder.grading.foreman.pool import ExaminerPool, Graders, LocalGraders
from autograder.grading.grade import Grade, Status, decided_points
from autograder.grading.grade import Outcome as TestOutcome
from autograder.grading.judge.plan import read_plan
from autograder.grading.results import has_best_python, read_result, write_result
from autograder.intake.sources import Readable
from autograder.submission import Submission
from autograder.text import in_csv

READERS = 4
"""Submissions that are read at once."""
PATIENCE = 30.0
"""Seconds after which one asks why nothing comes."""
RESULTS, FEEDBACK, TABLE = "results", "feedback", "grades.csv"
TROUBLE = "trouble"
"""Folder of what the grader printed where a test failed unexpectedly; for the instructor alone."""
ATTEMPTS = "attempts.csv"
"""What submissions that others have replaced since were worth: student, points, most points.

Only of what was decided without a person.
"""


class Done(StrEnum):
    """What was done about a student."""

    GRADED = "graded"
    KEPT = "kept"
    """The result that was there stands."""
    FAILED = "failed"
    """The grader failed; a result that was there before stays."""
    MISSING = "not handed in"
    LEFT_ALONE = "left alone"
    """Not looked at this time; a result that was there before stays."""


@dataclass(frozen=True)
class Outcome:
    """One student's."""

    student: str
    done: Done
    points: Mapping[str, float]
    """By checkpoint, those that are decided. Empty where there is no grade."""
    score: float
    max_score: float
    state: str
    """That of the checkpoint that is furthest from decided; where there is no grade, why."""
    trouble: str
    """What failed on the grader's side; else empty."""
    open_points: float = 0.0
    """Points that are neither given nor lost yet."""
    unreadable: int = 0
    """Tests that could not read what the code left behind: an instructor should look at them."""
    replaced: tuple[float, float] | None = None
    """Decided points of an earlier submission, whose result is gone, and the most there were."""


@dataclass(frozen=True)
class Scope:
    """How to grade."""

    workers: int = 1
    """How many are graded at once here."""
    dask: str | None = None
    """The address of a scheduler whose workers grade instead."""
    force: bool = False
    """Grade again what has a result that stands."""
    confined: bool = True


def grade_class(
    handed_in: Iterable[Readable],
    assignment: Assignment,
    course: Course,
    output: Path,
    scope: Scope,
    others: Mapping[str, Done] = {},
    on_done: Callable[[Outcome], None] = lambda _: None,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Mapping[str, Outcome]:
    """Grade everybody, and write results, feedback and a table.

    Args:
        handed_in: What to grade.
        assignment: What they answer.
        course: Where the hidden suite lies.
        output: Folder for `results/ID.json`, `feedback/ID.html`, `grades.csv` and `attempts.csv`.
        scope: How to grade.
        others: Who else is in the class, and why there is nothing of theirs to grade.
        on_done: Called after each student, in this thread.
        on_wait: Called with the reason where nothing comes for a while.

    Returns:
        What was done, by student.

    Raises:
        AutograderError: Nothing can be graded or written at all. One bad submission never raises.
    """
    suite = read_plan(assignment, course.suites / assignment.id).digest
    for name in (RESULTS, FEEDBACK):
        _make(output / name)
    outcomes: dict[str, Outcome] = {}

    def settle(outcome: Outcome) -> None:
        outcomes[outcome.student] = outcome
        if outcome.replaced is not None:
            _keep_attempt(output / ATTEMPTS, outcome.student, *outcome.replaced)
        on_done(outcome)

    under_way: dict[Future[tuple[Grade, str]], _ToGrade] = {}
    with graders_of(scope, assignment, course) as graders:
        for step in _prepared(handed_in, assignment, output, suite, scope):
            if isinstance(step, Outcome):
                settle(step)
                continue
            under_way[graders.submit(step.submission)] = step
            while len(under_way) >= graders.window:
                _settle_some(under_way, output, graders, settle, on_wait)
        while under_way:
            _settle_some(under_way, output, graders, settle, on_wait)
    for student, why in others.items():
        before = read_result(output / RESULTS / f"{student}.json")
        outcomes[student] = outcome_of(student, why, before if why is Done.LEFT_ALONE else None)
    write_whole(output / TABLE, as_table(outcomes.values(), assignment))
    return {student: outcomes[student] for student in sorted(outcomes)}


@contextmanager
def graders_of(scope: Scope, assignment: Assignment, course: Course) -> Iterator[Graders]:
    """Start what grades: examiners here, or those of a cluster.

    Raises:
        AutograderError: They cannot start.
    """
    if scope.dask is None:
        with ExaminerPool(assignment, course, scope.workers, confined=scope.confined) as pool:
            yield LocalGraders(pool)
        return
    try:
        from autograder.cluster.dask_graders import DaskGraders
    except ImportError:
        raise AutograderError(
            "--dask needs the extra `cluster`: uv sync --extra cluster, or pip install distributed"
        ) from None
    with DaskGraders(scope.dask, assignment, course, confined=scope.confined) as remote:
        yield remote


@dataclass(frozen=True)
class _ToGrade:
    """A submission that was read, and the result that stands."""

    student: str
    submission: Submission
    before: Grade | None


def _prepared(
    handed_in: Iterable[Readable], assignment: Assignment, output: Path, suite: str, scope: Scope
) -> Iterator[_ToGrade | Outcome]:
    """Read submissions a few ahead, in their order: some come from far away."""
    ahead: deque[Future[_ToGrade | Outcome]] = deque()
    with ThreadPoolExecutor(READERS) as readers:
        try:
            for one in handed_in:
                ahead.append(readers.submit(_prepare, one, assignment, output, suite, scope))
                if len(ahead) == READERS:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            readers.shutdown(wait=False, cancel_futures=True)


def _prepare(
    one: Readable, assignment: Assignment, output: Path, suite: str, scope: Scope
) -> _ToGrade | Outcome:
    """Read a submission, unless its result stands."""
    before = read_result(output / RESULTS / f"{one.student}.json")
    usable = before if before and not scope.force and _usable(before, suite, scope) else None
    if usable is not None and one.commit and usable.submission.commit == one.commit:
        return outcome_of(one.student, Done.KEPT, usable)
    try:
        submission = one.read(assignment)
    except AutograderError as error:
        return outcome_of(one.student, Done.FAILED, before, str(error))
    if usable is not None and _is_of(usable, submission):
        return outcome_of(one.student, Done.KEPT, usable)
    return _ToGrade(one.student, submission, before)


def _settle_some(
    under_way: dict[Future[tuple[Grade, str]], _ToGrade],
    output: Path,
    graders: Graders,
    settle: Callable[[Outcome], None],
    on_wait: Callable[[str], None],
) -> None:
    """Wait until at least one is graded, and write what is."""
    done, _ = wait(under_way, timeout=PATIENCE, return_when=FIRST_COMPLETED)
    if not done and (complaint := graders.complaint()):
        on_wait(complaint)
    for future in done:
        settle(_written(under_way.pop(future), future, output))


def _written(step: _ToGrade, future: "Future[tuple[Grade, str]]", output: Path) -> Outcome:
    """Write what came of one submission; a fault of the grader's stops no other."""
    student, before = step.student, step.before
    try:
        grade, trouble = future.result()
        write_whole(output / FEEDBACK / f"{student}.html", as_html(grade))
        write_result(output / RESULTS / f"{student}.json", grade)
        _keep_trouble(output / TROUBLE / f"{student}.txt", trouble)
    except AutograderError as error:
        return outcome_of(student, Done.FAILED, before, str(error))
    except Exception as error:  # such as a worker that was lost once too often
        return outcome_of(student, Done.FAILED, before, f"{type(error).__name__}: {error}")
    # What a test could not read is in the folder of troubles, and no fault of the grader's.
    outcome = outcome_of(student, Done.GRADED, grade, trouble if grade.is_incomplete else "")
    if before is None or before.submission.digest == grade.submission.digest:
        return outcome
    return replace(outcome, replaced=decided_points(before))


def _keep_trouble(path: Path, trouble: str) -> None:
    """Keep what the grader printed; what it printed of an earlier submission goes."""
    if trouble:
        _make(path.parent)
        write_whole(path, f"{trouble}\n")
    else:
        path.unlink(missing_ok=True)


def _keep_attempt(path: Path, student: str, score: float, max_score: float) -> None:
    """Note what an earlier submission was worth."""
    new = not path.exists()
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            if new:
                rows.writerow(["student", "score", "max_score"])
            rows.writerow([in_csv(student), score, max_score])
    except OSError as error:
        raise AutograderError(f"{path} cannot be written: {error.strerror}") from None


def outcome_of(student: str, done: Done, grade: Grade | None, trouble: str = "") -> Outcome:
    """Sum a grade up; a class's grades as a whole would not fit into memory."""
    if grade is None:
        return Outcome(student, done, {}, 0.0, 0.0, done.value, trouble)
    states = {checkpoint.status for checkpoint in grade.checkpoints}
    order = (Status.INCOMPLETE, Status.UNMARKED, Status.COMPLETE)
    return Outcome(
        student=student,
        done=done,
        points={one.id: one.score for one in grade.checkpoints},
        score=grade.score,
        max_score=grade.max_score,
        state=next(one for one in order if one in states).value,
        trouble=trouble,
        open_points=grade.open_points,
        unreadable=grade.count(TestOutcome.UNREADABLE),
    )


def _usable(grade: Grade, suite: str, scope: Scope) -> bool:
    """Whether a result was made as one would be made now, or with the Python that it should be."""
    return (
        grade.grader.suite == suite
        and has_best_python(grade)
        and grade.grader.sandbox == scope.confined
        and not grade.is_incomplete
    )


def _is_of(grade: Grade, submission: Submission) -> bool:
    """Whether a result is of these files, of this commit."""
    return (grade.submission.digest, grade.submission.commit) == (
        submission.digest,
        submission.commit,
    )


def as_table(outcomes: Iterable[Outcome], assignment: Assignment) -> str:
    """Write a row for each student: decided points by checkpoint, and how many are open."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    checkpoints = [one.id for one in assignment.checkpoints]
    writer.writerow(["student", *checkpoints, "score", "max_score", "open_points", "state"])
    for one in sorted(outcomes, key=lambda outcome: outcome.student):
        points = [one.points.get(name) for name in checkpoints]
        scores = [one.score, one.max_score, one.open_points] if one.points else [None] * 3
        row = ["" if value is None else value for value in (*points, *scores)]
        writer.writerow([in_csv(one.student), *row, one.state])
    return file.getvalue()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AutograderError(f"{folder} cannot be made: {error.strerror}") from None
