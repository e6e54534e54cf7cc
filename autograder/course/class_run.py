"""Grades a class: each result is written as soon as it is there, and is not made twice.

A result that is there already is kept if the submission and the suite are the ones that it was made
from: a grade is a function of these two, so it would come out the same. So a run that was
interrupted, or started again the next day, continues where it is needed.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.course.class_outcomes import (
    ClassAction,
    StudentOutcome,
    grades_table,
    note_attempt,
    outcome_of,
)
from autograder.course.class_pages import (
    TABLE,
    has_notebook,
    write_notebook,
    write_page,
)
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.kept_terms import write_terms
from autograder.course.results import (
    FEEDBACK,
    NOTEBOOKS,
    RESULTS,
    is_current,
    write_grader_log,
)
from autograder.course.withdrawn import note_ungraded, refuse_withdrawing_most, without_old_result
from autograder.errors import AutograderError, SubmissionError
from autograder.files import make_folder, write_whole
from autograder.gradebook.entries import NOTHING_GRADABLE, BookEntry, StudentRecord, check_points
from autograder.gradebook.student import Student
from autograder.grading.foreman.pool import ExaminerPool, Graders, LocalGraders
from autograder.grading.grade import Grade, decided_points
from autograder.grading.judge.plan import read_plan
from autograder.grading.results import read_result, write_result
from autograder.intake.hand_ins import Readable
from autograder.submission import Submission

READERS = 4
"""Submissions that are read side by side: from GitHub, each takes seconds of waiting."""
SILENT_SECONDS = 30.0
"""After so long without a grade, the graders are asked why none comes; a grade takes a few."""
ATTEMPTS = "attempts.csv"
"""What submissions that others have replaced since were worth: student, points, most points.

Only of what was decided without a person.
"""


@dataclass(frozen=True)
class RunSettings:
    """How to grade a class."""

    workers: int = 1
    """How many are graded side by side on this machine."""
    dask: str | None = None
    """The address of a scheduler whose workers grade instead."""
    force: bool = False
    """Grade again even if a valid result exists."""
    confined: bool = True
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When students see the pages: what they may see depends on it."""


@dataclass(frozen=True)
class _ToGrade:
    """A submission that was read, and the result that an earlier run wrote."""

    student: str
    origin: str
    submission: Submission
    before: Grade | None


