"""How learning management systems name what they let a teacher download, and what a name tells.

Sources:
    Moodle: mod/assign/locallib.php, `download_submissions` and `get_path_from_pathnamehash`:
        `NAME_NUMBER_assignsubmission_PLUGIN_` as a folder, or in front of each file; the number is
        the one of the grading worksheet's "Participant 657717". With blind marking, and in any
        language, NAME is the word for "Participant"; for a team it is the team's. If the teacher
        had chosen a group, NAME begins with the group's name and a hyphen. Some characters are
        taken out of it (lib/moodlelib.php, `clean_param`, PARAM_FILE).
    Canvas: app/models/content_zipper.rb, `zip_assignment`:
        `lovelaceada_LATE_98765_4711_answers.py`: the student's id and the file's; a quiz puts
        `question_1234_` between them, and text that was typed in ends in `_text.html`. A file that
        was uploaded again has `-1` in its name. With anonymous grading it is `anon_AbC12_...`.
    Gradescope: `submission_123456`; `submission_metadata.yml` says whose (see `gradescope.py`).
    Brightspace: "Download submissions": `12345-678901 - Ada Lovelace - Dec 1, 2026 1015 AM`; where
        the user's language puts the day first, `... - 1 December, 2026 1015 AM`.
    Blackboard: "Assignment File Download": `TITLE_USERNAME_attempt_2026-12-01-10-15-30_FILE`.
    ILIAS: Modules/Exercise, `getPersonFolderName`: `Lovelace_Ada_alovelace_1234`; for a team, in a
        folder such as `Team 12` (see `teams.py`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from autograder.gradebook.keys import Key, KeyKind
from autograder.intake.brightspace_times import brightspace_time
from autograder.intake.hand_ins import Submitter, keys_of


@dataclass(frozen=True)
class NamedPart:
    """What the name of a folder or of a loose file tells."""

    owner: str
    """The same for all files of one hand-in."""
    submitter: Submitter
    file: str | None = None
    """How the student called a loose file; None for a folder."""
    attempt: str = ""
    """Sorts the hand-ins of a student, and the files of a hand-in, the oldest first."""
    origin: str = ""
    """What to call the hand-in; the owner if that is empty."""
    is_typed: bool = False
    """Whether it is text that was typed into the system, which is not graded."""
    sent_at: datetime | None = None
    """When it came, by the system's clock, whose zone the name does not tell."""
    is_late: bool | None = None
    """Whether the system marks it as late; None if it does not mark what is late."""


@dataclass(frozen=True)
class System:
    """A system whose downloads are recognised."""

    name: str
    parse: Callable[[str, bool], NamedPart | None]
    """Given the name of an entry, and whether it is a folder: what it tells, if it is one of it."""


