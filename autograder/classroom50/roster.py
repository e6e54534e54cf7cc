"""Writes `roster.csv` as Classroom 50 imports it; `gradebook.roster` reads Classroom 50's rosters.

Source: foundation50/classroom50, cli/gh-teacher/internal/configrepo/students_csv.go and
roster_import.go: a row needs a username, a `github_id` or an address; a cell that a spreadsheet
would compute begins with an apostrophe; a cell has 320 bytes at most.
"""

from autograder.errors import ExportError
from autograder.gradebook.exports.table import as_table
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student
from autograder.text import in_csv, inert

COLUMNS = ("username", "first_name", "last_name", "email", "section", "github_id", "role")
LONGEST_CELL = 320


def as_classroom50_roster(roster: Roster) -> str:
    """Write a roster for `gh teacher roster import`.

    The service looks up a `github_id` that is not known. A student without a login is invited by
    the address.

    Raises:
        ExportError: A student has neither login nor address, or a cell is too long.
    """
    rows = [_row(student) for student in roster.students]
    mistakes = [
        f"{student.id}: {lack}"
        for student, row in zip(roster.students, rows, strict=True)
        if (lack := _lack(row))
    ]
    if mistakes:
        raise ExportError("\n".join(["no roster was written:", *map(inert, mistakes)]))
    return as_table([COLUMNS, *rows])


def _row(student: Student) -> list[str]:
    first, last = student.parted_name
    cells = (first, last, student.email, student.section)
    return [student.login or "", *map(in_csv, cells), student.github_id, "student"]


def _lack(row: list[str]) -> str:
    if not row[0] and not row[3]:
        return "has neither a GitHub login nor an e-mail address: fill in one of them"
    if any(len(cell.encode()) > LONGEST_CELL for cell in row):
        return f"has a text of more than {LONGEST_CELL} bytes: shorten it"
    return ""
