"""`csv`: all points and facts, as a table for people."""

import csv
import io
from collections.abc import Sequence

from autograder.gradebook.exports.table import (
    Cell,
    columns_of,
    number,
    repository_address,
    utc,
)
from autograder.gradebook.standing import Standing
from autograder.text import in_csv

_SECONDS_AN_HOUR = 3600


def as_plain(assignment_id: str, title: str, standings: Sequence[Standing]) -> str:
    """Write the standings as a table that a spreadsheet opens.

    There is a column for each checkpoint, named by its id, with the points before the penalty. They
    add up to `before_penalty`; `total` is what remains of that. Empty points are not decided;
    `status` says why, `open_points` how many are open, and `remark` why a hand-in has no
    grade. Texts are escaped: formulas are not computed, and invisible characters are visible.
    Programs that need names unchanged read the other forms.

    Args:
        assignment_id: Is in each row.
        title: Unused, as the id names the assignment.
        standings: One row each, in this order.
    """
    del title
    columns = columns_of(standings)
    rows: list[list[Cell]] = [
        [
            *("assignment", "student", "login", "name", "email", "section", "status"),
            *(in_csv(column.id) for column in columns),
            *(
                "before_penalty",
                "penalty_percent",
                "penalty",
                "total",
                "max_score",
                "open_points",
                "late_hours",
                "days_late",
                "counts",
                "due",
                "handed_in_at",
                "repository",
                "commit",
                "remark",
            ),
        ]
    ]
    for standing in standings:
        student = standing.student
        texts = (
            assignment_id,
            student.id,
            student.login or "",
            student.full_name,
            student.email,
            student.section,
            standing.status,
        )
        scores = {
            checkpoint.id: score
            for checkpoint, score in zip(
                standing.checkpoints, standing.scores_before_penalty, strict=True
            )
        }
        rows.append(
            [
                *(in_csv(text) for text in texts),
                *(number(scores.get(column.id)) for column in columns),
                number(standing.before_penalty),
                number(standing.penalty_percent),
                number(None if standing.excused else standing.penalty),
                number(standing.total),
                number(standing.max_score),
                number(standing.open_points),
                number(standing.late_seconds / _SECONDS_AN_HOUR),
                standing.days_late,
                "yes" if standing.counts and not standing.excused else "no",
                utc(standing.due),
                utc(standing.handed_in_at),
                in_csv(repository_address(standing)),
                in_csv(standing.commit or ""),
                in_csv(standing.ungraded_text),
            ]
        )
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(rows)
    return file.getvalue()