def grade_class(
    submissions: ClassSubmissions,
    assignment: Assignment,
    course: Course,
    output: Path,
    settings: RunSettings,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Iterator[StudentOutcome]:
    """Grade what a class handed in, and write results, feedback and a table.

    Args:
        submissions: What to grade, and who else is in the class.
        assignment: What they answer.
        course: Where the hidden suite lies.
        output: Folder for `results/ID.json`, `feedback/ID.html`, `notebooks/ID.ipynb`, `grades.csv`
            and `attempts.csv`; and for `withdrawn/`, results whose hand-in is gone.
        settings: How to grade.
        on_wait: Called with the reason if no grade comes for a while.

    Yields:
        What was done about each student, as soon as it is done.

    Raises:
        AutograderError: Nothing can be graded or written at all. One bad submission never raises.
    """
    suite = read_plan(assignment, course.suites / assignment.id).digest
    table = output / TABLE
    _check_marks(submissions, output)
    refuse_withdrawing_most(submissions.missing, output)
    outcomes: list[StudentOutcome] = []
    works = {work.student: work for work in submissions.handed_in}
    try:
        for name in (RESULTS, FEEDBACK, NOTEBOOKS):
            make_folder(output / name)
        for done in _outcomes(submissions, assignment, course, output, settings, suite, on_wait):
            outcome = without_old_result(done, output)
            if outcome.state == NOTHING_GRADABLE and (work := works.get(outcome.who)):
                note = outcome.note or work.contents(assignment)
                outcome = replace(outcome, note=note, is_pushed=work.commit is not None)
            outcomes.append(outcome)
            yield outcome
    except BaseException:
        with suppress(AutograderError):  # the first error is the one to tell
            rest = list(_rest(submissions, outcomes, output))
            write_whole(table, grades_table([*outcomes, *rest], assignment))
            note_ungraded([*outcomes, *rest], output, is_whole=submissions.is_whole)
        raise
    write_whole(table, grades_table(outcomes, assignment))
    note_ungraded(outcomes, output, is_whole=submissions.is_whole)
    write_terms(output / RESULTS, submissions.policy.tests, submissions.terms_of)


def _check_marks(submissions: ClassSubmissions, output: Path) -> None:
    """Refuse marks that cannot be before anything is graded.

    Raises:
        GradebookError: A line for each.
    """
    check_points(
        StudentRecord(
            Student.model_construct(id=name),
            read_result(output / RESULTS / f"{name}.json"),
            points=points,
        )
        for name, points in submissions.marks.items()
    )


def _outcomes(
    submissions: ClassSubmissions,
    assignment: Assignment,
    course: Course,
    output: Path,
    settings: RunSettings,
    suite: str,
    on_wait: Callable[[str], None],
) -> Iterator[StudentOutcome]:
    """Grade what a class handed in, and yield what was done about each student."""

    def read(work: Readable) -> _ToGrade | StudentOutcome:
        return _read(work, submissions, assignment, output, suite, settings)

    under_way: dict[Future[tuple[Grade, str]], _ToGrade] = {}
    graders: Graders | None = None
    with ExitStack() as opened:
        for step in _read_ahead(submissions.handed_in, read):
            if not isinstance(step, _ToGrade):
                yield step
                continue
            if graders is None:  # where all results are still right, none are needed
                graders = opened.enter_context(_started_graders(settings, assignment, course))
            under_way[graders.submit(step.submission)] = step
            while len(under_way) >= graders.window:
                yield from _finished(under_way, graders, submissions, output, settings, on_wait)
        while graders is not None and under_way:
            yield from _finished(under_way, graders, submissions, output, settings, on_wait)
    yield from _ungraded(submissions, output)


def _ungraded(submissions: ClassSubmissions, output: Path) -> Iterator[StudentOutcome]:
    """Yield a row for everybody of whom there is nothing to grade."""
    for student in submissions.missing:
        doubt = submissions.in_doubt.get(student, "")
        action = ClassAction.NOT_MATCHED if doubt else ClassAction.MISSING
        outcome = outcome_of(student, action, None, doubt, excused=submissions.excuses(student))
        yield replace(outcome, note=submissions.about_missing.get(student, ""))
    for hand_in in submissions.unmatched:
        yield outcome_of("", ClassAction.NOT_MATCHED, None, hand_in.why, hand_in=hand_in.origin)
    for student in (*submissions.unseen, *submissions.unselected):
        yield outcome_of(student, ClassAction.LEFT_ALONE, _kept_entry(submissions, student, output))


def _rest(
    submissions: ClassSubmissions, outcomes: Sequence[StudentOutcome], output: Path
) -> Iterator[StudentOutcome]:
    """Yield a row for all whom an interrupted run did not come to."""
    reached = {outcome.who for outcome in outcomes}
    for work in submissions.handed_in:
        if work.student not in reached:
            before = _kept_entry(submissions, work.student, output)
            yield outcome_of(work.student, ClassAction.LEFT_ALONE, before, hand_in=work.origin)
    yield from (row for row in _ungraded(submissions, output) if row.who not in reached)


def _kept_entry(submissions: ClassSubmissions, student: str, output: Path) -> BookEntry | None:
    """Return what an earlier run wrote of a student; None without a result."""
    grade = read_result(output / RESULTS / f"{student}.json")
    return None if grade is None else submissions.entry(student, grade)


@contextmanager
def _started_graders(
    settings: RunSettings, assignment: Assignment, course: Course
) -> Iterator[Graders]:
    """Start what grades: examiners on this machine, or those of a cluster.

    Raises:
        AutograderError: They cannot start.
    """
    if settings.dask is None:
        with ExaminerPool(assignment, course, settings.workers, confined=settings.confined) as pool:
            yield LocalGraders(pool)
        return
    try:
        from autograder.cluster.dask_graders import DaskGraders
    except ImportError:
        raise AutograderError(
            "--dask needs the extra `cluster`: uv sync --extra cluster, or pip install distributed"
        ) from None
    with DaskGraders(settings.dask, assignment, course, confined=settings.confined) as remote:
        yield remote


def _read_ahead(
    handed_in: Iterable[Readable], read: Callable[[Readable], _ToGrade | StudentOutcome]
) -> Iterator[_ToGrade | StudentOutcome]:
    """Read submissions a few ahead, in their order: some come from far away."""
    ahead: deque[Future[_ToGrade | StudentOutcome]] = deque()
    with ThreadPoolExecutor(READERS) as readers:
        try:
            for work in handed_in:
                ahead.append(readers.submit(read, work))
                if len(ahead) == READERS:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            readers.shutdown(wait=False, cancel_futures=True)


def _read(
    work: Readable,
    submissions: ClassSubmissions,
    assignment: Assignment,
    output: Path,
    suite: str,
    settings: RunSettings,
) -> _ToGrade | StudentOutcome:
    """Read a submission, unless the result that is there is still right."""
    before = read_result(output / RESULTS / f"{work.student}.json")
    is_valid = before is not None and is_current(before, suite=suite, confined=settings.confined)
    kept = before if is_valid and not settings.force else None
    try:
        is_same = kept is not None and work.commit and kept.submission.commit == work.commit
        if kept is not None and is_same and has_notebook(work.student, kept, output):
            return _keep(work, kept, submissions, output, settings)
        submission = work.read(assignment)
        if kept is not None and (kept.submission.digest, kept.submission.commit) == (
            submission.digest,
            submission.commit,
        ):
            write_notebook(work.student, submission, output)
            return _keep(work, kept, submissions, output, settings)
    except SubmissionError as error:
        return outcome_of(
            work.student, ClassAction.NOT_READABLE, None, str(error), hand_in=work.origin
        )
    except AutograderError as error:
        entry = None if before is None else submissions.entry(work.student, before)
        return outcome_of(work.student, ClassAction.FAILED, entry, str(error), hand_in=work.origin)
    return _ToGrade(work.student, work.origin, submission, before)


def _keep(
    work: Readable,
    grade: Grade,
    submissions: ClassSubmissions,
    output: Path,
    settings: RunSettings,
) -> StudentOutcome:
    """Keep a result; its page is written again, as the policy may have changed."""
    entry = submissions.entry(work.student, grade)
    write_page(entry, submissions, output, settings.moment)
    return outcome_of(work.student, ClassAction.KEPT, entry, hand_in=work.origin)


def _finished(
    under_way: dict[Future[tuple[Grade, str]], _ToGrade],
    graders: Graders,
    submissions: ClassSubmissions,
    output: Path,
    settings: RunSettings,
    on_wait: Callable[[str], None],
) -> Iterator[StudentOutcome]:
    """Wait until a submission is graded, and write what came of it and of others by then."""
    done, _ = wait(under_way, timeout=SILENT_SECONDS, return_when=FIRST_COMPLETED)
    if not done and (complaint := graders.complaint()):
        on_wait(complaint)
    for future in done:
        yield _write(under_way.pop(future), future, submissions, output, settings)


def _write(
    step: _ToGrade,
    future: "Future[tuple[Grade, str]]",
    submissions: ClassSubmissions,
    output: Path,
    settings: RunSettings,
) -> StudentOutcome:
    """Write what came of one submission; a fault of the grader's stops no other."""
    student, before, origin = step.student, step.before, step.origin
    earlier = None if before is None else submissions.entry(student, before)
    try:
        grade, grader_log = future.result()
        entry = submissions.entry(student, grade)
        write_page(entry, submissions, output, settings.moment)
        write_notebook(student, step.submission, output)
        write_grader_log(output, student, grader_log)
        # Last: if a result exists, everything that belongs to it must exist, too.
        write_result(output / RESULTS / f"{student}.json", grade)
    except AutograderError as error:
        return outcome_of(student, ClassAction.FAILED, earlier, str(error), hand_in=origin)
    except Exception as error:  # such as a worker that was lost once too often
        problem = f"{type(error).__name__}: {error}"
        return outcome_of(student, ClassAction.FAILED, earlier, problem, hand_in=origin)
    if before is not None and before.submission.digest != grade.submission.digest:
        note_attempt(output / ATTEMPTS, student, *decided_points(before))
    # A log without an incomplete grade says what a test could not read: no fault of the grader's.
    problem = grader_log if grade.is_incomplete else ""
    return outcome_of(student, ClassAction.GRADED, entry, problem, hand_in=origin)
