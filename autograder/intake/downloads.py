"""Finds a class's hand-ins: in a folder per student, or in the unpacked download of a system.

Which systems are known, and how they name things, is in `names.py`; whatever is in a folder of its
own without such a name is taken for a student's folder.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from itertools import islice
from pathlib import Path

from autograder.admission import FileSource
from autograder.assignment import Assignment
from autograder.errors import SubmissionError
from autograder.gradebook.keys import Key, KeyKind
from autograder.intake.archives import is_archive
from autograder.intake.gradescope import SUBMITTERS, GradescopeSubmission, read_submissions
from autograder.intake.hand_ins import HandIn, Submitter, any_keys, folder_files, keys_of
from autograder.intake.layouts import find_files, is_metadata
from autograder.intake.names import ATTEMPT_REPORT, ILIAS, NamedPart, recognise, refusals
from autograder.intake.teams import is_team, team_hand_in, teams_without_members
from autograder.some_names import some_of
from autograder.submission import LooseFiles
from autograder.text import counted, plural

LONGEST_NAME = 500
"""Bytes of the line of a report that names a student."""
_EXPORT_AGAIN = "export the submissions again, and unpack the whole export"
MOST_CLASSES = 100
"""Folders that are looked into, to see whether a class is in one of them."""
MOST_ENTRIES = 100_000
"""In the folder of a class: loose files of ten thousand students."""


@dataclass(frozen=True)
class FoundHandIns:
    """The hand-ins of a class."""

    hand_ins: tuple[HandIn, ...]
    """In the order of their names."""
    oddities: tuple[str, ...] = ()
    """A line for everything else that lies there."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """By the name of an entry, a line on what is done with it that is as it should be."""


def find_hand_ins(folder: Path, assignment: Assignment) -> FoundHandIns:
    """Find every hand-in below a folder.

    A folder that holds nothing but one other folder is looked through.

    Raises:
        SubmissionError: The folder cannot be read, or is not that of a class: the text says what it
            looks like, and what to take instead.
    """
    found = _find_in(folder, assignment)
    entries = [entry for entry in _entries(folder) if not is_metadata(entry.name)]
    inner = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]
    # A student's archive in a download makes its folder look like a hand-in. But a hand-in that
    # looks like a download must not stop a class: others are graded then.
    classes = [entry for entry in inner[:MOST_CLASSES] if _is_download(entry, folder)]
    others = [hand_in for hand_in in found.hand_ins if not {*hand_in.paths} <= {*classes}]
    if any(_is_gradable(hand_in, assignment) for hand_in in others):
        return found
    classes = classes or [entry for entry in inner[:MOST_CLASSES] if _is_class(entry, assignment)]
    if len(classes) == 1 and len(entries) == 1:
        below = _find_in(classes[0], assignment)
        note = f"the submissions are those in {classes[0].name!r}"
        return replace(below, notes={classes[0].name: note, **below.notes})
    if classes:
        names = ", ".join(repr(entry.name) for entry in classes[:3])
        raise SubmissionError(
            f"{folder} looks like the folder above those of a class: give {names} in it"
        )
    present = [hand_in for hand_in in found.hand_ins if not hand_in.is_missing]
    if not present:
        archives = [entry.name for entry in entries if is_archive(entry.name)]
        if archives:
            raise SubmissionError(
                f"{folder} contains no submission, but {archives[0]!r}: unpack it, and give the"
                " folder with what was in it"
            )
        raise SubmissionError(f"{folder} contains no submission: give a folder per student")
    raise SubmissionError(
        f"{folder} has {counted(len(present), 'submission')}, and none has a file of "
        f"{assignment.id} ({', '.join(assignment.files)}): is it another assignment's download?"
    )


def _entries(folder: Path) -> list[Path]:
    if folder.is_file():
        advice = "unpack it, and give the folder with what was in it"
        if not is_archive(folder.name):
            advice = "give the folder with the submissions of a class"
        raise SubmissionError(f"{folder} is a file: {advice}")
    try:
        return sorted(islice(folder.iterdir(), MOST_ENTRIES), key=lambda path: path.name)
    except OSError as error:
        raise SubmissionError(f"{folder} cannot be read: {error.strerror}") from None


def _kinds(folder: Path) -> list[tuple[str, bool]]:
    """Return the name of each entry, and whether it is a folder."""
    return [
        (entry.name, entry.is_dir() and not entry.is_symlink())
        for entry in _entries(folder)
        if not is_metadata(entry.name)
    ]


def _find_in(folder: Path, assignment: Assignment) -> FoundHandIns:
    """Find the hand-ins that lie directly in a folder."""
    entries = [entry for entry in _entries(folder) if not is_metadata(entry.name)]
    if any(entry.name in assignment.files for entry in entries):
        raise SubmissionError(
            f"{folder} looks like one submission: grade it with `autograder grade {folder}`"
        )
    kinds = [(entry.name, entry.is_dir() and not entry.is_symlink()) for entry in entries]
    if (folder / SUBMITTERS).exists():
        return _of_gradescope(folder, entries)
    for refusal in refusals(kinds):
        raise SubmissionError(f"{folder}: {refusal}")
    system = recognise(kinds)
    folders: dict[str, list[tuple[NamedPart, Path]]] = {}
    plain: list[Path] = []
    oddities: list[str] = []
    for entry, (name, is_folder) in zip(entries, kinds, strict=True):
        part = system.parse(name, is_folder) if system is not None else None
        if part is not None and (is_folder or entry.is_file()) and not entry.is_symlink():
            folders.setdefault(part.owner, []).append((part, entry))
        elif is_folder:
            plain.append(entry)
        else:
            oddities.append(f"{name!r} {NO_FOLDER}")
    teams = {
        entry: team_hand_in(entry, _member_of_ilias)
        for entry in plain
        if is_team(entry, _member_of_ilias)
    }
    if teams or system is ILIAS:
        teams |= teams_without_members([entry for entry in plain if entry not in teams])
    plain = [entry for entry in plain if entry not in teams]
    prefix = _common_start([entry.name for entry in plain])
    hand_ins = [_of_parts(parts) for parts in folders.values()]
    hand_ins += [_of_folder(entry, prefix) for entry in plain]
    hand_ins += teams.values()
    typed = {
        path.name: f"{path.name!r} was typed in, and is not graded"
        for parts in folders.values()
        for part, path in parts
        if part.is_typed
    }
    older = {
        name: f"{name!r} is left out: a newer one of {hand_in.origin!r} counts"
        for hand_in in hand_ins
        for name in hand_in.older
    }
    return FoundHandIns(
        tuple(sorted(hand_ins, key=lambda hand_in: hand_in.origin)),
        tuple(oddities),
        {**older, **typed},
    )


def _member_of_ilias(name: str) -> Submitter | None:
    """Return whom ILIAS names a folder after; None for another folder."""
    part = ILIAS.parse(name, True)
    return None if part is None else part.submitter


def _of_parts(parts: Sequence[tuple[NamedPart, Path]]) -> HandIn:
    """Make a hand-in of an owner's parts: the last folder, or all loose files."""
    ordered = sorted(parts, key=lambda found: found[0].attempt)
    last, path = ordered[-1]
    marks = [part.is_late for part, _ in parts if part.is_late is not None]
    paths = {part.file: path for part, path in ordered if part.file is not None}
    taken = (path,) if last.file is None else tuple(paths.values())
    return HandIn(
        path.name if last.file is None else last.origin or last.owner,
        (_with_report(last.submitter, paths.get(ATTEMPT_REPORT)),),
        taken,
        folder_files(path) if last.file is None else lambda: LooseFiles(paths),
        last.attempt,
        is_typed=all(part.is_typed or part.file == ATTEMPT_REPORT for part, _ in parts),
        sent_at=last.sent_at,
        is_late=any(marks) if marks else None,
        older=tuple(path.name for part, path in ordered if path not in taken and not part.is_typed),
    )


