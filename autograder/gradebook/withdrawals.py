"""What a sync takes back: results of students who have nothing readable handed in any more.

A class run lists these students in `ungraded.csv`, next to its results. The gradebook keeps a file
of the same form with those of them whose hand-in cannot be read, may be another's, or has not been
graded: it is not known that they handed in nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from autograder.errors import GradebookError
from autograder.gradebook.database import StudentPoints
from autograder.gradebook.roster import Roster
from autograder.gradebook.ungraded import (
    LEFT_ALONE,
    NOT_MATCHED,
    NOT_READABLE,
    Ungraded,
    read_ungraded,
    write_ungraded,
)
from autograder.grading.grade import Grade
from autograder.some_names import some_of
from autograder.text import counted, plural


def find_ungraded(results: Iterable[Path], roster: Roster) -> dict[str, Ungraded]:
    """Return the students whom class runs list without a grade, by the roster's id.

    Args:
        results: Files of results, or folders of them; the lists lie in the same folders.
        roster: Who is in the course; others are left out.

    Raises:
        GradebookError: A list cannot be read.
    """
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in results)
    return {
        student.id: ungraded
        for folder in folders
        for name, ungraded in read_ungraded(folder).items()
        for student in [roster.find(name)]
        if student is not None
    }


def taken_back(
    listed: Mapping[str, Ungraded], kept: Mapping[str, Grade], taken: Collection[str]
) -> dict[str, Ungraded]:
    """Choose the students whose results of earlier syncs count no longer.

    A class run may know the hand-ins of one section, and the roster of all. So that it lacks a
    hand-in means nothing for a result from elsewhere: it takes back what it has withdrawn.

    Args:
        listed: Whom class runs list without a grade, by student.
        kept: The results of earlier syncs, by student.
        taken: Students with a result of this sync.
    """
    return {
        student: row
        for student, row in listed.items()
        if student not in taken
        and (
            row.state in (NOT_READABLE, NOT_MATCHED)
            or student not in kept
            or kept[student].submission.digest == row.withdrawn
        )
    }


def looked_at(listed: Mapping[str, Ungraded]) -> set[str]:
    """Return the students without a grade of whose hand-ins a class run found out something."""
    return {student for student, row in listed.items() if row.state != LEFT_ALONE}


def left_alone(students: Collection[str], kept: Collection[str]) -> list[str]:
    """Say that results stay although a class run lacks the hand-ins; empty if there are none.

    Args:
        students: Whose hand-ins it lacks.
        kept: The students with results of earlier syncs.
    """
    found = sorted(student for student in students if student in kept)
    if not found:
        return []
    return [
        f"{counted(len(found), 'student')} without a hand-in in this run"
        f" {plural(len(found), 'keeps', 'keep')} the result of an earlier sync:"
        f" {some_of(found)}: if it should not count, delete it from the gradebook's results/"
    ]


def read_reasons(folder: Path) -> dict[str, str]:
    """Return why hand-ins lack a grade, by student, as the gradebook keeps it.

    Args:
        folder: The gradebook's.

    Raises:
        GradebookError: The file has mistakes.
    """
    return {
        student: ungraded.why
        for student, ungraded in read_ungraded(folder).items()
        if ungraded.may_have_handed_in
    }


def keep_ungraded(
    folder: Path, found: Mapping[str, Ungraded], graded: Collection[str] = ()
) -> None:
    """Keep who may have handed in without a grade, and not the students who have one by now.

    Args:
        folder: The gradebook's.
        found: Students without a grade, by id; what is kept of others stays.
        graded: Students who have a grade.

    Raises:
        AutograderError: The file cannot be read or written.
    """
    before = read_ungraded(folder)
    new = {name: replace(row, student=name, withdrawn="") for name, row in found.items()}
    after = {
        name: row
        for name, row in {**before, **new}.items()
        if row.may_have_handed_in and name not in graded
    }
    if after != before:
        write_ungraded(folder, after.values())


def remove_results(files: Mapping[str, Path]) -> list[str]:
    """Remove the results of students; return the students who had a result.

    Args:
        files: The files of results by student; they need not exist.

    Raises:
        GradebookError: A file cannot be removed.
    """
    removed = []
    for student, file in files.items():
        try:
            file.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise GradebookError(f"{file} cannot be removed: {error.strerror}") from None
        removed.append(student)
    return removed


def withdrawn_line(student: str, points: StudentPoints) -> str:
    """Say that a result was withdrawn, and that marks stay which people gave.

    Args:
        student: Whose it was.
        points: What people gave the student.
    """
    marked = points.marks or points.by_hand or points.extra_credit
    kept = "; people's marks stay in the gradebook, but do not count" if marked else ""
    return (
        f"{student}: the earlier result was withdrawn, since nothing readable is handed in now"
        f"{kept}"
    )
