"""Finds whose each hand-in is: the one place where hand-ins meet the roster.

A hand-in is a student's if a key of both is equal: a login, an e-mail address, a number of the
system. If no such key is equal, the name decides, but only if exactly one student has it, and no
other key says that it is somebody else. Nothing is guessed: a hand-in that may be several
students', or nobody's, is listed, and a line in `matches.csv` says whose it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from autograder.gradebook.keys import Key, KeyKind, comparable
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import LONGEST_ID, Student
from autograder.intake.advice import row_for, row_of, why_taken_away, why_unmatched
from autograder.intake.contradictions import (
    are_different,
    are_other_names,
    contradiction,
    looks_like_group,
)
from autograder.intake.counting import choose_hand_in
from autograder.intake.hand_ins import (
    HandIn,
    StudentHandIn,
    Submitter,
    ids_without_roster,
)
from autograder.intake.lookup import Lookup, group_of
from autograder.intake.matches_file import MATCHES_FILE, NOBODY
from autograder.policy import EVERYTHING_COUNTS, Policy
from autograder.some_names import MOST_NAMED
from autograder.text import counted


@dataclass(frozen=True)
class Unmatched:
    """A hand-in of which it is not known whose it is."""

    origin: str
    why: str
    may_be: tuple[str, ...] = ()
    """The ids of students of whom it may be."""


@dataclass(frozen=True)
class Matches:
    """Whose the hand-ins are."""

    matched: tuple[StudentHandIn, ...]
    """By student, once each."""
    unmatched: tuple[Unmatched, ...] = ()
    left_out: tuple[str, ...] = ()
    """The hand-ins that are nobody's, as `matches.csv` says."""
    unused: tuple[str, ...] = ()
    """What `matches.csv` names as hand-ins, and is none."""
    of_groups: tuple[StudentHandIn, ...] = ()
    """Hand-ins that look as if a group had handed them in, but name one student alone."""
    contradicted: int = 0
    """Hand-ins that have a student's name, and contradict what else the roster says."""
    taken_away: Mapping[str, str] = field(default_factory=dict)
    """Students without a hand-in, since `matches.csv` gives the one with their number, login or
    address to others alone: a sentence by student."""
    agreeing: int = 0
    """Hand-ins of which another key than a name says whose they are."""


@dataclass(frozen=True)
class _Claim:
    """A hand-in that may be a student's."""

    student: str
    """The student's id."""
    hand_in: HandIn
    submitter: Submitter | None = None
    """Who of its submitters the student is; None if that is not known of a group's."""
    by_name: bool = False
    """Whether only a name says so."""
    is_settled: bool = False
    """Whether a person has said so."""
    looks_like_group: bool = False


