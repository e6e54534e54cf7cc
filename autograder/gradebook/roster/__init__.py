"""Who is in the class: rosters of many systems, recognised, read and checked."""

from autograder.gradebook.roster.reading import MAX_ROSTER_BYTES, Roster, read_roster
from autograder.gradebook.roster.rows import PREVIEW
from autograder.policy import RosterEncoding

__all__ = ["MAX_ROSTER_BYTES", "PREVIEW", "Roster", "RosterEncoding", "read_roster"]
