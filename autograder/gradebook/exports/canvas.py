"""`canvas`: a file that Canvas's gradebook imports.

Sources: instructure/canvas-lms, lib/gradebook_importer.rb, lib/gradebook_exporter.rb and
Assignment.title_and_id. Canvas finds a student by `ID`, then `SIS User ID`, then `SIS Login ID`,
then the name; an assignment by the number in `Title (number)`, then by its title. For an
unknown title it makes a new assignment.
"""

import re
from collections.abc import Iterator, Sequence

from autograder.errors import ExportError
from autograder.gradebook.exports.table import Cell, as_table, columns_of, number, refuse, scores_of
from autograder.gradebook.roster.column_titles import column_key
from autograder.gradebook.standing import CheckpointPoints, Standing
from autograder.gradebook.student import Student

EXCUSED = "EX"
_IDENTITY = {
    "student": "name",
    "lastname": "last_name",
    "firstname": "first_name",
    "id": "canvas_id",
    "sis_user_id": "sis_user_id",
    "sis_login_id": "sis_login_id",
    "integration_id": "integration_id",
    "root_account": "root_account",
    "section": "section",
}
_STANDARD = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_NUMBERED = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)
# Canvas reads no column whose title has one of these in it: it computes them itself.
_COMPUTED = re.compile("(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")


def as_canvas(assignment_id: str, title: str, standings: Sequence[Standing]) -> str:
    """Write the standings for Canvas's gradebook (*Grades*, *Import*).

    The columns that identify a student are those of the Canvas export that the roster was read
    from, with the same content. Formulas are not escaped in them, since Canvas matches by them:
    with an apostrophe in front it would be another student. So do not open the file in a
    spreadsheet.

    Each checkpoint is an assignment of Canvas, `<title>: <checkpoint>`. The total is left out:
    Canvas adds up itself and would count all points twice. If the export already has an assignment
    of that title, its header is kept with its number. If it has an assignment `<title>` and none
    for a checkpoint, the file has only the total, for that assignment.

    `EX` means excused, and an empty cell not decided. If Canvas has points already, an empty cell
    removes them; Canvas shows each change before it is made.

    Args:
        assignment_id: Names the file in messages.
        title: The assignment's title, here or in Canvas.
        standings: One row each, in this order.

    Raises:
        ExportError: Canvas could match some students by their names alone, or would not read one
            of the columns.
    """
    lost = [standing.student for standing in standings if not _known_to_canvas(standing.student)]
    refuse(
        lost,
        "Canvas",
        "the roster has no ID, SIS User ID or SIS Login ID: use the file that Canvas exports",
    )
    header = next((found for found in _headers(standings) if found), ())
    identity = [column for column in header if column_key(column) in _IDENTITY] or list(_STANDARD)
    columns = columns_of(standings)
    theirs = {_bare(column): column for column in reversed(header) if column not in identity}
    titles = _titles(title, columns)
    in_one = title in theirs and not any(own in theirs for own in titles)
    points = [number(column.max_score) for column in columns]
    if in_one:
        titles, points = [title], [number(sum(column.max_score for column in columns))]
    _refuse_computed(assignment_id, titles)
    blanks = [""] * (len(identity) - 1)
    rows: list[list[Cell]] = [
        [*identity, *(theirs.get(title, _unnumbered(title)) for title in titles)],
        ["    Points Possible", *blanks, *points],
    ]
    for standing in standings:
        scores = [number(standing.total)] if in_one else scores_of(standing, columns)
        rows.append(
            [
                *(_identity(standing.student, column) for column in identity),
                *(EXCUSED if standing.excused else score for score in scores),
            ]
        )
    return as_table(rows)


def title_of(column: str, standings: Sequence[Standing]) -> str:
    """Return the title of an assignment that Canvas has already, to write the total under it.

    Args:
        column: Its column in the export of Canvas that is the roster, with or without its number.
        standings: Those of the students.

    Raises:
        ExportError: There is no such column.
    """
    known = _assignments(standings)
    if _bare(column) not in map(_bare, known):
        there = ", ".join(map(repr, known)) or "none"
        raise ExportError(f"the roster lacks the Canvas assignment {column!r}; it has: {there}")
    return _bare(column)


def new_assignments_line(title: str, standings: Sequence[Standing]) -> str:
    """Say that Canvas would make new assignments though it has others; empty if it would not.

    Args:
        title: The title under which the points are exported.
        standings: Those of the students.
    """
    known = _assignments(standings)
    ours = {title, *_titles(title, columns_of(standings))}
    if not known or ours & set(map(_bare, known)):
        return ""
    return (
        f"the roster lacks the Canvas assignment {title!r}, so Canvas would make new ones. To fill "
        "one that exists with the totals, name it with `gradebook export --format canvas --column`."
        " The roster has: "
        f"{', '.join(map(repr, known))}"
    )


def _assignments(standings: Sequence[Standing]) -> list[str]:
    """Return the columns of the roster's Canvas export that are assignments."""
    header = next((found for found in _headers(standings) if found), ())
    return [
        column for column in header if _NUMBERED.fullmatch(column) and not _COMPUTED.search(column)
    ]


def _headers(standings: Sequence[Standing]) -> Iterator[tuple[str, ...]]:
    return (standing.student.canvas_header for standing in standings)


def _known_to_canvas(student: Student) -> bool:
    return bool(student.canvas_id or student.sis_user_id or student.sis_login_id)


def _identity(student: Student, column: str) -> str:
    field = _IDENTITY[column_key(column)]
    first, last = student.parted_name
    named = {"name": student.full_name, "first_name": first, "last_name": last}
    return named[field] if field in named else str(getattr(student, field))


def _titles(title: str, columns: Sequence[CheckpointPoints]) -> list[str]:
    """The titles of the assignments, no two the same: Canvas would read the first one twice."""
    called = [column.title for column in columns]
    return [
        f"{title}: {column.title}" + (f" [{column.id}]" if called.count(column.title) > 1 else "")
        for column in columns
    ]


def _bare(header: str) -> str:
    numbered = _NUMBERED.fullmatch(header)
    return numbered[1] if numbered else header


def _unnumbered(title: str) -> str:
    """Write a new title so that no number at its end is taken for an assignment's."""
    numbered = _NUMBERED.fullmatch(title)
    return f"{numbered[1]} [{numbered[2]}]" if numbered else title


def _refuse_computed(assignment_id: str, titles: Sequence[str]) -> None:
    unread = [title for title in titles if _COMPUTED.search(title)]
    if unread:
        lines = [f"no Canvas file was written for {assignment_id}: rename what Canvas computes:"]
        raise ExportError("\n".join([*lines, *unread]))
