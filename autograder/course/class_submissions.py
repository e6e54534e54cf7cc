"""What a class handed in, from folders or from GitHub, and which part of it to grade."""

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from autograder.assignment import Assignment
from autograder.course.kept_terms import StudentTerms
from autograder.course.pushes import find_class_pushes
from autograder.errors import AutograderError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.book import Book
from autograder.gradebook.database import StudentPoints
from autograder.gradebook.entries import NOTHING_MARKED, NOTHING_NOTED, BookEntry, entry_of
from autograder.gradebook.handins import HANDINS_FILE, Handin, line_on_strangers
from autograder.gradebook.roster import read_roster
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade
from autograder.intake.counting import time_of_counting
from autograder.intake.downloads import find_hand_ins
from autograder.intake.hand_ins import Readable, StudentHandIn
from autograder.intake.matches_file import MATCHES_FILE, NOBODY, read_matches
from autograder.intake.matches_file import line_on_strangers as strangers_in_matches
from autograder.intake.matching import Matches, Unmatched, match_hand_ins
from autograder.intake.preview_users import without_test_users
from autograder.lateness import lateness
from autograder.policy import (
    EVERYTHING_COUNTS,
    Policy,
    read_policy,
    student_repositories,
)
from autograder.policy_names import check_names
from autograder.some_names import some_of
from autograder.text import counted, plural


@dataclass(frozen=True)
class ClassSubmissions:
    """A class: what it handed in, and the students with nothing to grade."""

    handed_in: Sequence[Readable]
    """What to grade."""
    missing: Sequence[str] = ()
    """Students who handed in nothing."""
    unseen: Sequence[str] = ()
    """Students of whom it could not be found out."""
    unselected: Sequence[str] = ()
    """Students whose submissions are not graded this time."""
    unmatched: Sequence[Unmatched] = ()
    """Hand-ins of which it is not known whose they are."""
    in_doubt: Mapping[str, str] = field(default_factory=dict)
    """Which of these may be a student's, in words, by student."""
    about_missing: Mapping[str, str] = field(default_factory=dict)
    """What a person should know of students who handed in nothing, by student."""
    oddities: Sequence[str] = ()
    """A line for each thing that somebody should look at."""
    notes: Sequence[str] = ()
    """A line for each thing that is left out as it should be, and why."""
    handins: Mapping[str, Handin] = field(default_factory=dict)
    """When work was handed in, as far as that is known, by student."""
    marks: Mapping[str, StudentPoints] = field(default_factory=dict)
    """What people gave, by student."""
    policy: Policy = EVERYTHING_COUNTS
    students: Mapping[str, Student] = field(default_factory=dict)
    """The roster, by id; empty without a roster."""
    title: str = ""
    """The assignment's, for the pages; empty to show its id."""
    is_whole: bool = True
    """Whether it is the whole class, and not a part of it."""

    def __len__(self) -> int:
        """Count the students, and the hand-ins that are nobody's yet."""
        known = (self.handed_in, self.missing, self.unseen, self.unselected)
        return sum(map(len, (*known, self.unmatched)))

    def entry(self, student: str, grade: Grade) -> BookEntry:
        """Return a grade as it counts, with people's marks, and its student's standing."""
        return entry_of(
            self.student(student),
            grade,
            self.handins.get(student, NOTHING_NOTED),
            self.policy,
            self.marks.get(student, NOTHING_MARKED),
        )

    def excuses(self, student: str) -> bool:
        """Whether the assignment does not count for a student."""
        return self.policy.excuses(self.student(student))

    def terms_of(self, student: str) -> StudentTerms:
        """Return the terms by which a student's points count."""
        handed_in_at = self.handins.get(student, NOTHING_NOTED).handed_in_at
        late = lateness(self.policy, self.student(student), handed_in_at)
        return StudentTerms(penalty_percent=late.percent, excused=self.excuses(student))

    def student(self, student: str) -> Student:
        """Return what the roster says of a student."""
        # Without a roster, ids are the names of folders, which are not all fit for a roster.
        return self.students.get(student) or Student.model_construct(id=student)

    def with_records_of(self, book: Book) -> "ClassSubmissions":
        """Return the class with what its gradebook knows: marks and, without others, times.

        A time that is that of a hand-in which does not count gives way to that of the one which
        does, and a note says so.
        """
        handins = dict(self.handins or book.handins())
        strangers = line_on_strangers(book.folder / HANDINS_FILE, book.roster())
        notes = [*self.notes, *filter(None, [strangers])]
        for work in self.handed_in:
            noted = handins.get(work.student, NOTHING_NOTED)
            if not isinstance(work, StudentHandIn) or noted.handed_in_at is None:
                continue
            if (came_at := time_of_counting(work, noted.handed_in_at)) is not None:
                handins[work.student] = noted.model_copy(update={"handed_in_at": came_at})
                notes.append(
                    f"{work.student}: {HANDINS_FILE} has the time of a hand-in that does not count"
                    f" ({noted.handed_in_at.isoformat()}): {came_at.isoformat()}, when"
                    f" {work.origin!r} came, takes its place"
                )
        return replace(self, handins=handins, marks=book.points(), notes=notes)

    def part(self, number: int, parts: int) -> "ClassSubmissions":
        """Return one part of the class; each student is in the same one every time.

        Args:
            number: Which, from 1.
            parts: Of how many.
        """

        def belongs(student: str) -> bool:
            digest = hashlib.sha256(student.encode("utf-8", "surrogateescape")).digest()
            return int.from_bytes(digest[:8]) % parts == number - 1

        return replace(
            self,
            handed_in=[work for work in self.handed_in if belongs(work.student)],
            missing=_only(self.missing, belongs),
            unseen=_only(self.unseen, belongs),
            unselected=_only(self.unselected, belongs),
            unmatched=[hand_in for hand_in in self.unmatched if belongs(hand_in.origin)],
            handins={name: handin for name, handin in self.handins.items() if belongs(name)},
            is_whole=False,
        )

    def select(self, only: Collection[str], since: datetime | None) -> "ClassSubmissions":
        """Return the class with less to grade.

        Args:
            only: The students to grade; empty for all.
            since: Grade only what was handed in since then, or at an unknown time; None for all.

        Raises:
            AutograderError: Somebody who is wanted is not in the class.
        """
        present = {work.student for work in self.handed_in}
        unknown = sorted({*only} - present - {*self.missing})
        if unknown:
            raise AutograderError(f"no submission found of {', '.join(unknown)}")
        selected = [
            work
            for work in self.handed_in
            if (not only or work.student in only)
            and (since is None or work.handed_in_at is None or work.handed_in_at >= since)
        ]
        missing = [student for student in self.missing if not only or student in only]
        others = {*present, *self.missing} - {work.student for work in selected} - {*missing}
        return replace(
            self,
            handed_in=selected,
            missing=missing,
            unselected=[*self.unselected, *sorted(others)],
        )


