"""Packs feedback pages into a zip whose files are named as in the download of an LMS.

Sources, like those of `autograder/intake/names.py`:
    Moodle: mod/assign/feedback/file/importziplib.php takes `NAME_NUMBER_assignsubmission_file_`, in
        front of a file's name or as its folder, and finds the student by the number.
    Canvas: names like `lovelaceada_98765_4711_FILE`, as its own download has them; the numbers are
        those of the student and of a file that the student handed in.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.intake.hand_ins import Readable, StudentHandIn
from autograder.intake.names import SYSTEMS, NamedPart

PAGE = "feedback.html"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of all files, so that equal pages make equal zips: the earliest that a zip can have."""


@dataclass(frozen=True)
class PagesZip:
    """Feedback pages in a zip."""

    content: bytes
    names: tuple[str, ...]
    """Of the files in it."""
    problems: tuple[str, ...]
    """A line for each page that is not in it."""


def zip_of_pages(pages: Mapping[str, str], handed_in: Iterable[Readable]) -> PagesZip:
    """Pack pages under the names of the hand-ins in a download.

    Args:
        pages: The pages, by student.
        handed_in: The hand-ins of the download.
    """
    hand_ins = {work.student: work for work in handed_in}
    owners: dict[str, str] = {}
    problems: list[str] = []
    for student in pages:
        work = hand_ins.get(student)
        name = entry_name(work) if isinstance(work, StudentHandIn) else None
        if work is None:
            problems.append(f"{student}: the download lacks a hand-in of this student")
        elif name is None:
            problems.append(f"{student}: {work.origin!r} is not a name that Moodle or Canvas gives")
        elif name in owners:
            problems.append(f"{student}: {work.origin!r} has the page of {owners[name]} already")
        else:
            owners[name] = student
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, student in sorted(owners.items()):
            entry = zipfile.ZipInfo(name, EARLIEST)
            archive.writestr(entry, pages[student], zipfile.ZIP_DEFLATED)
    return PagesZip(content.getvalue(), tuple(sorted(owners)), tuple(problems))


def entry_name(work: StudentHandIn) -> str | None:
    """Return what a page is called in the zip; None if the hand-in's name is of another system."""
    path = work.hand_in.paths[-1]
    is_folder = path.is_dir()
    for system in SYSTEMS:
        part = system.parse(path.name, is_folder)
        if part is not None:
            return _entry_of(system.name, part)
    return None


def _entry_of(system: str, part: NamedPart) -> str | None:
    if system == "Moodle":
        # Text that was typed in has a separate folder; feedback is a file of the same student.
        start = f"{part.owner}_assignsubmission_file_"
        return f"{start}/{PAGE}" if part.file is None else f"{start}{PAGE}"
    if system == "Canvas" and int(part.attempt):
        return f"{part.origin}_{int(part.attempt)}_{PAGE}"
    return None
