"""Keeps the results of a class run while it is graded again, and compares them with the new ones.

A run that is interrupted has replaced some results already. So the old ones are copied first, and
the copy stays until a run comes to its end: whenever that is, the changes are those of all runs.
"""

import shutil
from pathlib import Path

from autograder.course.changes import ScoreBasis, ScoreChange, score_basis, score_changes
from autograder.course.results import RESULTS
from autograder.errors import AutograderError
from autograder.grading.results import read_result

KEPT = "before-regrade"
"""Folder of the results from before, next to `results`."""


def results_before(output: Path) -> Path:
    """Return the folder of the results with which new ones are compared.

    Args:
        output: The folder of a class run.

    Raises:
        AutograderError: There are no results.
    """
    for name in (KEPT, RESULTS):
        if (output / name).is_dir():
            return output / name
    raise AutograderError(f"{output} has no results: give the folder that `grade-class` wrote")


def keep_results(output: Path) -> Path:
    """Copy the results, unless an interrupted run has kept older ones; return the copy's folder.

    Raises:
        AutograderError: There are no results, or they cannot be copied.
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


def compare_results(before: Path, after: Path) -> tuple[tuple[ScoreChange, ...], int]:
    """Return the changes between two folders of results, and how many students were compared.

    Points are those of the hidden tests, before the late penalty.
    """
    now = _read_bases(after)
    return score_changes(_read_bases(before), now), len(now)


def _read_bases(folder: Path) -> dict[str, ScoreBasis]:
    grades = ((path.stem, read_result(path)) for path in sorted(folder.glob("*.json")))
    return {name: score_basis(grade, grade.score) for name, grade in grades if grade is not None}
