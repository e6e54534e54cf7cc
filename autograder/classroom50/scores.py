"""`scores.json`, Classroom 50's gradebook: who handed in what, and hidden grades as overrides.

Source: foundation50/classroom50, schemas/scores-v1.schema.json. Assignments are keyed by their
slug; an entry holds the submissions of one student's repository. The newest is the first, and
counts. An entry with `override` stays as it is when scores are collected again. Entries and
submissions may have more keys than the schema's; they stay, too.
"""

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.errors import ExportError
from autograder.feedback.content import points_open
from autograder.gradebook.exports.classroom50 import whole_points
from autograder.gradebook.handins import Handin
from autograder.gradebook.roster import Roster
from autograder.gradebook.standing import Standing, StandingStatus

LARGEST = 100 << 20
OVERRIDDEN_BY = "overridden_by"
"""The key that marks our own overrides, which may be overwritten."""
US = "autograder"
VISIBLE = "visible-checks"
"""The key that keeps the points of the visible checks."""

_TAG = re.compile(r"submit/(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)-[0-9a-f]{7,40}")
_COMMIT = re.compile(
    r"(https://[A-Za-z0-9.-]+/[A-Za-z0-9-]+/[A-Za-z0-9._-]{1,100})/commit/([0-9a-f]{40})"
)

Json = dict[str, Any]


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ScoredSubmission(_Read):
    """The part of a submission that is read."""

    submission: str
    """The tag, made when the push was graded: `submit/2026-11-02T23-59-00Z-ab12cd3`."""
    commit: str
    """The commit's address."""


class ScoreEntry(_Read):
    """The part of an entry that is read."""

    owner: str
    submissions: tuple[ScoredSubmission, ...] = Field(min_length=1)
    override: bool = False
    overridden_by: str | None = None


class _Bucket(_Read):
    type: str
    entries: tuple[ScoreEntry, ...]


class _Scores(_Read):
    format: Literal["classroom50/scores/v1"] = Field(alias="schema")
    assignments: dict[str, _Bucket]


@dataclass(frozen=True)
class Scores:
    """The scores of one assignment, within the file that holds all."""

    whole: Json
    slug: str
    entries: tuple[ScoreEntry, ...]


@dataclass(frozen=True)
class Overridden:
    """The scores with overrides in them."""

    text: str
    """The whole file."""
    written: tuple[str, ...]
    """Ids of the students whose points were written."""
    left: tuple[str, ...]
    """A line for each other student, and why."""


def read_scores(path: Path, slug: str) -> Scores:
    """Read the scores of an assignment.

    Args:
        path: `CLASSROOM/scores.json` of the configuration repository.
        slug: What Classroom 50 calls the assignment.

    Raises:
        ExportError: It is not such a file, lacks the assignment, or groups hand it in.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise ExportError(f"{path} is larger than {LARGEST >> 20} MiB: those are not scores")
    try:
        whole = json.loads(content, parse_constant=_refuse)
        scores = _Scores.model_validate(whole)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ExportError(
            f"{path} are not scores of Classroom 50: {where}: {first['msg']}"
        ) from None
    except (ValueError, RecursionError):
        raise ExportError(f"{path} is not valid JSON: download scores.json again") from None
    bucket = scores.assignments.get(slug)
    if bucket is None:
        known = ", ".join(sorted(scores.assignments)) or "none"
        raise ExportError(f"{path} lacks the assignment {slug!r}; it has: {known}")
    if bucket.type != "individual":
        raise ExportError(f"{slug} is handed in by groups, but graded by student here")
    return Scores(whole, slug, bucket.entries)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def with_overrides(scores: Scores, standings: Sequence[Standing]) -> Overridden:
    """Write hidden grades over the points of the visible checks.

    The newest submission gets the total and a test for each checkpoint, in whole numbers; its
    former points are kept under another key. An override that somebody else wrote is left alone.

    Args:
        scores: The file, as it was read.
        standings: The students' points; without a total, a student's entry is left as it is.
    """
    whole = copy.deepcopy(scores.whole)
    at = {entry.owner.casefold(): number for number, entry in enumerate(scores.entries)}
    written: list[str] = []
    left: list[str] = []
    for standing in standings:
        number = at.get((standing.student.login or "").casefold())
        total = standing.total
        if not standing.student.login:
            left.append(f"{standing.student.id}: the roster lacks the GitHub login")
        elif total is None:
            why = standing.status.value
            if standing.status is StandingStatus.UNDECIDED and standing.open_points:
                why = points_open(standing.open_points)
            left.append(f"{standing.student.id}: the total is not known yet ({why})")
        elif number is None:
            left.append(f"{standing.student.id}: Classroom 50 has collected no submission")
        elif scores.entries[number].override and scores.entries[number].overridden_by != US:
            left.append(f"{standing.student.id}: has an override that was made by hand")
        else:
            _override(whole["assignments"][scores.slug]["entries"][number], standing, total)
            written.append(standing.student.id)
    return Overridden(json.dumps(whole, indent=2) + "\n", tuple(written), tuple(left))


def _override(entry: Json, standing: Standing, total: float) -> None:
    newest = entry["submissions"][0]
    newest.setdefault(VISIBLE, {key: newest.get(key) for key in ("score", "max-score", "tests")})
    newest["score"] = whole_points(total)
    newest["max-score"] = whole_points(standing.max_score)
    newest["tests"] = [
        {
            "test-name": checkpoint.title,
            "passed": checkpoint.score == checkpoint.max_score,
            "score": whole_points(score or 0),
            "max-score": whole_points(checkpoint.max_score),
        }
        for checkpoint, score in zip(standing.checkpoints, standing.final_scores, strict=True)
    ]
    entry["override"], entry[OVERRIDDEN_BY] = True, US


def handins_of(scores: Scores, roster: Roster) -> tuple[dict[str, Handin], tuple[str, ...]]:
    """Return when each student handed in the newest submission, and which commit it is.

    The time is that of the tag, which the service makes when it grades the push; `datetime` in the
    file is a commit's date, which a student can set.

    Args:
        scores: The file, as it was read.
        roster: Who is in the course.

    Returns:
        By student id, and a line for each entry that cannot be used.
    """
    found: dict[str, Handin] = {}
    left: list[str] = []
    for entry in scores.entries:
        newest = entry.submissions[0]
        student = roster.find(entry.owner)
        tag, commit = _TAG.fullmatch(newest.submission), _COMMIT.fullmatch(newest.commit)
        time = _time(tag[1]) if tag else None
        if student is None:
            left.append(f"{entry.owner}: is not in the roster")
        elif time is None or commit is None:
            left.append(
                f"{student.id}: the submission's tag or commit is not of Classroom 50's form"
            )
        else:
            found[student.id] = Handin(handed_in_at=time, commit=commit[2], repository=commit[1])
    return found, tuple(left)


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