NO_FOLDER = "is not a folder of a student: put it into one with the student's name, or remove it"
_USERNAME = re.compile(r"\(([^()]+)\)\Z")
"""At the end of `Ada Lovelace (ada)`."""


def _with_report(submitter: Submitter, report: Path | None) -> Submitter:
    """Add whom Blackboard's report on an attempt names, as in `Name: Ada Lovelace (ada)`."""
    if report is None:
        return submitter
    try:
        with report.open("rb") as file:
            line = file.readline(LONGEST_NAME).decode("utf-8-sig", "replace")
    except OSError:
        return submitter
    label, colon, name = line.partition(":")
    if not (colon and label.strip()):
        return submitter
    keys, name = submitter.keys, name.strip()
    if stated := _USERNAME.search(name):
        # The name of the file leaves open where the title ends and the username begins.
        keys = keys & {Key.of(KeyKind.USERNAME, stated[1])} or keys
    keys |= keys_of(name=_USERNAME.sub("", name).strip())
    return replace(submitter, keys=keys, known_as=name)


def _of_folder(entry: Path, prefix: str) -> HandIn:
    """Make a hand-in of a folder that a person or a script has named."""
    keys = any_keys(entry.name)
    if prefix:
        keys |= {Key.of(KeyKind.LOGIN, entry.name.removeprefix(prefix))}
    submitter = Submitter(entry.name, keys, may_be_id=True)
    return HandIn(entry.name, (submitter,), (entry,), folder_files(entry))