ATTEMPT_REPORT = "attempt.txt"
"""How Blackboard's report on an attempt is called here; its name in a download ends in `.txt`."""
_MOODLE = re.compile(
    r"(?P<name>.*)_(?P<number>\d{1,18})_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?",
    re.DOTALL,
)
_CANVAS = re.compile(
    r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d{1,18})_(?:question_\d{1,18}_)?"
    r"(?:(?P<order>\d{1,18})_(?P<file>.+)|(?P<text>text\.html))",
    re.DOTALL,
)
_AGAIN = re.compile(r"-\d{1,3}(?=\.[^.]+\Z)")
_BRIGHTSPACE = re.compile(
    r"(?P<number>\d{1,18})-(?P<attempt>\d{1,18}) - (?P<name>.+?) - "
    r"(?P<when>(?:\w{3,12}\.? \d{1,2}|\d{1,2}\.? (?:de )?\w{3,12}\.?),?(?: de)? \d{4},? "
    r"\d{1,2}[:.]?\d{2}(?: ?[AP]\.?M\.?)?)(?: - (?P<file>.+))?",
    re.DOTALL,
)
_BLACKBOARD = re.compile(
    r"(?P<start>.+)_attempt_(?P<when>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
_ILIAS = re.compile(r"(?P<last>[^_]*)_(?P<first>[^_]*)_(?P<login>.+)_(?P<number>\d{1,18})")
_ANONYMOUS = re.compile(r"anon(ymous)?_[A-Za-z0-9]{1,20}_\d{1,18}_.+", re.DOTALL)


def _of_moodle(entry: str, is_folder: bool) -> NamedPart | None:
    match = _MOODLE.fullmatch(entry)
    if match is None or (not is_folder and not match["file"]):
        return None
    name = match["name"].strip()
    keys = keys_of(name=name, moodle_participant=match["number"])
    submitter = Submitter(name, keys, match["number"], may_have_group=True)
    owner = f"{name}_{match['number']}"
    is_typed = match["plugin"] == "onlinetext"
    if is_folder:
        # Text that was typed in is in a separate folder, next to that of the files.
        attempt = "0" if is_typed else "1"
        return NamedPart(owner, submitter, None, attempt, is_typed=is_typed)
    return NamedPart(owner, submitter, match["file"], match["plugin"], is_typed=is_typed)


def _of_canvas(entry: str, is_folder: bool) -> NamedPart | None:
    match = None if is_folder or _ANONYMOUS.fullmatch(entry) else _CANVAS.fullmatch(entry)
    if match is None:
        return None
    file = match["text"] or _AGAIN.sub("", match["file"])
    order = f"{int(match['order'] or 0):020d}"
    keys = keys_of(canvas_id=match["number"])
    submitter = Submitter(match["number"], keys, label=match["name"])
    origin = f"{match['name']}_{match['number']}"
    is_typed, is_late = bool(match["text"]), bool(match["late"])
    return NamedPart(match["number"], submitter, file, order, origin, is_typed, is_late=is_late)


def _of_brightspace(entry: str, is_folder: bool) -> NamedPart | None:
    match = _BRIGHTSPACE.fullmatch(entry)
    if match is None or is_folder == bool(match["file"]):
        return None
    # The numbers may be the same for all hand-ins of a student: only the time tells them apart.
    owner = f"{match['number']}-{match['attempt']} - {match['name']} - {match['when']}"
    submitter = Submitter(match["name"], keys_of(name=match["name"]), match["number"])
    when = brightspace_time(match["when"])
    attempt = f"{when.isoformat() if when else ''} {int(match['attempt']):020d}"
    return NamedPart(owner, submitter, match["file"], attempt, sent_at=when)


def _of_blackboard(entry: str, is_folder: bool) -> NamedPart | None:
    match = None if is_folder else _BLACKBOARD.fullmatch(entry)
    if match is None:
        return None
    try:
        when = datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    # Both the title and the username may hold underscores: the roster decides.
    parts = match["start"].split("_")
    usernames = ["_".join(parts[begin:]) for begin in range(1, len(parts))][-5:]
    keys = frozenset(Key.of(KeyKind.USERNAME, username) for username in usernames)
    owner = f"{match['start']}_attempt_{match['when']}"
    submitter = Submitter(parts[-1], keys)
    file = match["file"] or ATTEMPT_REPORT
    return NamedPart(owner, submitter, file, match["when"], sent_at=when)


def _of_ilias(entry: str, is_folder: bool) -> NamedPart | None:
    match = _ILIAS.fullmatch(entry) if is_folder else None
    if match is None:
        return None
    name = f"{match['first']} {match['last']}"
    keys = keys_of(username=match["login"], login=match["login"], name=name)
    return NamedPart(entry, Submitter(match["login"], keys))


ILIAS = System("ILIAS", _of_ilias)
SYSTEMS = (
    System("Moodle", _of_moodle),
    System("Blackboard", _of_blackboard),
    System("Brightspace", _of_brightspace),
    System("Canvas", _of_canvas),
    ILIAS,
)
"""The stricter a form, the earlier it is tried."""


def recognise(entries: list[tuple[str, bool]]) -> System | None:
    """Return the system that named most of these entries; None if none did.

    Args:
        entries: The name of each, and whether it is a folder.
    """
    counts = [
        (sum(system.parse(*entry) is not None for entry in entries), -order, system)
        for order, system in enumerate(SYSTEMS)
    ]
    most, _, system = max(counts, key=lambda found: found[:2])
    return system if 2 * most >= len(entries) and most else None


def refusals(entries: list[tuple[str, bool]]) -> Iterator[str]:
    """Say why a download as a whole cannot be matched with students, and which to take instead."""
    if any(not is_folder and _ANONYMOUS.fullmatch(name) for name, is_folder in entries):
        yield (
            "it looks like a download of Canvas with anonymous grading, which hides whose the "
            "files are: turn that off in the assignment's settings, and download it again"
        )
    names = [name for name, is_folder in entries if is_folder]
    if names and all(re.fullmatch(r"submission_\d+", name) for name in names):
        yield (
            "it looks like a download of Gradescope without its submission_metadata.yml, which "
            "says whose the submissions are: unpack the whole export"
        )
