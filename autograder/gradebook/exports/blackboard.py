"""`blackboard`: a file that Blackboard's gradebook takes (*Upload Grades*).

Source: Blackboard's help, "Work offline with grade data": a table with commas or tabs, one student
a row, found by `Username`; every other column is a column of the gradebook, and a title that is not
there yet makes a new one. Empty cells change nothing.
"""

from collections.abc import Sequence

from autograder.gradebook.exports.table import Cell, as_table, columns_of, number, refuse, scores_of
from autograder.gradebook.standing import Standing
from autograder.text import in_csv


def as_blackboard(assignment_id: str, title: str, standings: Sequence[Standing]) -> str:
    """Write the standings for Blackboard's gradebook.

    There is a column for each checkpoint and one for the total: upload either those or this one. A
    cell is empty where points are not decided, and for an excused student.

    Args:
        assignment_id: Unused, as Blackboard identifies columns by their titles.
        title: The assignment's title.
        standings: One row each, in this order.

    Raises:
        ExportError: The roster lacks the username of some students.
    """
    del assignment_id
    lacking = [standing.student for standing in standings if not standing.student.username]
    refuse(lacking, "Blackboard", "the roster has no Username")
    columns = columns_of(standings)
    titles = [*(f"{title}: {column.title}" for column in columns), f"{title}: total"]
    rows: list[list[Cell]] = [["Last Name", "First Name", "Username", "Student ID", *titles]]
    for standing in standings:
        first, last = standing.student.parted_name
        scores = [*scores_of(standing, columns), number(standing.total)]
        rows.append(
            [
                in_csv(last),
                in_csv(first),
                standing.student.username,
                standing.student.idnumber,
                *(None if standing.excused else score for score in scores),
            ]
        )
    return as_table(rows)