def match_hand_ins(
    hand_ins: Iterable[HandIn],
    roster: Roster | None,
    settled: Mapping[str, Sequence[str]],
    policy: Policy = EVERYTHING_COUNTS,
) -> Matches:
    """Find whose each hand-in is, and of several of one student, which counts.

    Args:
        hand_ins: What was handed in.
        roster: The class; without it, students are called as their hand-ins are.
        settled: By the name of a hand-in, whose a person said it is; see `read_matches`.
        policy: Says which of several counts; see `choose_hand_in`.
    """
    claims: dict[str, list[_Claim]] = {}
    unmatched: list[Unmatched] = []
    contradicted: list[Unmatched] = []
    left_out: list[str] = []
    left_out_of: dict[str, list[HandIn]] = {}
    taken_away: list[tuple[Student, HandIn, Sequence[Student]]] = []
    if roster is None:
        for student_id, hand_in in ids_without_roster(hand_ins):
            claims.setdefault(comparable(student_id), []).append(_Claim(student_id, hand_in))
        return Matches(_chosen_of_each(claims, None, policy, {}))
    all_of = list(hand_ins)
    lookup = Lookup.of(all_of, roster)
    in_a_group: list[tuple[HandIn, Submitter, Student]] = []
    for hand_in in all_of:
        if (names := settled.get(hand_in.origin)) is not None:
            if NOBODY in names:
                left_out.append(hand_in.origin)
                for owner in _only_owners(hand_in, lookup):
                    left_out_of.setdefault(owner.id, []).append(hand_in)
            settled_for = [student for name in names if (student := roster.find(name))]
            alone = hand_in.submitters[0] if len(hand_in.submitters) == 1 else None
            for student in settled_for:
                claim = _Claim(student.id, hand_in, alone, is_settled=True)
                claims.setdefault(student.id, []).append(claim)
            if settled_for:
                for owner in _only_owners(hand_in, lookup, by_name=False):
                    if owner not in settled_for:
                        taken_away.append((owner, hand_in, settled_for))
            if not settled_for and NOBODY not in names:
                name = names[0][:LONGEST_ID]
                why = f"{MATCHES_FILE} gives it to {name!r}, who is not in the roster"
                unmatched.append(Unmatched(hand_in.origin, why))
            continue
        for submitter in hand_in.submitters:
            found, by_name = lookup.owners(submitter)
            behind = [] if found else lookup.behind_group(submitter)
            named = (found if by_name else []) or behind
            why = _contradiction(hand_in, submitter, named, lookup)
            if not by_name and len(found) == 1:
                why = _name_of_another(submitter, found[0], lookup)
            if why:
                why += _way_out_of_group(hand_in, lookup)
                may_be = _ids((*named, *found))
                contradicted.append(Unmatched(hand_in.origin, why, may_be))
            elif len(found) == 1:
                owner = found[0]
                is_group = looks_like_group(submitter, owner)
                claim = _Claim(owner.id, hand_in, submitter, by_name, looks_like_group=is_group)
                claims.setdefault(owner.id, []).append(claim)
            elif len(behind) == 1:
                in_a_group.append((hand_in, submitter, behind[0]))
            else:
                why = why_unmatched(found, hand_in, submitter, is_staff=lookup.is_staff(submitter))
                why += _way_out_of_group(hand_in, lookup)
                unmatched.append(Unmatched(hand_in.origin, why, _ids((*found, *behind))))
    agreeing = sum(not claim.by_name for claimed in claims.values() for claim in claimed)
    claims, doubtful = _with_members(claims, in_a_group, lookup)
    claims, strangers = _without_twins(claims)
    matched = _chosen_of_each(claims, roster, policy, left_out_of)
    of_groups = {
        (claim.student, claim.hand_in.origin)
        for claimed in claims.values()
        for claim in claimed
        if claim.looks_like_group
    }
    known = {hand_in.origin for hand_in in all_of}
    return Matches(
        matched,
        (*contradicted, *unmatched, *doubtful, *strangers),
        tuple(left_out),
        unused=tuple(name for name in settled if name not in known),
        contradicted=len(contradicted),
        agreeing=agreeing,
        of_groups=tuple(work for work in matched if (work.student, work.origin) in of_groups),
        taken_away={
            owner.id: why_taken_away(owner, hand_in, settled_for)
            for owner, hand_in, settled_for in taken_away
            if owner.id not in {work.student for work in matched}
        },
    )


def _with_members(
    claims: Mapping[str, list[_Claim]],
    in_a_group: Sequence[tuple[HandIn, Submitter, Student]],
    lookup: Lookup,
) -> tuple[dict[str, list[_Claim]], list[Unmatched]]:
    """Add hand-ins with a group's name in front, if it is certain whose they are.

    What follows a hyphen may be half of a stranger's name. So a person settles whose such a
    hand-in is if there is another of the same student, or if no other has the group's name, and it
    may be a first name.
    """
    given, doubtful = dict(claims), []
    behind = Counter(student.id for _, _, student in in_a_group)
    for hand_in, submitter, student in in_a_group:
        group = group_of(submitter)
        is_group = lookup.groups[group] > 1 or not group.isalpha()
        if student.id in claims or behind[student.id] > 1 or not is_group:
            why = why_unmatched([student], hand_in, submitter, is_staff=False)
            doubtful.append(Unmatched(hand_in.origin, why, (student.id,)))
        else:
            given[student.id] = [
                _Claim(student.id, hand_in, submitter, by_name=True, looks_like_group=True)
            ]
    return given, doubtful


def _without_twins(
    claims: Mapping[str, list[_Claim]],
) -> tuple[dict[str, list[_Claim]], list[Unmatched]]:
    """Take hand-ins away that only have a student's name, where several persons have it.

    Only the one that has the student's own number is known to be the student's.
    """
    left, strangers = dict(claims), []
    for student_id, claimed in claims.items():
        named = [claim for claim in claimed if claim.by_name]
        names = {key for claim in named for key in _names(claim)}
        alike = [claim for claim in claimed if not claim.is_settled or _names(claim) & names]
        if not named or not _are_twins(alike):
            continue
        left[student_id] = [claim for claim in claimed if not claim.by_name]
        why = f"{counted(len(alike), 'hand-in')} have this name, and the roster has it once"
        for claim in named:
            rows = f"`{row_for(claim.hand_in, None)}` or `{row_of(claim.hand_in, claim.student)}`"
            strangers.append(
                Unmatched(
                    claim.hand_in.origin,
                    f"{why}: write {rows} into {MATCHES_FILE}",
                    (claim.student,),
                )
            )
    return left, strangers


