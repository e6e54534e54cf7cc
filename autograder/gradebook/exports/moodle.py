"""`moodle`: a file that Moodle's gradebook imports (*Grades*, *Import*, *CSV file*).

Source: moodle/moodle, grade/import/csv/classes/load_data.php. Columns may have any title: one is
chosen as the key (`Identify user by`), the others are mapped or ignored. A user that is not found
aborts the import, and so does a grade that is not a number. A key that is blank is skipped, and the
row's grades then go to the student of the row before.
"""

from collections.abc import Sequence

from autograder.errors import ExportError
from autograder.feedback.content import points_open
from autograder.gradebook.exports.table import Cell, as_table, columns_of, number, refuse, scores_of
from autograder.gradebook.standing import Standing, StandingStatus
from autograder.gradebook.student import Student
from autograder.text import in_csv

NO_GRADE = "-"
_KEYS = {"email": "email", "username": "username", "idnumber": "idnumber"}


def as_moodle(assignment_id: str, title: str, standings: Sequence[Standing]) -> str:
    """Write the standings for Moodle's gradebook.

    The file has those of the columns e-mail address, username and ID number that every student has:
    any of them can be chosen as the key. They are not escaped, since Moodle matches by them. The
    name is for people, and so it is escaped.

    There is a column for each checkpoint and one for the total: map either those or this one. `-`
    means not decided or excused, since Moodle's import cannot tell them apart; `Feedback` says
    which. Moodle takes grades up to 100, unless its administrator set another limit.

    Args:
        assignment_id: Unused, as Moodle identifies assignments by their titles.
        title: The assignment's title.
        standings: One row each, in this order.

    Raises:
        ExportError: No key is known of every student.
    """
    del assignment_id
    students = [standing.student for standing in standings]
    without = {key: [student for student in students if not _key(student, key)] for key in _KEYS}
    keys = [key for key, lacking in without.items() if not lacking]
    if not keys:
        nearest = min(without, key=lambda key: len(without[key]))
        if len(without[nearest]) == len(students):
            raise ExportError(
                "no Moodle file was written: the roster has no email, username or idnumber of"
                " anybody: with anonymous submissions, reveal the identities first, or write the"
                " totals into Moodle's grading worksheet; otherwise, export another roster"
            )
        refuse(without[nearest], "Moodle", f"the roster has no {nearest}, which the others have")
    columns = columns_of(standings)
    rows: list[list[Cell]] = [
        [
            *keys,
            "name",
            *(f"{title}: {column.title}" for column in columns),
            f"{title}: total",
            "Feedback",
        ]
    ]
    for standing in standings:
        scores = [*scores_of(standing, columns), number(standing.total)]
        rows.append(
            [
                *(_key(standing.student, key) for key in keys),
                in_csv(standing.student.full_name),
                *(NO_GRADE if standing.excused or score is None else score for score in scores),
                in_csv(_feedback(standing)),
            ]
        )
    return as_table(rows)


def _key(student: Student, key: str) -> str:
    value = str(getattr(student, _KEYS[key]))
    return "" if value == "0" else value  # blank to PHP


def _feedback(standing: Standing) -> str:
    """Say in a few words what a grade alone does not say."""
    notes = []
    if standing.status is StandingStatus.EXCUSED:
        notes.append("excused")
    if standing.status is StandingStatus.MISSING:
        notes.append("nothing handed in")
    if standing.status is StandingStatus.UNGRADED:
        notes.append(standing.ungraded_text)
    if standing.status is StandingStatus.UNDECIDED:
        waiting = [
            f"{checkpoint.title} ({points_open(checkpoint.open_points)})"
            if checkpoint.open_points
            else checkpoint.title
            for checkpoint in standing.checkpoints
            if checkpoint.score is None
        ]
        notes.append(f"not decided yet: {', '.join(waiting)}")
    if standing.lateness_text and not standing.excused:
        notes.append(standing.lateness_text)
    return "; ".join(notes)
