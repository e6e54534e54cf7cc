"""Takes the hand-ins of test users away: users that a system makes for a look at a course.

Canvas calls one *Test Student*, and Blackboard makes one whose name ends in `_previewuser` for each
teacher who looks at a course as students do.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from autograder.gradebook.keys import Key, KeyKind, comparable
from autograder.gradebook.roster import PREVIEW, Roster
from autograder.gradebook.student import Student
from autograder.intake.hand_ins import HandIn, Submitter

_CANVAS_LABELS = ("studenttest", "teststudent")
"""What the names of files in Canvas's download begin with: the name without blanks."""


def without_test_users(
    hand_ins: Iterable[HandIn], roster: Roster | None, settled: Collection[str]
) -> tuple[tuple[HandIn, ...], tuple[str, ...]]:
    """Return hand-ins without those of test users, and what those are called.

    Args:
        hand_ins: What was handed in.
        roster: The class, which may list test users; its students are never taken for test users.
        settled: The names of hand-ins of which a person has said whose they are: these stay.
    """
    students = _keys(() if roster is None else roster.students)
    listed = _keys(() if roster is None else roster.test_users)
    others: list[HandIn] = []
    left_out: list[str] = []
    for hand_in in hand_ins:
        kept = tuple(
            submitter
            for submitter in hand_in.submitters
            if not _is_test_user(submitter, students, listed)
        )
        if kept == hand_in.submitters or hand_in.origin in settled:
            others.append(hand_in)
        elif kept:
            others.append(replace(hand_in, submitters=kept))
        else:
            left_out.append(hand_in.origin)
    return tuple(others), tuple(left_out)


def _is_test_user(submitter: Submitter, students: Collection[Key], listed: Collection[Key]) -> bool:
    keys = {key for key in submitter.keys if key.kind is not KeyKind.NAME}
    if not keys.isdisjoint(students):
        return False
    is_preview = any(
        key.kind is KeyKind.USERNAME and key.value.endswith(PREVIEW) for key in submitter.keys
    )
    return (
        is_preview or not keys.isdisjoint(listed) or comparable(submitter.label) in _CANVAS_LABELS
    )


def _keys(people: Iterable[Student]) -> set[Key]:
    return {key for person in people for key in person.keys if key.kind is not KeyKind.NAME}