def _names(claim: _Claim) -> frozenset[Key]:
    keys = frozenset[Key]() if claim.submitter is None else claim.submitter.keys
    return frozenset(key for key in keys if key.kind is KeyKind.NAME)


def _only_owners(hand_in: HandIn, lookup: Lookup, *, by_name: bool = True) -> Iterator[Student]:
    """Yield the students of whom a hand-in would be if no person had settled it.

    Args:
        hand_in: The hand-in.
        lookup: The roster.
        by_name: Whether to yield those of whom only a name says so, too.
    """
    for submitter in hand_in.submitters:
        found, only_name = lookup.owners(submitter)
        if only_name and not by_name:
            continue
        if len(found) == 1 and not (
            only_name and contradiction(submitter, found[0], with_id=lookup.with_id)
        ):
            yield found[0]


def _ids(students: Iterable[Student]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(student.id for student in students))


def _contradiction(
    hand_in: HandIn, submitter: Submitter, named: Sequence[Student], lookup: Lookup
) -> str:
    """Say why a hand-in is not by any student of that name; empty if it may be.

    The text ends with what to write if it is theirs after all.
    """
    differences = [
        contradiction(submitter, student, with_id=lookup.with_id) for student in named[:MOST_NAMED]
    ]
    if not differences or not all(differences):
        return ""
    known_as = f" ({submitter.known_as})" if submitter.known_as else ""
    others = ", and a row for each other member" if len(hand_in.submitters) > 1 else ""
    rows = " or ".join(f"`{row_for(hand_in, student)}`" for student in named[:MOST_NAMED])
    return (
        f"{'; '.join(differences)}{known_as}: if it is the same person, write"
        f" {rows}{others} into {MATCHES_FILE}"
    )


def _name_of_another(submitter: Submitter, student: Student, lookup: Lookup) -> str:
    """Say why a hand-in with a key of a student may be somebody else's; empty if nothing does.

    A number may be misspelt, or be of another assignment.
    """
    if submitter.may_be_id:
        return ""
    namesakes = lookup.namesakes(submitter)
    known_as = f" ({submitter.known_as})" if submitter.known_as else ""
    if namesakes and student not in namesakes:
        return (
            f"a number, login or address is {student.full_name or student.id}'s, and the name is"
            f" {namesakes[0].full_name}'s{known_as}: say whose it is in {MATCHES_FILE}"
        )
    difference = contradiction(submitter, student, with_id=lookup.with_id)
    stated = " ".join(key.value for key in submitter.keys if key.kind is KeyKind.NAME)
    if difference and are_other_names(stated, student.full_name):
        return (
            f"a number, login or address is {student.full_name or student.id}'s, but the name is"
            f" another, and {difference}{known_as}: say whose it is in {MATCHES_FILE}"
        )
    return ""


def _way_out_of_group(hand_in: HandIn, lookup: Lookup) -> str:
    """Say what to write if a member of a group is not in the class; empty for one submitter."""
    if len(hand_in.submitters) < 2:
        return ""
    owners = {owner.id: owner for owner in _only_owners(hand_in, lookup)}
    rows = [f"`{row_for(hand_in, owner)}`" for owner in owners.values()]
    return (
        f"; if this member is not in the class, write one row for each remaining member into"
        f" {MATCHES_FILE}: {', '.join(rows) or 'nobody else of it is known'}"
    )


def _are_twins(claims: Sequence[_Claim]) -> bool:
    """Return whether hand-ins of one name are of persons whom their source tells apart."""
    submitters = [claim.submitter for claim in claims if claim.submitter is not None]
    return any(are_different(*pair) for pair in combinations(dict.fromkeys(submitters), 2))


def _chosen_of_each(
    claims: Mapping[str, Sequence[_Claim]],
    roster: Roster | None,
    policy: Policy,
    left_out: Mapping[str, Sequence[HandIn]],
) -> tuple[StudentHandIn, ...]:
    found = []
    for claimed in claims.values():
        if not claimed:
            continue
        student_id = claimed[0].student
        known = None if roster is None else roster.find(student_id)
        # Without a roster, ids are the names of folders, which are not all fit for a roster.
        student = known or Student.model_construct(id=student_id)
        hand_ins = [claim.hand_in for claim in claimed]
        found.append(choose_hand_in(student, hand_ins, policy, left_out.get(student_id, ())))
    return tuple(sorted(found, key=lambda match: match.student))
