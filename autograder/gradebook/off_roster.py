"""Names the people of whom there are results or marks, and who are not in the roster.

They left the course, or have another id in a newer roster. What is on record of them stays, and
they are in no export.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.gradebook.database import StudentPoints
from autograder.gradebook.roster import Roster
from autograder.some_names import some_of
from autograder.text import counted, plural

EARLIER_ID = "earlier_id"
"""The roster's column for the id that somebody had before."""
WHAT_TO_DO = (
    "if they left, there is nothing to do; if an id changed, add the column"
    f" `{EARLIER_ID}` to the roster and write the earlier id into it"
)


def off_roster_line(
    graded: Iterable[str], points: Mapping[str, StudentPoints], roster: Roster, roster_file: Path
) -> str:
    """Say who is on record but not in the roster, and what to do.

    Args:
        graded: Ids of people of whom there are results; those of the roster count as known.
        points: What people gave, by id.
        roster: Who is in the class.
        roster_file: Where that was read.

    Returns:
        A line; empty if there is nobody.
    """
    # Not `roster.find`: a number that is on record may be another student's key by now.
    known = {student.id for student in roster.students}
    marked = {name for name, given in points.items() if is_marked(given)}
    found = ({*graded} | marked) - known
    if not found:
        return ""
    with_marks = f", {len(found & marked)} of them with marks of people" if found & marked else ""
    return (
        f"{counted(len(found), 'student')} with results or marks"
        f" {plural(len(found), 'is', 'are')} not in {roster_file}{with_marks}:"
        f" {some_of(sorted(found))}: everything is kept, and no export has it; {WHAT_TO_DO}"
    )


def is_marked(points: StudentPoints) -> bool:
    """Whether people gave a student anything."""
    return bool(points.marks or points.by_hand or points.extra_credit)
