"""Reads the folders of teams in a download of ILIAS.

    Team 12/
        Lovelace_Ada_alovelace_1001/kinesis_multi_shard.py
        Hopper_Grace_ghopper_1002/concepts.ipynb

What a member handed in is the team's, so every member has the files of all. Nothing is guessed: if
two members handed in different files of one name, the team's hand-in cannot be read, and says so.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from pathlib import Path

from autograder.admission import MAX_ENTRIES, FileSource, FolderEntry
from autograder.errors import SubmissionError
from autograder.intake.hand_ins import HandIn, Submitter, folder_files
from autograder.submission import FolderFiles

_TEAM = re.compile(r"[^\W\d_]{2,30}[ _]\d{1,18}")
"""`Team 12`, in any language."""
_WITHOUT_MEMBERS = (
    "a team, and the download does not say who is in it: write a row for each member"
    " into matches.csv"
)


MemberOf = Callable[[str], Submitter | None]
"""Says whose a member's folder is by its name; None for another folder."""


def is_team(folder: Path, member_of: MemberOf) -> bool:
    """Whether a folder has the name of a team of ILIAS, and folders of members in it."""
    return bool(_TEAM.fullmatch(folder.name)) and bool(_members(folder, member_of))


def team_hand_in(folder: Path, member_of: MemberOf) -> HandIn:
    """Make a hand-in of all members of a team, with the files of all."""
    members = _members(folder, member_of)
    return HandIn(
        folder.name,
        tuple(members.values()),
        tuple(members),
        partial(TeamFiles, folder.name, {path.name: FolderFiles(path) for path in members}),
    )


def teams_without_members(folders: list[Path]) -> dict[Path, HandIn]:
    """Make a hand-in of nobody yet of each folder with a team's name, where nobody is in it."""
    return {
        folder: HandIn(
            folder.name,
            (Submitter(folder.name, frozenset(), known_as=_WITHOUT_MEMBERS),),
            (folder,),
            folder_files(folder),
        )
        for folder in folders
        if _TEAM.fullmatch(folder.name)
    }


class TeamFiles:
    """The files of all members of a team, as a source.

    Args:
        team: What to call it.
        members: The files of each, by the name of the member's folder.
    """

    def __init__(self, team: str, members: Mapping[str, FileSource]) -> None:
        self._team = team
        self._members = members

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder by name."""
        found = {
            entry.name: entry
            for source in self._members.values()
            if not folder or source.exists(folder)
            for entry in source.entries(folder)
        }
        return sorted(found.values(), key=lambda entry: entry.name)

    def exists(self, name: str) -> bool:
        """Whether there is anything of that name."""
        return any(source.exists(name) for source in self._members.values())

    def read(self, name: str, most: int) -> bytes | str:
        """Return a file, or why it cannot be taken.

        Raises:
            SubmissionError: Several members have different files of that name.
        """
        having = {member: source for member, source in self._members.items() if source.exists(name)}
        contents = {member: source.read(name, most) for member, source in having.items()}
        if len(set(contents.values())) > 1:
            raise SubmissionError(
                f"{name} differs in {' and '.join(map(repr, contents))} of {self._team!r}: ask the"
                " team which one counts, and delete the others in the download"
            )
        return next(iter(contents.values()), "it is missing")


def _members(folder: Path, member_of: MemberOf) -> dict[Path, Submitter]:
    """Return the folders of a team's members, and who they are."""
    try:
        entries = sorted(islice(folder.iterdir(), MAX_ENTRIES))
    except OSError:
        return {}
    return {
        entry: member
        for entry in entries
        if entry.is_dir() and not entry.is_symlink()
        for member in [member_of(entry.name)]
        if member is not None
    }
