"""`classroom50`: the `scores.csv` that Classroom 50's `gh teacher download` writes.

Source: foundation50/classroom50, writeScoresCSV of its command line for teachers and the tests
of it: one line for each submission, here the graded one; for a student without one a line that is
blank behind the name; points are whole numbers; `override` is `true` if the points are not those of
the autograder in the student's repository; formulas are escaped.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from autograder.gradebook.exports.table import Cell, as_table, refuse, repository_address, utc
from autograder.gradebook.standing import Standing
from autograder.text import in_csv

COLUMNS = (
    "username",
    "first_name",
    "last_name",
    "email",
    "section",
    "score",
    "max_score",
    "datetime",
    "submission_tag",
    "submitted_by",
    "review_url",
    "late",
    "override",
)


def as_classroom50(assignment_id: str, title: str, standings: Sequence[Standing]) -> str:
    """Write the standings as Classroom 50's scores.

    Totals are whole numbers, rounded half up; extra credit may take them above the maximum. All are
    overrides, since hidden tests are not run in the student's repository. For a student without a
    total, the points are empty, and the line still says what was handed in. The file is for people,
    and so its texts are escaped, except for the username: a login cannot be a formula.

    Args:
        assignment_id: Unused, as the file does not name the assignment.
        title: Unused likewise.
        standings: One row each, in this order.

    Raises:
        ExportError: The roster lacks the login of some students.
    """
    del assignment_id, title
    lost = [standing.student for standing in standings if not standing.student.login]
    refuse(lost, "Classroom 50", "the roster lacks the GitHub login")
    return as_table([COLUMNS, *(_row(standing) for standing in standings)])


def whole_points(points: float) -> int:
    """Round half up."""
    # By its digits, since 2.675 and the like lie a little below what is written.
    return int(Decimal(str(points)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _row(standing: Standing) -> list[Cell]:
    student, total, time = standing.student, standing.total, standing.handed_in_at
    first, last = student.parted_name
    address = repository_address(standing)
    decided = total is not None
    return [
        student.login,
        *(in_csv(text) for text in (first, last, student.email, student.section)),
        whole_points(total) if total is not None else None,
        whole_points(standing.max_score) if decided else None,
        utc(time),
        "",
        "",
        in_csv(f"{address}/commit/{standing.commit}") if address and standing.commit else "",
        str(standing.late_seconds > 0).lower() if time else "",
        "true" if decided else "",
    ]
