"""Finds whose each hand-in is: the one place where hand-ins meet the roster.

A hand-in is a student's if a key of both is equal: a login, an e-mail address, a number of the
system. If no such key is equal, the name decides, but only if exactly one student has it, and no
other key says that it is somebody else. Nothing is guessed: a hand-in that may be several
students', or nobody's, is listed, and a line in `matches.csv` says whose it is.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.gradebook.keys import KeyKind, comparable
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import LONGEST_ID, Student
from autograder.intake.contradictions import are_different, are_other_names, contradiction
from autograder.intake.counting import choose_hand_in
from autograder.intake.hand_ins import (
    HandIn,
    StudentHandIn,
    Submitter,
    ids_without_roster,
)
from autograder.intake.lookup import Lookup
from autograder.intake.matches_file import MATCHES_FILE, NOBODY
from autograder.policy import EVERYTHING_COUNTS, Policy
from autograder.some_names import MOST_NAMED
from autograder.text import counted

MOST_CANDIDATES = 5
"""Students of whom a hand-in may be that a message names."""


@dataclass(frozen=True)
class Unmatched:
    """A hand-in of which it is not known whose it is."""

    origin: str
    why: str


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
    agreeing: int = 0
    """Hand-ins of which another key than a name says whose they are."""


@dataclass(frozen=True)
class _Claim:
    """A hand-in that may be a student's."""

    student: str
    """The student's id."""
    hand_in: HandIn
    submitter: Submitter | None = None
    """Who of its submitters the student is; None if a person has settled it."""
    by_name: bool = False
    """Whether only a name says so."""
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
            for student in settled_for:
                claims.setdefault(student.id, []).append(_Claim(student.id, hand_in))
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
                contradicted.append(Unmatched(hand_in.origin, why))
            elif len(found) == 1:
                is_group = _looks_like_group(submitter, found[0])
                claim = _Claim(found[0].id, hand_in, submitter, by_name, is_group)
                claims.setdefault(found[0].id, []).append(claim)
            elif len(behind) == 1:
                in_a_group.append((hand_in, submitter, behind[0]))
            else:
                why = _why(found, hand_in, submitter, lookup)
                why += _way_out_of_group(hand_in, lookup)
                unmatched.append(Unmatched(hand_in.origin, why))
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
    )


def _with_members(
    claims: Mapping[str, list[_Claim]],
    in_a_group: Sequence[tuple[HandIn, Submitter, Student]],
    lookup: Lookup,
) -> tuple[dict[str, list[_Claim]], list[Unmatched]]:
    """Add hand-ins with a group's name in front, if it is certain whose they are.

    What follows a hyphen may be half of a stranger's name. So a person settles whose such a
    hand-in is if there is another of the same student.
    """
    given, doubtful = dict(claims), []
    behind = Counter(student.id for _, _, student in in_a_group)
    for hand_in, submitter, student in in_a_group:
        if student.id in claims or behind[student.id] > 1:
            doubtful.append(Unmatched(hand_in.origin, _why([student], hand_in, submitter, lookup)))
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
        named = [claim.hand_in for claim in claimed if claim.by_name]
        if not named or not _are_twins(claimed):
            continue
        left[student_id] = [claim for claim in claimed if not claim.by_name]
        why = f"{counted(len(claimed), 'hand-in')} have this name, and the roster has it once"
        strangers += [Unmatched(hand_in.origin, why) for hand_in in named]
    return left, strangers


def _only_owners(hand_in: HandIn, lookup: Lookup) -> Iterator[Student]:
    """Yield the students of whom a hand-in would be if no person had settled it."""
    for submitter in hand_in.submitters:
        found, by_name = lookup.owners(submitter)
        if len(found) == 1 and not (
            by_name and contradiction(submitter, found[0], with_id=lookup.with_id)
        ):
            yield found[0]


def _looks_like_group(submitter: Submitter, student: Student) -> bool:
    """Return whether the source shows a name in which no part of the student's name is.

    Canvas puts the group's name before the number of the member who handed in for all.
    """
    label = _letters(submitter.label)
    words = re.split(r"[^\w]+", student.full_name)
    return bool(label and any(words)) and not any(
        _letters(word) and _letters(word) in label for word in words
    )


def _letters(text: str) -> str:
    """Return letters and digits without case and accents."""
    plain = unicodedata.normalize("NFKD", comparable(text))
    return "".join(character for character in plain if character.isalnum())


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
    return (
        f"{'; '.join(differences)}{known_as}: if it is the same person, write"
        f" `{_row(hand_in, named[0])}`{others} into {MATCHES_FILE}"
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


def _row(hand_in: HandIn, student: Student | None) -> str:
    """Return the row of `matches.csv` that gives a hand-in to a student, or to nobody."""
    row = io.StringIO()
    whose = NOBODY if student is None else student.id
    csv.writer(row, lineterminator="").writerow((hand_in.origin, whose))
    return row.getvalue()


def _way_out_of_group(hand_in: HandIn, lookup: Lookup) -> str:
    """Say what to write if a member of a group is not in the class; empty for one submitter."""
    if len(hand_in.submitters) < 2:
        return ""
    owners = {owner.id: owner for owner in _only_owners(hand_in, lookup)}
    rows = [f"`{_row(hand_in, owner)}`" for owner in owners.values()]
    return (
        f"; if this member is not in the class, write one row for each remaining member into"
        f" {MATCHES_FILE}: {', '.join(rows) or 'nobody else of it is known'}"
    )


def _why(found: Sequence[Student], hand_in: HandIn, submitter: Submitter, lookup: Lookup) -> str:
    known_as = f": {submitter.known_as}" if submitter.known_as else ""
    if not found and lookup.is_staff(submitter):
        row = _row(hand_in, None)
        return f"it is of staff, as the roster says{known_as}: write `{row}` into {MATCHES_FILE}"
    if not found:
        return f"nobody in the roster has this name, number or address{known_as}"
    candidates = sorted(found, key=lambda student: student.id)[:MOST_CANDIDATES]
    may_be = " or ".join(student.id for student in candidates)
    rows = " or ".join(f"`{_row(hand_in, student)}`" for student in candidates)
    return f"it may be from {may_be}{known_as}: write {rows} into {MATCHES_FILE}"


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
