"""Takes a result away whose hand-in is gone, and lists the students of a class without a grade.

A hand-in may be given to another student in `matches.csv`, be deleted, or be replaced by one that
cannot be opened. Its earlier result must not count then. It is kept in `withdrawn/`, in case the
change was a mistake.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from autograder.course.class_outcomes import ClassAction, StudentOutcome
from autograder.course.results import FEEDBACK, GRADER_LOGS, NOTEBOOK, NOTEBOOKS, RESULTS
from autograder.errors import AutograderError
from autograder.files import make_folder
from autograder.gradebook.ungraded import Ungraded, read_ungraded, write_ungraded
from autograder.grading.results import read_result
from autograder.some_names import some_of

WITHDRAWN = "withdrawn"
"""Folder of the last result of each student who lost the grade, with what belongs to it."""
WHY = f"the result of an earlier hand-in was withdrawn: see {WITHDRAWN}/"
MOST_WITHDRAWN = 2
"""Results that a run withdraws without a question, even if they are most of those there are."""
NO_HAND_IN = frozenset({ClassAction.MISSING, ClassAction.NOT_READABLE, ClassAction.NOT_MATCHED})
"""What was done about students who cannot have a grade for what they handed in."""

NOT_LOOKED_AT = frozenset({ClassAction.LEFT_ALONE, ClassAction.FAILED})
"""What was done about students of whom a run found out nothing."""


def refuse_withdrawing_most(missing: Collection[str], output: Path) -> None:
    """Refuse a run that would withdraw most results: it got a part of the class, or another folder.

    Args:
        missing: The students who handed in nothing.
        output: The folder of the class run.

    Raises:
        AutograderError: Most results, and more than two, are of these students and have points.
    """
    graded = {path.stem for path in (output / RESULTS).glob("*.json")}
    gone = [
        student
        for student in sorted(graded & {*missing})
        if (result := read_result(output / RESULTS / f"{student}.json")) and result.score > 0
    ]
    if len(gone) > MOST_WITHDRAWN and 2 * len(gone) > len(graded):
        raise AutograderError(
            f"{len(gone)} of the {len(graded)} students with a result in {output} lack a hand-in"
            f" here: {some_of(gone)}: give the hand-ins of the whole class; if these are really"
            " gone, give another --output"
        )


def without_old_result(outcome: StudentOutcome, output: Path) -> StudentOutcome:
    """Withdraw the earlier result of a student without anything to grade now, and say so.

    The outcomes of other students come back as they are. A result that an earlier run has withdrawn
    is named again, since the student still has none.

    Args:
        outcome: What was done about the student.
        output: The folder of the class run.

    Raises:
        AutograderError: A file cannot be moved.
    """
    if outcome.action not in NO_HAND_IN or not outcome.student:
        return outcome
    result, *others = _files_of(outcome.student)
    if (output / result).exists():
        for name in others:
            (output / WITHDRAWN / name).unlink(missing_ok=True)
    # The result last: as long as it is there, a run that was killed does this again.
    for name in (*others, result):
        _move(output / name, output / WITHDRAWN / name)
    is_withdrawn = (output / WITHDRAWN / result).exists()
    return replace(outcome, note=WHY, is_withdrawn=True) if is_withdrawn else outcome


def follow_new_ids(new_ids: Mapping[str, str], output: Path) -> None:
    """Give students the files of a class run that are under their earlier ids.

    Nothing is graded again for a new id. If a student has a result already, the earlier one is
    withdrawn.

    Args:
        new_ids: By earlier id, the student's.
        output: The folder of the class run.

    Raises:
        AutograderError: A file cannot be moved.
    """
    for earlier, student in new_ids.items():
        has_result = (output / f"{RESULTS}/{student}.json").exists()
        target = WITHDRAWN if has_result else "."
        names = _files_of(earlier if has_result else student)
        # The result last, as above.
        for name, new_name in reversed([*zip(_files_of(earlier), names, strict=True)]):
            _move(output / name, output / target / new_name)


def _files_of(student: str) -> tuple[str, ...]:
    """Return the files of a student's result: the result itself, and what belongs to it."""
    return (
        f"{RESULTS}/{student}.json",
        f"{FEEDBACK}/{student}.html",
        f"{NOTEBOOKS}/{student}{NOTEBOOK}",
        f"{GRADER_LOGS}/{student}.txt",
    )


def _move(file: Path, target: Path) -> None:
    if not file.exists():
        return
    make_folder(target.parent)
    try:
        file.replace(target)
    except OSError as error:
        raise AutograderError(f"{file} cannot be moved to {target}: {error.strerror}") from None


def note_ungraded(outcomes: Iterable[StudentOutcome], output: Path, *, is_whole: bool) -> None:
    """Write next to the results who lacks a grade, and why.

    Args:
        outcomes: One for each student; those whom an interrupted run did not reach are left alone.
        output: Its folder.
        is_whole: Whether the run knew the whole class; otherwise, others' rows stay.

    Raises:
        AutograderError: The file cannot be read or written.
    """
    results = output / RESULTS
    done = {outcome.student: outcome for outcome in outcomes if outcome.student}
    new = {row.student: row for row in _rows(done.values(), output)}
    kept = {row.student: row for row in _kept_rows(done, results, is_whole=is_whole)}
    write_ungraded(results, (new | kept).values())


def _rows(outcomes: Iterable[StudentOutcome], output: Path) -> Iterator[Ungraded]:
    for outcome in outcomes:
        if outcome.action in NO_HAND_IN:
            earlier = read_result(output / WITHDRAWN / RESULTS / f"{outcome.student}.json")
            withdrawn = "" if earlier is None else earlier.submission.digest
            yield Ungraded(outcome.student, outcome.action.value, outcome.reason, withdrawn)
        elif (
            outcome.action in NOT_LOOKED_AT
            and not (output / RESULTS / f"{outcome.student}.json").exists()
        ):
            yield Ungraded(outcome.student, ClassAction.LEFT_ALONE.value, outcome.reason)


def _kept_rows(
    done: dict[str, StudentOutcome], results: Path, *, is_whole: bool
) -> Iterator[Ungraded]:
    """Yield the rows of an earlier run about students of whom this run found out nothing."""
    for student, row in read_ungraded(results).items():
        is_unknown = done[student].action in NOT_LOOKED_AT if student in done else not is_whole
        if is_unknown and not (results / f"{student}.json").exists():
            yield row
