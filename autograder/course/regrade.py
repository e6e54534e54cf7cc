"""Keeps the results of a class run while it is graded again, and compares them with the new ones.

A run that is interrupted has replaced some results already. So the old ones are copied first, and
the copy stays until a run comes to its end: whenever that is, the changes are those of all runs.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course.changes import ScoreBasis, ScoreChange, score_basis, score_changes
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.kept_terms import KeptTerms, StudentTerms, read_terms
from autograder.course.results import RESULTS
from autograder.errors import AutograderError
from autograder.gradebook.entries import NOTHING_MARKED
from autograder.gradebook.marks import with_marks
from autograder.gradebook.rulings import under_rulings
from autograder.grading.grade import Grade
from autograder.grading.results import read_result
from autograder.lateness import after_penalty
from autograder.policy import Ruling
from autograder.text import decimal_text

KEPT = "before-regrade"
"""Folder of the results from before, next to `results`."""


def results_before(output: Path) -> Path:
    """Return the folder of the results with which new ones are compared.

    Args:
        output: The folder of a class run.

    Raises:
        AutograderError: The results are missing.
    """
    for name in (KEPT, RESULTS):
        if (output / name).is_dir():
            return output / name
    raise AutograderError(f"{output} contains no results: give the folder that `grade-class` wrote")


def keep_results(output: Path) -> Path:
    """Copy the results, unless an interrupted run has kept older ones; return the copy's folder.

    Raises:
        AutograderError: The results are missing or cannot be copied.
    """
    before = results_before(output)
    if before.name == KEPT:
        return before
    part = output / f"{KEPT}.part"
    try:
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(before, part)
        return part.rename(output / KEPT)
    except (OSError, shutil.Error) as error:
        raise AutograderError(f"{before} cannot be copied: {error}") from None


def forget_results(output: Path) -> None:
    """Remove the copy of the results, once the changes are written."""
    shutil.rmtree((output / KEPT).rename(output / f"{KEPT}.part"), ignore_errors=True)


@dataclass(frozen=True)
class ComparedResults:
    """What a comparison of two folders of results came to."""

    changes: tuple[ScoreChange, ...]
    students: int
    """How many were compared."""
    problems: tuple[str, ...]
    """A line for each student who could not be compared."""


def compare_results(before: Path, after: Path, submissions: ClassSubmissions) -> ComparedResults:
    """Compare two folders of results, with people's marks in both.

    The older results count by the terms that were kept with them, the newer ones by the course file
    as it is now. Who was excused and still is, is left out. A student of whom one of the two
    results is missing or broken is not compared: nothing says what was gained or lost.

    Args:
        before: The older results.
        after: The newer ones.
        submissions: The class, with its policy and what its gradebook knows.
    """
    tests = submissions.policy.tests
    kept = read_terms(before) or KeptTerms(tests=tests)
    old: dict[str, ScoreBasis] = {}
    new: dict[str, ScoreBasis] = {}
    problems: list[str] = []
    for name in sorted({path.stem for folder in (before, after) for path in _results(folder)}):
        now = submissions.terms_of(name)
        then = kept.students.get(name, now)
        is_left_alone = name in submissions.unselected and not (after / f"{name}.json").exists()
        if is_left_alone or (then.excused and now.excused):
            continue
        first, second = (read_result(folder / f"{name}.json") for folder in (before, after))
        bases = (
            None if first is None else _basis(submissions, name, first, then, kept.tests),
            None if second is None else _basis(submissions, name, second, now, tests),
        )
        if bases[0] is not None and bases[1] is not None:
            old[name], new[name] = bases[0], bases[1]
        else:
            found = zip((before, after), ("before", "now"), bases, strict=True)
            said = [_said(folder / f"{name}.json", when, basis) for folder, when, basis in found]
            problems.append(f"{name}: not compared: {', '.join(said)}")
    return ComparedResults(score_changes(old, new), len(new), tuple(problems))


def _results(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.json") if not path.name.startswith(".")]


def _said(file: Path, when: str, basis: ScoreBasis | None) -> str:
    """Say what is known of one result of a student who cannot be compared."""
    if basis is not None:
        return f"{decimal_text(basis.points or 0.0)} points {when}"
    return f"{'a broken' if file.exists() else 'no'} result {when}"


def _basis(
    submissions: ClassSubmissions,
    name: str,
    grade: Grade,
    terms: StudentTerms,
    tests: Mapping[str, Ruling],
) -> ScoreBasis:
    """Return what decides a student's points under some terms."""
    marked = with_marks(grade, submissions.marks.get(name, NOTHING_MARKED))
    points = after_penalty(under_rulings(marked, tests).score, terms.penalty_percent)
    return score_basis(
        marked,
        None if terms.excused else points,
        terms.penalty_percent,
        {test: ruling.value for test, ruling in tests.items()},
    )
