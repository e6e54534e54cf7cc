"""Compares the gradebook with what an LMS has: which grades differ, and which cannot be sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from autograder.errors import LmsError
from autograder.gradebook.exports.table import number
from autograder.gradebook.lms.comments import GradeComment, comment_of, is_there
from autograder.gradebook.standing import Standing, StandingStatus
from autograder.gradebook.student import Student
from autograder.text import inert


@dataclass(frozen=True)
class GradeValue:
    """A grade as an LMS keeps it: points, none yet, or excused."""

    points: float | None = None
    is_excused: bool = False

    def __str__(self) -> str:
        if self.is_excused:
            return "excused"
        shown = number(self.points)
        return "none" if shown is None else f"{shown}"

    def equals(self, other: "GradeValue") -> bool:
        """Whether the two are the same, as precisely as grades are sent."""
        return str(self) == str(other)


@dataclass(frozen=True)
class LmsPerson:
    """A person whom an LMS lists in a course."""

    id: int
    name: str
    keys: Mapping[str, str]
    """What the LMS says of the person, by the field of `Student` that holds the same, in the order
    in which they count."""
    is_student: bool = True


@dataclass(frozen=True)
class LmsGrade:
    """What an LMS has of one person in one assignment."""

    value: GradeValue = GradeValue()
    comments: tuple[str, ...] = ()
    """Those that the student did not write, as `plain_comment` returns them."""
    group: str = ""
    """The group whose members have one grade; empty if there is none."""
    is_blocked: bool = False
    """Whether the LMS would not take a grade: it is locked, or not for this person."""
    has_comment_to_lose: bool = False
    """Whether a person's comment is there, which ours would replace."""


@dataclass(frozen=True)
class LmsAssignment:
    """An assignment in an LMS, and what it has of everybody in the course."""

    title: str
    max_points: float
    people: tuple[LmsPerson, ...]
    grades: Mapping[int, LmsGrade]
    """By the person's id."""
    knows_excused: bool
    """Whether a student can be excused there."""
    takes_comments: bool = True


class UnsentReason(StrEnum):
    """Why nothing is sent for a student."""

    UNDECIDED = "open points"
    MISSING = "nothing handed in"
    UNGRADED = "handed in, but not graded yet"
    EXCUSED = "excused, which the LMS does not know"
    BLOCKED = "locked in the LMS, or the assignment is not for them"
    COMMENTED = "a comment of a person, which the LMS would replace: enter the grade there"


_FOR_PEOPLE = frozenset({UnsentReason.BLOCKED, UnsentReason.COMMENTED})
_WITHOUT_TOTAL = {
    StandingStatus.MISSING: UnsentReason.MISSING,
    StandingStatus.UNGRADED: UnsentReason.UNGRADED,
}


@dataclass(frozen=True)
class Difference:
    """What the LMS must change for one student."""

    student: Student
    person: int
    before: GradeValue
    after: GradeValue
    comment: GradeComment | None
    """The one that belongs to the grade; None if the assignment takes no comments."""
    is_commented: bool
    """Whether the comment is there already."""


@dataclass(frozen=True)
class PushPlan:
    """What a push would do; each student of the roster is in exactly one of the first four."""

    differences: tuple[Difference, ...]
    equal: tuple[Student, ...]
    unsent: Mapping[UnsentReason, tuple[Student, ...]]
    unmatched: tuple[tuple[Student, str], ...]
    """With the reason."""
    strangers: tuple[LmsPerson, ...] = ()
    """Students in the LMS who are not in the roster."""

    @property
    def needs_person(self) -> bool:
        """Whether somebody must do what a push cannot."""
        return bool(self.unmatched or _FOR_PEOPLE & self.unsent.keys())


def make_plan(standings: Sequence[Standing], lms: LmsAssignment) -> PushPlan:
    """Compare the standings with what an LMS has.

    Raises:
        LmsError: The assignment has other points than here, or the members of a group that has one
            grade have different ones here.
    """
    _require_same_points(standings, lms)
    matched, unmatched = match([standing.student for standing in standings], lms.people)
    _require_equal_groups(standings, matched, lms)
    differences: list[Difference] = []
    equal: list[Student] = []
    unsent: dict[UnsentReason, list[Student]] = {}
    for standing in standings:
        person = matched.get(standing.student.id)
        if person is None:
            continue
        found = _compare(standing, person, lms)
        if isinstance(found, UnsentReason):
            unsent.setdefault(found, []).append(standing.student)
        elif found is None:
            equal.append(standing.student)
        else:
            differences.append(found)
    known = {person.id for person in matched.values()}
    return PushPlan(
        tuple(differences),
        tuple(equal),
        {reason: tuple(unsent[reason]) for reason in UnsentReason if reason in unsent},
        unmatched,
        tuple(person for person in lms.people if person.is_student and person.id not in known),
    )


