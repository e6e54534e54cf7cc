"""`brightspace`: a file that Brightspace's gradebook imports (*Enter Grades*, *Import*).

Source: D2L's help, "Import grades": the first column is `OrgDefinedId` or `Username`, a column
`TITLE Points Grade` holds the points of a grade item, and the last one, `End-of-Line Indicator`,
holds `#`. Brightspace writes `#` in front of ids and names as well, so that no spreadsheet takes
them for numbers, and takes them back.
"""

from collections.abc import Sequence

from autograder.gradebook.exports.table import Cell, as_table, columns_of, number, refuse, scores_of
from autograder.gradebook.standing import Standing
from autograder.text import in_csv

_KEYS = {"OrgDefinedId": "idnumber", "Username": "username"}


def as_brightspace(assignment_id: str, title: str, standings: Sequence[Standing]) -> str:
    """Write the standings for Brightspace's gradebook.

    There is a grade item for each checkpoint and one for the total: keep either those or the total.
    A cell is empty where points are not decided, and for an excused student.

    Args:
        assignment_id: Unused, as Brightspace identifies grade items by their titles.
        title: The assignment's title.
        standings: One row each, in this order.

    Raises:
        ExportError: Neither key is known of every student.
    """
    del assignment_id
    students = [standing.student for standing in standings]
    keys = {
        column: field
        for column, field in _KEYS.items()
        if all(getattr(student, field) for student in students)
    }
    if not keys:
        lacking = [student for student in students if not student.username]
        refuse(lacking, "Brightspace", "the roster has neither OrgDefinedId nor Username")
    columns = columns_of(standings)
    items = [f"{title}: {column.title}" for column in columns] + [f"{title}: total"]
    rows: list[list[Cell]] = [
        [
            *keys,
            "Last Name",
            "First Name",
            *(f"{item} Points Grade" for item in items),
            "End-of-Line Indicator",
        ]
    ]
    for standing in standings:
        first, last = standing.student.parted_name
        scores = [*scores_of(standing, columns), number(standing.total)]
        rows.append(
            [
                *(f"#{getattr(standing.student, field)}" for field in keys.values()),
                in_csv(last),
                in_csv(first),
                *(None if standing.excused else score for score in scores),
                "#",
            ]
        )
    return as_table(rows)
