"""Compares the points that several markers gave for the same answers.

Points become the gradebook's if all markers gave the same, or if a person decides where they
differ. Points that a person gave in the gradebook itself are changed by a decision only.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from autograder.gradebook.marking.copies import MarkingCopy, OpenQuestion
from autograder.gradebook.marking.folders import GivenPoints
from autograder.text import decimal_text


class AgreementState(StrEnum):
    """How far the markers of one answer have come."""

    WAITING = "waits for a marker"
    """Somebody has not marked it, or has marked an earlier version of the answer."""
    EQUAL = "equal"
    DIFFERENT = "different"
    """A person must decide."""
    DECIDED = "decided"
    """The markers differ, and a person has decided."""


@dataclass(frozen=True)
class Marked:
    """What one folder holds: the gradebook's own, or a marker's."""

    given: Mapping[tuple[str, str], GivenPoints]
    """By student and cell."""
    copies: Mapping[str, MarkingCopy]
    """By student."""


@dataclass(frozen=True)
class Decision:
    """A row of the table of differences, as a person filled it in."""

    points: float | None
    version: str
    """What it was decided on: see `version_of`."""
    note: str = ""


@dataclass(frozen=True)
class MarkerPoints:
    """One marker's points for one answer."""

    points: float | None
    """None while they have not been given for this version of the answer."""
    comment: str
    is_stale: bool
    """Whether the marker has marked an earlier version of the answer."""


@dataclass(frozen=True)
class ComparedAnswer:
    """One answer, and what everybody gave for it."""

    student: str
    question: OpenQuestion
    answer: str
    """In Markdown."""
    state: AgreementState
    by_marker: Mapping[str, MarkerPoints]
    agreed: float | None
    """What a person decided."""
    in_gradebook: float | None
    """What the gradebook has, or gets now; None if nobody has given points for this version."""
    is_new: bool
    """Whether the gradebook gets these points now."""
    new_comment: str | None
    """The comment that it gets with them; None if the one that it has stays."""
    most: float
    """The most points that can be decided: those of the question, or what a person gave."""
    note: str

    @property
    def key(self) -> tuple[str, str]:
        """The student and the answer's cell."""
        return self.student, self.question.cell

    @property
    def version(self) -> str:
        """What a decision on this answer is about."""
        return version_of(self.answer, self.in_gradebook)


def version_of(answer: str, in_gradebook: float | None) -> str:
    """Name the state of an answer that a person decides on.

    A decision that was made before the answer or the gradebook's points changed is not taken.
    """
    digest = hashlib.sha256(f"{in_gradebook}\n{answer}".encode("utf-8", "surrogatepass"))
    # With a letter in front, no spreadsheet takes it for a number.
    return f"v{digest.hexdigest()[:12]}"


def compare(
    questions: Sequence[OpenQuestion],
    own: Marked,
    markers: Mapping[str, Marked],
    decisions: Mapping[tuple[str, str], Decision],
) -> tuple[ComparedAnswer, ...]:
    """Compare all answers that somebody wrote or marked, by student and question.

    Args:
        questions: Those of the notebook.
        own: What the gradebook has.
        markers: What each marker has.
        decisions: Points that a person decided on, by student and cell.
    """
    return tuple(_compared(questions, own, markers, decisions))


def _compared(
    questions: Sequence[OpenQuestion],
    own: Marked,
    markers: Mapping[str, Marked],
    decisions: Mapping[tuple[str, str], Decision],
) -> Iterator[ComparedAnswer]:
    for student, copy in sorted(own.copies.items()):
        for question in questions:
            key = (student, question.cell)
            given = [marked.given.get(key) for marked in (own, *markers.values())]
            if copy.is_blank(question.cell) and not any(each and each.by_person for each in given):
                continue  # it has 0 points by itself
            by_marker = {
                name: _points_of(marked, key, copy.answers[question.cell])
                for name, marked in markers.items()
            }
            yield _judged(
                key, question, copy.answers[question.cell], own.given.get(key), by_marker,
                decisions.get(key),
            )  # fmt: skip


def _points_of(marked: Marked, key: tuple[str, str], answer: str) -> MarkerPoints:
    student, cell = key
    given = marked.given.get(key)
    seen = marked.copies.get(student)
    if given is None or given.points is None:
        return MarkerPoints(None, "", is_stale=False)
    stale = given.is_stale or seen is None or seen.answers.get(cell) != answer
    return MarkerPoints(None if stale else given.points, given.comment, is_stale=stale)


def _judged(
    key: tuple[str, str],
    question: OpenQuestion,
    answer: str,
    own: GivenPoints | None,
    by_marker: Mapping[str, MarkerPoints],
    decision: Decision | None,
) -> ComparedAnswer:
    is_fresh = own is not None and own.by_person and not own.is_stale
    current = own.points if own is not None and is_fresh else None
    agreed, note = _decided(decision, answer, current)
    points = {marker.points for marker in by_marker.values()}
    new: float | None = None
    if agreed is not None:
        state, new = AgreementState.DECIDED, agreed
    elif None in points:
        state = AgreementState.WAITING
    elif len(points) == 1 and current in (None, *points):
        state, (new,) = AgreementState.EQUAL, points
    else:
        state = AgreementState.DIFFERENT
    is_new = new is not None and new != current
    keeps_comment = bool(is_fresh and own and own.comment)
    return ComparedAnswer(
        student=key[0],
        question=question,
        answer=answer,
        state=state,
        by_marker=by_marker,
        agreed=agreed,
        in_gradebook=current if new is None else new,
        is_new=is_new,
        most=max(question.points, current or 0.0, *(given or 0.0 for given in points)),
        new_comment=None if keeps_comment else _joined(by_marker.values()),
        note=note,
    )


def _decided(
    decision: Decision | None, answer: str, current: float | None
) -> tuple[float | None, str]:
    """Return the points that a person decided on if they still hold, and a note for the table."""
    if decision is None or decision.points is None:
        return None, "" if decision is None else decision.note
    if decision.points == current or decision.version == version_of(answer, current):
        return decision.points, ""
    return None, (
        f"{decimal_text(decision.points)} agreed before the answer or the gradebook's points "
        "changed: decide again"
    )


def _joined(markers: Iterable[MarkerPoints]) -> str:
    """Put the markers' comments below each other, equal ones once."""
    comments = [marker.comment for marker in markers if not marker.is_stale]
    return "\n\n".join(dict.fromkeys(comment for comment in comments if comment))