def _only(students: Sequence[str], belongs: Callable[[str], bool]) -> list[str]:
    return [student for student in students if belongs(student)]


@contextmanager
def class_submissions(
    source: Path,
    assignment: Assignment,
    roster_file: Path | None = None,
    policy: Policy = EVERYTHING_COUNTS,
) -> Iterator[ClassSubmissions]:
    """Find what a class handed in; it can be read while the context is open.

    Args:
        source: A folder per student, the unpacked download of an LMS, or a `course.toml`.
        assignment: What they answer.
        roster_file: Who is in the class; `matches.csv` may lie next to it. A course file names its
            own. Without any, the class is everybody who handed in.
        policy: The course's; a course file is its own.

    Raises:
        AutograderError: Nothing can be found out at all.
    """
    if source.suffix != ".toml":
        yield _of_folder(source, assignment, roster_file, policy)
        return
    if roster_file is not None:
        raise AutograderError(f"{source} names the roster already: leave out --roster")
    policy = read_policy(source)
    student_repositories(policy)  # a course that is not on GitHub ends here
    roster = read_roster(policy.roster, encoding=policy.roster_encoding)
    check_names(policy, roster)
    server = GitHubServer.from_environment()
    os.environ.pop("GITHUB_TOKEN")  # no process that we start has it
    with GitHubClient(server) as client:
        pushes = find_class_pushes(client, policy, roster.students)
        yield ClassSubmissions(
            pushes.pushed,
            pushes.missing,
            [student for student, _ in pushes.unseen],
            oddities=[f"{student}: {why}" for student, why in (*pushes.unseen, *pushes.notes)],
            handins={
                work.student: Handin(
                    handed_in_at=work.handed_in_at, commit=work.commit, repository=work.repository
                )
                for work in pushes.pushed
            },
            policy=policy,
            notes=roster.notes,
            students={student.id: student for student in roster.students},
            title=assignment.title,
        )


