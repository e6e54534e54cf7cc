"""Changes `course.toml` for one student, and keeps its comments, order and format.

The new text is read back as a policy before it replaces the file. So the file always has either its
old content, or a new one that says what was asked for and nothing else. If two change it at the
same time, the second waits, and reads what the first has written.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit
from tomlkit.exceptions import TOMLKitError

from autograder.errors import PolicyError
from autograder.files import locked, scratch_folder, write_whole
from autograder.gradebook.keys import comparable
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.student import Student
from autograder.policy import Policy, names_student, read_policy

EXTENSIONS, EXCUSED = "extensions", "excused"
ALIKE = 0.75
"""How alike a name must be to be suggested, as `difflib` counts it: it allows one typing error in
a name of four letters."""
LONGEST_NAME = 100
"""Characters of a name or time as an error shows it."""


def extend(course_file: Path, name: str, until: str | None, *, shorten: bool = False) -> str:
    """Give a student an extension, or remove it; return a line that says what changed.

    Args:
        course_file: The course's `course.toml`.
        name: The student's login, id or e-mail address.
        until: When the work is due. A date means that day, at the deadline's time; a time without
            an offset is one of the course's zone. None removes the extension.
        shorten: Whether it may be earlier than the deadline, or than the present extension.

    Raises:
        PolicyError: The file, the name or the time cannot be used. The file is unchanged.
        RosterError: The roster is wrong.
    """
    with locked(course_file, wait=True):
        policy, student, roster = _read(course_file, name, removing=until is None)
        due = None if until is None else _parse_due(until, policy)
        names = _names_of(student, policy.extensions, roster)
        kept = next((name for name in names if names_student(name, student)), student.id)

        def change(document: dict[str, Any]) -> None:
            for name in names:
                if due is None or name != kept:
                    del document[EXTENSIONS][name]
            if due is not None:
                document.setdefault(EXTENSIONS, tomlkit.table())[kept] = due

        changed, text = _draft(course_file, policy, change)
        before, after = (_written(read.due(student), read) for read in (policy, changed))
        if changed == policy:
            return f"{student.id}: due {after} ({policy.timezone}) already, nothing changed"
        if due is not None and not shorten:
            _check_later(changed.due(student), student, policy)
        write_whole(course_file, text)
    return f"{student.id}: due {before} -> {after} ({policy.timezone})"


def _check_later(due: datetime | None, student: Student, policy: Policy) -> None:
    """Check that a time is after the deadline, and after the student's present extension.

    Raises:
        PolicyError: It is earlier; the text says than what.
    """
    present = {"deadline": policy.due(None), "present extension": policy.extension_of(student)}
    for what, moment in present.items():
        if due is not None and moment is not None and due < moment:
            raise PolicyError(
                f"{student.id}: {_written(due, policy)} is before the {what},"
                f" {_written(moment, policy)}: nothing changed. Add --shorten if you mean it"
            )


def excuse(course_file: Path, name: str, *, excused: bool) -> str:
    """Excuse a student from the assignment, or no longer; return a line that says what changed.

    Args:
        course_file: The course's `course.toml`.
        name: The student's login, id or e-mail address.
        excused: False to remove the excuse.

    Raises:
        PolicyError: The file or the name cannot be used. The file is unchanged.
        RosterError: The roster is wrong.
    """
    before, after = ("counts", "excused") if excused else ("excused", "counts")
    with locked(course_file, wait=True):
        policy, student, roster = _read(course_file, name, removing=not excused)
        names = _names_of(student, policy.excused, roster)

        def change(document: dict[str, Any]) -> None:
            if not excused:
                for name in names:
                    document[EXCUSED].remove(name)
            elif not names:
                document.setdefault(EXCUSED, tomlkit.array()).append(student.id)

        changed, text = _draft(course_file, policy, change)
        if changed == policy:
            return f"{student.id}: {after} already, nothing changed"
        write_whole(course_file, text)
    return f"{student.id}: {before} -> {after}"


def _read(course_file: Path, name: str, *, removing: bool) -> tuple[Policy, Student, Roster]:
    """Read the course file, and find the student.

    Args:
        course_file: The course's `course.toml`.
        name: The student's login, id or e-mail address.
        removing: Whether an entry is removed; its student may have left the class.

    Raises:
        PolicyError: The file cannot be used, or nobody has that name.
        RosterError: The roster is wrong.
    """
    policy = read_policy(course_file)
    roster = read_roster(policy.roster, encoding=policy.roster_encoding)
    student = roster.find(name)
    if student is None and removing and name in (*policy.extensions, *policy.excused):
        student = Student.model_construct(id=name)
    if student is None:
        suggestion = _similar_student(roster, name)
        hint = f": did you mean {suggestion!r}?" if suggestion else ""
        raise PolicyError(f"{name[:LONGEST_NAME]!r} is not in the roster {policy.roster}{hint}")
    return policy, student, roster


def _names_of(student: Student, names: Iterable[str], roster: Roster) -> list[str]:
    """Return the names that mean a student, who may have left the class."""
    return [name for name in names if name == student.id or roster.find(name) == student]


def _similar_student(roster: Roster, name: str) -> str | None:
    """Return the id of the student whose name is alike; None if there are several, or none."""
    spelled: dict[str, set[str]] = {}
    for student in roster.students:
        for text in (student.id, student.login, student.email, student.full_name):
            if text:
                spelled.setdefault(comparable(text), set()).add(student.id)
    alike = get_close_matches(comparable(name)[:LONGEST_NAME], spelled, cutoff=ALIKE)
    found = set[str]().union(*(spelled[text] for text in alike))
    return found.pop() if len(found) == 1 else None


def _parse_due(text: str, policy: Policy) -> datetime:
    """Read a date or a time; add no offset to a time without an offset.

    Raises:
        PolicyError: It is neither.
    """
    deadline = policy.due(None)
    with suppress(ValueError):
        day = date.fromisoformat(text)
        if deadline is None:
            raise PolicyError("there is no [deadline] whose time would count: give a time, too")
        return datetime.combine(day, deadline.astimezone(ZoneInfo(policy.timezone)).time())
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise PolicyError(
            f"{text[:LONGEST_NAME]!r} is not a time: give a date such as 2026-12-08, or a time such"
            " as 2026-12-08T18:00"
        ) from None


def _written(moment: datetime | None, policy: Policy) -> str:
    """Write a moment as the clocks of the course show it; seconds only if there are any."""
    if moment is None:
        return "at no time"
    local = moment.astimezone(ZoneInfo(policy.timezone))
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def _draft(
    course_file: Path, policy: Policy, change: Callable[[dict[str, Any]], None]
) -> tuple[Policy, str]:
    """Return the policy and the text that the file has once it is changed; nothing is written.

    Raises:
        PolicyError: The result would not be a policy, or would say something else, too.
    """
    try:
        text = course_file.read_bytes().decode()
        document = tomlkit.parse(text)
        change(document)
        changed_text = tomlkit.dumps(document)
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise PolicyError(f"{course_file} cannot be changed: {error}") from None
    if text.count("\r\n") == text.count("\n") > 0:  # tomlkit ends its own lines with a \n
        changed_text = changed_text.replace("\r\n", "\n").replace("\n", "\r\n")
    changed_text = _before_comments(text, changed_text)
    # The copy lies in another folder, and paths in it are relative to that.
    paths = {key: value for key, value in policy if isinstance(value, Path)}
    changed = _read_draft(course_file, changed_text).model_copy(update=paths)
    same = {key: getattr(policy, key) for key in (EXTENSIONS, EXCUSED)}
    if changed.model_copy(update=same) != policy:
        raise PolicyError(f"{course_file} cannot be changed by this command: edit it by hand")
    return changed, changed_text


def _before_comments(text: str, changed_text: str) -> str:
    """Move an added line up to the entries above it: comments in between are about what follows.

    tomlkit takes them for the end of a table, and adds new entries behind them.
    """
    old, new = text.split("\n"), changed_text.split("\n")
    differing = (
        at for at, (line, other) in enumerate(zip(old, new, strict=False)) if line != other
    )
    at = next(differing, len(old))
    more = len(new) - len(old)
    added = [line for line in new[at : at + more] if line.strip()]
    if len(added) != 1 or new[at + more :] != old[at:]:
        return changed_text
    while at and (not old[at - 1].strip() or old[at - 1].lstrip().startswith("#")):
        at -= 1
    return "\n".join([*old[:at], *added, *old[at:]])


def _read_draft(course_file: Path, text: str) -> Policy:
    """Read a text as the policy that it would be in the place of a file.

    Raises:
        PolicyError: It is none; a line for each mistake.
    """
    with scratch_folder() as folder:
        draft = folder / course_file.name
        write_whole(draft, text)
        try:
            return read_policy(draft)
        except PolicyError as error:
            raise PolicyError(str(error).replace(str(draft), str(course_file))) from None