def _common_start(names: Sequence[str]) -> str:
    """Return what all names begin with, up to a hyphen: clones of GitHub have it before a login."""
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)  # they differ as early as any two
    shared = next(
        (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first)
    )
    return first[: first.rfind("-", 0, shared) + 1]


def _of_gradescope(folder: Path, entries: Sequence[Path]) -> FoundHandIns:
    submissions = read_submissions(folder / SUBMITTERS)
    hand_ins: list[HandIn] = []
    oddities: list[str] = []
    for entry in entries:
        if not entry.is_dir() or entry.is_symlink():
            if entry.name != SUBMITTERS:
                oddities.append(f"{entry.name!r} {NO_FOLDER}")
            continue
        hand_in = _of_folder(entry, "")
        if (facts := submissions.get(entry.name)) is not None:
            hand_in = _with_facts(hand_in, facts)
        hand_ins.append(hand_in)
    present = {hand_in.origin for hand_in in hand_ins}
    missing = [name for name in submissions if name not in present]
    if missing:
        named = [_with_names(name, submissions[name]) for name in missing]
        oddities.append(
            f"{counted(len(missing), 'submission')} in {SUBMITTERS}"
            f" {plural(len(missing), 'lacks its folder', 'lack their folders')} in the download:"
            f" {some_of(named)}: {_EXPORT_AGAIN}"
        )
    hand_ins += [_missing(folder / name, submissions[name]) for name in missing]
    return FoundHandIns(tuple(hand_ins), tuple(oddities))


def _with_names(name: str, submission: GradescopeSubmission) -> str:
    known_as = "; ".join(submitter.known_as for submitter in submission.submitters)
    return f"{name!r} ({known_as})"


def _missing(path: Path, submission: GradescopeSubmission) -> HandIn:
    """Make a hand-in that cannot be read of a submission whose folder is missing."""

    def refuse() -> FileSource:
        raise SubmissionError(
            f"{SUBMITTERS} has {path.name!r}, and the download lacks its folder: {_EXPORT_AGAIN}"
        )

    return replace(_with_facts(_of_folder(path, ""), submission), files=refuse, is_missing=True)


def _with_facts(hand_in: HandIn, submission: GradescopeSubmission) -> HandIn:
    """Add what the metadata say of a submission."""
    sent_at = submission.created_at
    attempt = sent_at.astimezone(UTC).isoformat() if sent_at else ""
    return replace(hand_in, submitters=submission.submitters, sent_at=sent_at, attempt=attempt)


def _is_any_gradable(found: FoundHandIns, assignment: Assignment) -> bool:
    return any(_is_gradable(hand_in, assignment) for hand_in in found.hand_ins)


def _is_gradable(hand_in: HandIn, assignment: Assignment) -> bool:
    """Return whether a hand-in has a graded file, or is unreadable, which is reported elsewhere."""
    if hand_in.is_missing:
        return False
    try:
        source = find_files(hand_in.files(), assignment.files).source
        return any(source.exists(name) for name in assignment.files)
    except (OSError, SubmissionError):
        return True


def _is_download(folder: Path, parent: Path) -> bool:
    """Whether a folder, which no system has named, has the hand-ins of several people in it."""
    try:
        siblings, entries = (_kinds(path) for path in (parent, folder))
    except SubmissionError:
        return False
    named, system = recognise(siblings), recognise(entries)
    if system is None or is_team(folder, _member_of_ilias):
        return False
    if named is not None and named.parse(folder.name, True) is not None:
        return False
    parts = [system.parse(*entry) for entry in entries]
    return len({part.submitter.name for part in parts if part is not None}) > 1


def _is_class(folder: Path, assignment: Assignment) -> bool:
    try:
        return _is_any_gradable(_find_in(folder, assignment), assignment)
    except SubmissionError:
        return False
