"""`github-classroom`: the grades that `gh classroom assignment-grades` downloads.

Source: github/gh-classroom, cmd/gh-classroom/assignment-grades/assignment_grades.go, for the
columns of an assignment without groups.
"""

from collections.abc import Sequence

from autograder.gradebook.exports.table import Cell, as_table, number, repository_address, utc
from autograder.gradebook.standing import Standing

COLUMNS = (
    "assignment_name",
    "assignment_url",
    "starter_code_url",
    "github_username",
    "roster_identifier",
    "student_repository_name",
    "student_repository_url",
    "submission_timestamp",
    "points_awarded",
    "points_available",
)


def as_github_classroom(assignment_id: str, title: str, standings: Sequence[Standing]) -> str:
    """Write the standings as GitHub Classroom's grades.

    It has totals alone. `points_awarded` is empty without a total: not decided, excused, or missing
    without points. The addresses of the assignment and of its starter code were pages of
    GitHub Classroom, and are empty. Programs match by the username and by the roster's identifier,
    so both are not escaped: do not open the file in a spreadsheet.

    Args:
        assignment_id: Unused, as GitHub Classroom calls assignments by their titles.
        title: The assignment's title.
        standings: One row each, in this order.
    """
    del assignment_id
    return as_table([COLUMNS, *(_row(title, standing) for standing in standings)])


def _row(title: str, standing: Standing) -> list[Cell]:
    student, address = standing.student, repository_address(standing)
    return [
        title,
        "",
        "",
        student.login or "",
        student.identifier or student.id,
        address.rpartition("/")[2],
        address,
        utc(standing.handed_in_at),
        number(standing.total),
        number(standing.max_score),
    ]
