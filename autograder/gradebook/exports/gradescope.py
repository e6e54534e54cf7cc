"""`gradescope`: a table like the one that Gradescope's *Download Grades* gives.

Gradescope imports no grades: its own come from a `results.json` of each submission. But many
scripts read its download, and this one has the same columns. Gradescope documents them nowhere;
they are those of downloads that are quoted in public repositories, 2022 to 2026, where a question
is `1: Title (30.0 pts)`, the status `Graded`, `Ungraded` or `Missing`, the time
`2022-06-25 13:16:26 -0600` and the lateness `02:00:00`.
"""

from collections.abc import Sequence

from autograder.gradebook.exports.table import Cell, as_table, columns_of, number, scores_of
from autograder.gradebook.standing import CheckpointPoints, Standing, StandingStatus
from autograder.gradebook.student import Student

COLUMNS = (
    "First Name",
    "Last Name",
    "SID",
    "Email",
    "Sections",
    "Total Score",
    "Max Points",
    "Status",
    "Submission ID",
    "Submission Time",
    "Lateness (H:M:S)",
    "View Count",
    "Submission Count",
)
_STATUS = {
    StandingStatus.COMPLETE: "Graded",
    StandingStatus.UNDECIDED: "Ungraded",
    StandingStatus.MISSING: "Missing",
    StandingStatus.UNGRADED: "Ungraded",
    StandingStatus.TOO_LATE: "Graded",
    StandingStatus.EXCUSED: "Ungraded",
}


def as_gradescope(assignment_id: str, title: str, standings: Sequence[Standing]) -> str:
    """Write the standings as Gradescope's grade download.

    Programs match by name, SID and e-mail address, so these are not escaped: do not open the file
    in a spreadsheet. Gradescope cannot mark a student as excused: here, an excused student is
    `Ungraded`, without points. The SID is the number of the student information system, else the ID
    number, else the roster's identifier, else the id unless it is the e-mail address, which is in
    another column. The submission's ID is the commit.

    Args:
        assignment_id: Unused, as Gradescope's file does not name the assignment.
        title: Unused likewise.
        standings: One row each, in this order.
    """
    del assignment_id, title
    columns = columns_of(standings)
    questions = [_question(at, checkpoint) for at, checkpoint in enumerate(columns, start=1)]
    return as_table([[*COLUMNS, *questions], *(_row(standing, columns) for standing in standings)])


def _question(at: int, checkpoint: CheckpointPoints) -> str:
    return f"{at}: {checkpoint.title} ({number(checkpoint.max_score) or 0:.1f} pts)"


def _row(standing: Standing, columns: Sequence[CheckpointPoints]) -> list[Cell]:
    student, time = standing.student, standing.handed_in_at
    scores = scores_of(standing, columns)
    return [
        *student.parted_name,
        _sid(student),
        student.email,
        student.section,
        number(standing.total),
        number(standing.max_score),
        _STATUS[standing.status],
        standing.commit or "",
        time.strftime("%Y-%m-%d %H:%M:%S %z") if time else "",
        _hours_minutes_seconds(standing.late_seconds) if time else "",
        "",
        1 if time else 0,
        *(None if standing.excused else score for score in scores),
    ]


def _sid(student: Student) -> str:
    known = student.sis_user_id or student.idnumber or student.identifier
    return known or ("" if student.id == student.email else student.id)


def _hours_minutes_seconds(seconds: float) -> str:
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"