def _in_doubt(unmatched: Sequence[Unmatched]) -> Mapping[str, str]:
    """Return which hand-ins may be whose, in words, by student."""
    found: dict[str, list[str]] = {}
    for hand_in in unmatched:
        for student in hand_in.may_be:
            found.setdefault(student, []).append(repr(hand_in.origin))
    return {student: f"{some_of(names)} may be theirs" for student, names in found.items()}


def _notes_on_others(work: StudentHandIn) -> Iterator[str]:
    """Say which of a student's hand-ins counts, and why, for each that does not."""
    why = f", {work.why}" if work.why else ""
    for age, names in (("older", work.older), ("newer", work.newer)):
        for name in names:
            yield f"{work.student}: {work.origin!r} counts{why}, and not the {age} {name!r}"


def _notes_on_matches(matches: Matches, unused: Sequence[str]) -> Iterator[str]:
    """Say what may be wrong about whose the hand-ins are, though each has its student."""
    if unused:
        yield (
            f"{MATCHES_FILE} names {counted(len(unused), 'hand-in')} that"
            f" {plural(len(unused), 'is', 'are')} not there: {some_of(list(map(repr, unused)))}"
        )
    if matches.contradicted > 1 and not matches.agreeing:
        yield (
            f"{counted(matches.contradicted, 'hand-in')} have a name of the roster, and no number,"
            " login or address that is in it: the roster may be of something else: take Moodle's"
            " grading worksheet of this assignment, or give each column of numbers its right title"
        )
    if matches.of_groups:
        names = [f"{work.origin!r} ({work.student})" for work in matches.of_groups]
        yield (
            f"{counted(len(names), 'hand-in')} may be a group's, since the name is not the"
            f" student's: {some_of(names)}: a row for each member in {MATCHES_FILE} gives it to all"
        )


def _of_folder(
    folder: Path, assignment: Assignment, roster_file: Path | None, policy: Policy
) -> ClassSubmissions:
    """Find the hand-ins below a folder, and whose they are."""
    roster = None
    if roster_file is not None:
        roster = read_roster(roster_file, encoding=policy.roster_encoding)
    found = find_hand_ins(folder, assignment)
    settled: Mapping[str, Sequence[str]] = {}
    strangers = ""
    if roster is not None and roster_file is not None:
        settled = read_matches(roster_file.with_name(MATCHES_FILE))
        strangers = strangers_in_matches(roster_file.with_name(MATCHES_FILE), roster)
    hand_ins, of_test_users = without_test_users(found.hand_ins, roster, settled)
    matches = match_hand_ins(hand_ins, roster, settled, policy)
    matched = {work.student for work in matches.matched}
    students = () if roster is None else roster.students
    notes = [
        *(() if roster is None else roster.notes),
        *filter(None, [strangers]),
        *(line for name, line in found.notes.items() if NOBODY not in settled.get(name, ())),
        *(f"{name!r} is left out: it is a test user's" for name in of_test_users),
        *(f"{name!r} is left out, as {MATCHES_FILE} says" for name in matches.left_out),
        *(line for work in matches.matched for line in _notes_on_others(work)),
        *matches.taken_away.values(),
        *_notes_on_matches(matches, [name for name in matches.unused if name not in found.notes]),
    ]
    return ClassSubmissions(
        matches.matched,
        missing=[student.id for student in students if student.id not in matched],
        unmatched=matches.unmatched,
        in_doubt=_in_doubt(matches.unmatched),
        about_missing=matches.taken_away,
        oddities=found.oddities,
        notes=notes,
        policy=policy,
        students={student.id: student for student in students},
        title=assignment.title,
    )
