"""The command `autograder similarity`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import HANDOUT_FILE, Assignment, Course
from autograder.choice import choose_assignment
from autograder.cli.course_file import course_policy, known_roster
from autograder.cli.options import AssignmentId
from autograder.cli.output import check_writable
from autograder.errors import AutograderError
from autograder.files import write_whole
from autograder.gradebook.roster import read_roster
from autograder.intake.downloads import find_hand_ins
from autograder.intake.hand_ins import StudentHandIn
from autograder.intake.matches_file import MATCHES_FILE, read_matches
from autograder.intake.matching import match_hand_ins
from autograder.reports.similar_pairs import Sources, compare
from autograder.reports.similarity_page import as_page
from autograder.text import counted, in_log

MOST_PAIRS = 50
NOTHING_TO_DO = "nothing to unpack or move: all files are compared, except those that are left out"
_CODE_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def similarity_command(
    source: Annotated[
        Path, typer.Argument(help="A folder per student, or an unpacked download of an LMS.")
    ],
    output: Annotated[Path, typer.Option(help="HTML file to write.")],
    assignment: AssignmentId = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            show_default=False,
            help="Roster, to show names. Default: the one that the course file names, if any.",
        ),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            help="A known solution, or a class of another year, to compare with; may be repeated."
        ),
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, max=500, help="Most pairs to show.")] = MOST_PAIRS,
    *,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Number the students instead of naming them.")
    ] = False,
) -> None:
    """Show which submissions have similar code, for a person to judge. No grade depends on it.

    Python files are compared, helper modules too; notebooks are not.
    """
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, submissions=source)
    check_writable(output)
    problems: list[str] = []
    notes: list[str] = []
    hand_ins = _hand_ins(source, chosen, problems)
    names = _names(source, chosen, roster)
    submissions = [
        replace(sources, student=names.get(work.origin, work.student))
        for work in hand_ins
        for sources in _sources([work], chosen, problems, notes)
    ]
    others = [
        known for folder in against or () for known in _known(folder, chosen, problems, notes)
    ]
    comparison = compare(submissions, handed_out(course, chosen), pairs, others)
    for line in (*problems, *comparison.left_out, *notes, *([NOTHING_TO_DO] if notes else [])):
        typer.echo(in_log(line), err=True)
    write_whole(output, as_page(comparison, chosen.title, anonymous=anonymous))
    groups = [counted(len(comparison.groups), "group")] if comparison.groups else []
    found = " and ".join([*groups, counted(comparison.found, "similar pair")])
    typer.echo(f"{counted(comparison.students, 'submission')} compared, {found} found")


def _hand_ins(
    folder: Path, assignment: Assignment, problems: list[str]
) -> tuple[StudentHandIn, ...]:
    found = find_hand_ins(folder, assignment)
    problems += [*found.oddities, *found.notes.values()]
    return match_hand_ins(found.hand_ins, None, {}).matched


def _names(source: Path, assignment: Assignment, given: Path | None) -> Mapping[str, str]:
    """Return the names and ids of those whose hand-in it is, by its origin, if a roster has them.

    Raises:
        AutograderError: The roster or the course file is wrong.
    """
    file, policy = course_policy(None)
    path = given or known_roster(source, None, file, policy)
    if path is None:
        return {}
    roster = read_roster(path, encoding=policy.roster_encoding)
    settled = read_matches(path.with_name(MATCHES_FILE))
    found = match_hand_ins(find_hand_ins(source, assignment).hand_ins, roster, settled)
    full_names = {student.id: student.full_name for student in roster.students}
    names: dict[str, list[str]] = {}
    for work in found.matched:
        name = full_names.get(work.student)
        shown = f"{name} ({work.student})" if name else work.student
        for origin in (work.origin, *work.older, *work.newer):
            names.setdefault(origin, []).append(shown)
    return {origin: ", ".join(owners) for origin, owners in names.items()}


def _known(
    folder: Path, assignment: Assignment, problems: list[str], notes: list[str]
) -> Iterator[Sources]:
    """Yield the code in a folder that a class is compared with: one solution, or a class."""
    name = folder.resolve().name or str(folder)
    if any((folder / file).exists() for file in assignment.files):
        hand_ins: tuple[StudentHandIn, ...] = (StudentHandIn.of_folder("solution", folder),)
    else:
        hand_ins = _hand_ins(folder, assignment, problems)
    for known in _sources(hand_ins, assignment, problems, notes):
        yield replace(known, origin=name)


def _sources(
    handed_in: Sequence[StudentHandIn],
    assignment: Assignment,
    problems: list[str],
    notes: list[str],
) -> Iterator[Sources]:
    """Yield the Python files of each submission.

    Adds to `problems` what cannot be read, and to `notes` what students' feedback says of files.

    The files that are graded come first: only so much of a submission is compared.
    """
    for work in handed_in:
        try:
            submission = work.read(assignment)
        except AutograderError as error:
            problems.append(f"{work.student}: {error}")
            continue
        problems += [
            f"{work.student}: {refusal.file}: {refusal.reason}" for refusal in submission.refused
        ]
        notes += [f"{work.student}'s feedback says: {note}" for note in submission.notes]
        names = sorted(submission.files, key=lambda name: name not in assignment.files)
        code = {
            name: submission.files[name]
            for name in names
            if name.endswith(".py") and not name.startswith("checks/")
        }
        yield Sources(work.student, code)


def handed_out(course: Course, assignment: Assignment) -> tuple[bytes, ...]:
    """Return all code that students get: stubs, visible checks, examples in the handout."""
    folder = course.assignments / assignment.id
    try:
        files = [path.read_bytes() for path in sorted(folder.rglob("*.py"))]
        handout = (folder / HANDOUT_FILE).read_text("utf-8")
    except OSError as error:
        raise AutograderError(f"{folder} cannot be read: {error.strerror}") from None
    return (*files, *(block.encode() for block in _CODE_BLOCK.findall(handout)))