def match(
    students: Sequence[Student], people: Sequence[LmsPerson]
) -> tuple[dict[str, LmsPerson], tuple[tuple[Student, str], ...]]:
    """Find each student in an LMS by the ids that both sides know; names never count.

    The first kind of id that the roster has and the LMS shows decides: if nobody has this one, the
    next kind is not tried, since that could be somebody else.

    Returns:
        The people by student id, and the students who were not found, with the reason.
    """
    kinds = list(dict.fromkeys(kind for person in people for kind in person.keys))
    holders: dict[tuple[str, str], list[LmsPerson]] = {}
    shown: set[str] = set()
    for person in people:
        for known, text in person.keys.items():
            if text.strip():
                shown.add(known)
                holders.setdefault((known, _folded(text)), []).append(person)
    found: dict[str, LmsPerson] = {}
    unmatched: list[tuple[Student, str]] = []
    for student in students:
        kind = next((each for each in kinds if each in shown and getattr(student, each)), None)
        if kind is None:
            unmatched.append((student, f"the roster lacks {', '.join(kinds) or 'ids'}"))
            continue
        value = str(getattr(student, kind))
        named = holders.get((kind, _folded(value)), [])
        if len(named) == 1:
            found[student.id] = named[0]
        else:
            who = f"{len(named)} people have" if named else "nobody has"
            unmatched.append((student, f"{who} the {kind} {inert(value, 60)}"))
    times = Counter(person.id for person in found.values())
    shared = {student for student, person in found.items() if times[person.id] > 1}
    unmatched += [
        (student, "another student of the roster is the same person there")
        for student in students
        if student.id in shared
    ]
    return {key: person for key, person in found.items() if key not in shared}, tuple(unmatched)


def _folded(value: str) -> str:
    """Return an id without differences of case, which logins and e-mail addresses do not know."""
    return value.strip().casefold()


def _value(standing: Standing) -> GradeValue:
    if standing.excused:
        return GradeValue(is_excused=True)
    return GradeValue(standing.total)


def _compare(
    standing: Standing, person: LmsPerson, lms: LmsAssignment
) -> Difference | UnsentReason | None:
    """Return what differs for one student; None if nothing does."""
    there = lms.grades.get(person.id, LmsGrade(is_blocked=True))
    value = _value(standing)
    if value.is_excused and not lms.knows_excused:
        return UnsentReason.EXCUSED
    if not value.is_excused and value.points is None:
        return _WITHOUT_TOTAL.get(standing.status, UnsentReason.UNDECIDED)
    comment = comment_of(standing) if lms.takes_comments and not value.is_excused else None
    is_commented = comment is None or is_there(comment, there.comments)
    is_same = value.equals(there.value)
    if is_same and is_commented:
        return None
    if there.has_comment_to_lose:
        return None if is_same else UnsentReason.COMMENTED
    if there.is_blocked:
        return UnsentReason.BLOCKED
    return Difference(standing.student, person.id, there.value, value, comment, is_commented)


def _require_same_points(standings: Sequence[Standing], lms: LmsAssignment) -> None:
    ours = max((standing.max_score for standing in standings), default=lms.max_points)
    if number(ours) != number(lms.max_points):
        raise LmsError(
            f"the assignment {inert(lms.title, 60)!r} has {number(lms.max_points)} points there "
            f"and {number(ours)} here: set its points to {number(ours)}"
        )


def _require_equal_groups(
    standings: Sequence[Standing], matched: Mapping[str, LmsPerson], lms: LmsAssignment
) -> None:
    """Refuse groups whose members differ: the LMS would give all of them the last one's grade."""

    def group_of(standing: Standing) -> str:
        person = matched.get(standing.student.id)
        return lms.grades[person.id].group if person and person.id in lms.grades else ""

    grouped = sorted((standing for standing in standings if not standing.excused), key=group_of)
    for group, members in groupby(grouped, key=group_of):
        values = {member.student.id: str(_value(member)) for member in members}
        if group and len(set(values.values())) > 1:
            each = ", ".join(f"{student} {value}" for student, value in values.items())
            raise LmsError(
                f"the group {inert(group, 60)} has one grade there, and different ones here: {each}"
            )
