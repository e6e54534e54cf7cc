"""Downloads of a class as systems make them, and a class with names in many scripts."""

import io
import re
import tarfile
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student, student_id

WRITER, READER = "kinesis_multi_shard.py", "kinesis_read_shards.py"
NOTEBOOK = "concepts.ipynb"


def student(number: int, name: str, username: str) -> Student:
    """Make a student whom every system knows by its own number."""
    return Student(
        id=student_id(username),
        name=name,
        email=f"{username}@example.org",
        login=f"{username}-gh",
        username=username,
        idnumber=f"S{number:05}",
        moodle_participant=f"{657700 + number}",
        canvas_id=f"{98700 + number}",
        sis_user_id=f"{2044500 + number}",
    )


CLASS = Roster(
    students=(
        student(1, "Ada Lovelace", "ada"),
        student(2, "Jürgen Müller", "juergen"),
        student(3, "Conor O'Brien", "conor"),
        student(4, "José Ángel López García", "jose"),
        student(5, "Анна Иванова", "anna"),
        student(6, "王小明", "wang"),
        student(7, "김민준", "minjun"),
        student(8, "محمد علي", "mohamed"),
        student(9, "Νίκος Παππάς", "nikos"),
        student(10, "Lovelace, Grace", "grace"),
    )
)
ADA, JUERGEN = CLASS.students[0], CLASS.students[1]
NO_NUMBERS = Roster(
    students=tuple(each.model_copy(update={"moodle_participant": ""}) for each in CLASS.students)
)
"""The class of a roster that lacks Moodle's numbers."""


OWNER = re.compile(r"OWNER = '(.+?)'")


def code(student_id: str) -> str:
    """Return a file that shows whose it is."""
    return f"OWNER = {student_id!r}\n"


def zipped(files: Mapping[str, str]) -> bytes:
    """Pack files into a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def tarred(files: Mapping[str, str]) -> bytes:
    """Pack files into a tar file, compressed by gzip."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


@dataclass(frozen=True)
class Download:
    """A folder that an instructor gives, and whose work it is."""

    name: str
    files: Mapping[str, str | bytes]
    """By path."""
    owners: frozenset[str] = frozenset()
    """The ids of the students whose work is in it, each with a file that names them."""
    unmatched: frozenset[str] = frozenset()
    """Hand-ins of which it cannot be known whose they are."""
    refused: str = ""
    """What the error says if it cannot be the folder of a class."""
    matches: Mapping[str, str] = field(default_factory=dict)
    """What `matches.csv` settles."""
    roster: Roster = CLASS

    def lay_out(self, folder: Path) -> None:
        """Write it into a folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)


def of_all(pattern: str, name: str, **more: str) -> Download:
    """Make a download with a file of each student, by a pattern for its path."""
    files = {
        pattern.format(**each.model_dump(), last=last, first=first): code(each.id)
        for each in CLASS.students
        for first, last in [each.parted_name]
        if first or "{first}" not in pattern
    }
    return Download(name, {**files, **more}, frozenset(OWNER.findall(" ".join(files.values()))))


MOODLE = "{name}_{moodle_participant}_assignsubmission_file_"
BOTH = frozenset({ADA.id, JUERGEN.id})

DOWNLOADS = (
    of_all(MOODLE + f"/{WRITER}", "Moodle, folders"),
    of_all("{name}_{moodle_participant}_assignsubmission_file/" + WRITER, "Moodle, no underscore"),
    of_all(MOODLE + WRITER, "Moodle, without folders"),
    of_all("m06-submissions/" + MOODLE + f"/{WRITER}", "Moodle, one folder deeper"),
    of_all(
        MOODLE + f"/{WRITER}",
        "Moodle, with text that was typed in",
        **{"Ada Lovelace_657701_assignsubmission_onlinetext_/onlinetext.html": "<p>Hello</p>"},
    ),
    of_all("Participant_{moodle_participant}_assignsubmission_file_/" + WRITER, "Moodle, blind"),
    of_all(
        "Teilnehmer_{moodle_participant}_assignsubmission_file_" + WRITER, "Moodle, blind, flat"
    ),
    Download(
        "Moodle, a team that matches.csv names",
        {f"Team 7_31_assignsubmission_file_/{WRITER}": code("both")},
        BOTH,
        matches={
            "Team 7_31_assignsubmission_file_": f"{ADA.id} {JUERGEN.id}",
        },
    ),
    Download(
        "Moodle, a team that nobody knows",
        {
            f"Team 7_31_assignsubmission_file_/{WRITER}": code("both"),
            f"Ada Lovelace_657701_assignsubmission_file_/{WRITER}": code(ADA.id),
        },
        frozenset({ADA.id}),
        frozenset({"Team 7_31_assignsubmission_file_"}),
    ),
    Download(
        "Moodle, twins whose numbers the roster lacks",
        {
            f"Ada Lovelace_31_assignsubmission_file_/{WRITER}": code("one"),
            f"Ada Lovelace_32_assignsubmission_file_/{WRITER}": code("other"),
        },
        unmatched=frozenset(
            {"Ada Lovelace_31_assignsubmission_file_", "Ada Lovelace_32_assignsubmission_file_"}
        ),
        roster=NO_NUMBERS,
    ),
    Download(
        "Moodle, a name with an apostrophe and a roster without numbers",
        {f"Conor OBrien_31_assignsubmission_file_/{WRITER}": code("conor")},
        frozenset({"conor"}),
        roster=NO_NUMBERS,
    ),
    Download(
        "Moodle, a group was chosen",
        {
            f"Team 7-Ada Lovelace_31_assignsubmission_file_/{WRITER}": code(ADA.id),
            f"Team 7-Jürgen Müller_32_assignsubmission_file_/{WRITER}": code(JUERGEN.id),
            f"Team 7-Zoe Nobody_33_assignsubmission_file_/{WRITER}": "",
        },
        BOTH,
        frozenset({"Team 7-Zoe Nobody_33_assignsubmission_file_"}),
        roster=NO_NUMBERS,
    ),
    Download(
        "Moodle, half of a stranger's name is a student's name",
        {
            f"Ada Lovelace_31_assignsubmission_file_/{WRITER}": code(ADA.id),
            f"Eva-Ada Lovelace_32_assignsubmission_file_/{WRITER}": "",
        },
        frozenset({ADA.id}),
        frozenset({"Eva-Ada Lovelace_32_assignsubmission_file_"}),
        roster=NO_NUMBERS,
    ),
    Download(
        "Moodle, packed by the student",
        {"Ada Lovelace_657701_assignsubmission_file_/m06.zip": zipped({WRITER: code(ADA.id)})},
        frozenset({ADA.id}),
    ),
    of_all("abc_{canvas_id}_4711_" + WRITER, "Canvas"),
    of_all("müllerjürgen_LATE_{canvas_id}_4711_kinesis_multi_shard-2.py", "Canvas, late, again"),
    of_all("abc_{canvas_id}_question_1234_4711_" + WRITER, "Canvas, a quiz"),
    of_all("abc_{canvas_id}_4711_" + WRITER, "Canvas, text", obrien_98703_text__html="<p>"),
    Download(
        "Canvas, packed by the student",
        {
            "adalovelace_98701_4711_m06.zip": zipped({f"m06/{WRITER}": code(ADA.id)}),
            "mullerjurgen_98702_4712_m06.tar.gz": tarred({WRITER: code(JUERGEN.id)}),
        },
        BOTH,
    ),
    Download(
        "Canvas, several files, the newest of each",
        {
            f"ada_98701_4711_{WRITER}": "OWNER = 'old'\n",
            "ada_98701_4799_kinesis_multi_shard-1.py": code(ADA.id),
            f"ada_98701_4712_{READER}": "",
        },
        frozenset({ADA.id}),
    ),
    Download(
        "Canvas, anonymous",
        {f"anon_AbC1{number}_4711_{WRITER}": "x = 1\n" for number in range(5)},
        refused="Canvas with anonymous grading",
    ),
    Download(
        "Gradescope",
        {
            "submission_metadata.yml": (
                "submission_1:\n  :submitters:\n  - :name: A\n    :sid: '2044501'\n"
                "    :email: other@example.org\n"
                "submission_2:\n  :submitters:\n  - :name: J\n    :sid:\n"
                "    :email: juergen@example.org\n"
            ),
            f"submission_1/{WRITER}": code(ADA.id),
            f"submission_2/{WRITER}": code(JUERGEN.id),
            "__MACOSX/x": "",
        },
        BOTH,
    ),
    Download(
        "Gradescope, a group",
        {
            "submission_metadata.yml": (
                "submission_1:\n  :submitters:\n  - :name: A\n    :sid: '2044501'\n"
                "  - :name: J\n    :sid: '2044502'\n"
            ),
            f"submission_1/{WRITER}": code("both"),
        },
        BOTH,
    ),
    Download(
        "Gradescope, without its metadata",
        {f"submission_{number}/{WRITER}": "x = 1\n" for number in (17, 18)},
        refused="Gradescope without its submission_metadata.yml",
    ),
    of_all("{canvas_id}-6{canvas_id} - {name} - Dec 1, 2026 1015 AM/" + WRITER, "Brightspace"),
    of_all(
        "{canvas_id}-6{canvas_id} - {name} - Dec 1, 2026 1015 AM - " + WRITER, "Brightspace, flat"
    ),
    Download(
        "Brightspace, handed in twice",
        {
            f"77-99 - Ada Lovelace - Dec 2, 2026 0915 AM/{WRITER}": "OWNER = 'old'\n",
            f"77-100 - Ada Lovelace - Dec 2, 2026 1015 AM/{WRITER}": code(ADA.id),
            "index.html": "<p>",
        },
        frozenset({ADA.id}),
    ),
    Download(
        "Brightspace, handed in twice under one number",
        {
            f"77-99 - Ada Lovelace - Dec 1, 2026 1015 AM/{WRITER}": code(ADA.id),
            f"77-99 - Ada Lovelace - Nov 30, 2026 1015 AM/{WRITER}": "OWNER = 'old'\n",
        },
        frozenset({ADA.id}),
    ),
    Download(
        "Brightspace, flat, handed in twice under one number",
        {
            f"77-99 - Ada Lovelace - Dec 1, 2026 115 PM - {WRITER}": code(ADA.id),
            f"77-99 - Ada Lovelace - Dec 1, 2026 1015 AM - {WRITER}": "OWNER = 'old'\n",
        },
        frozenset({ADA.id}),
    ),
    of_all("M_6_{username}_attempt_2026-12-01-10-15-30_" + WRITER, "Blackboard"),
    Download(
        "Blackboard, two attempts with their reports",
        {
            f"M6_ada_attempt_2026-12-01-10-15-30_{WRITER}": "OWNER = 'old'\n",
            "M6_ada_attempt_2026-12-01-10-15-30.txt": "Name: Ada Lovelace (ada)",
            f"M6_ada_attempt_2026-12-02-10-15-30_{WRITER}": code(ADA.id),
            "M6_ada_attempt_2026-12-02-10-15-30.txt": "Name: Ada Lovelace (ada)",
        },
        frozenset({ADA.id}),
    ),
    of_all("{last}_{first}_{username}_271/" + WRITER, "ILIAS"),
    Download(
        "ILIAS, teams",
        {
            f"Team 12/Lovelace_Ada_ada_271/{WRITER}": code("both"),
            f"Team 12/Mueller_Juergen_juergen_272/{READER}": "",
            f"Lovelace_Grace_grace_273/{WRITER}": code("grace"),
        },
        BOTH | {"grace"},
    ),
    Download(
        "ILIAS, teams, with a stranger, and without members",
        {
            f"Team_12/Lovelace_Ada_ada_271/{WRITER}": code(ADA.id),
            f"Team_12/Nobody_Zoe_zoe_272/{READER}": "",
            f"Team_13/{WRITER}": "",
        },
        frozenset({ADA.id}),
        frozenset({"Team_12", "Team_13"}),
    ),
    Download(
        "ILIAS, a team that matches.csv names",
        {
            f"Team_12/Lovelace_Ada_ada_271/{WRITER}": code("both"),
            f"Team_13/Lovelace_Grace_grace_271/{WRITER}": code("grace"),
        },
        BOTH | {"grace"},
        matches={"Team_12": "ada juergen"},
    ),
    of_all(
        "{username}/m06_partitioned_logs/" + WRITER, "nbgrader", **{"ada/timestamp.txt": "2026"}
    ),
    of_all("submitted/{username}/m06_partitioned_logs/" + WRITER, "nbgrader, the folder above"),
    of_all("m06-{login}/" + WRITER, "gh classroom clone student-repos"),
    of_all("log-course-m06-{login}/" + WRITER, "Classroom 50"),
    of_all("{login}/" + WRITER, "a folder per login"),
    of_all("{email}/" + WRITER, "a folder per address"),
    of_all("{idnumber}/" + WRITER, "a folder per ID number"),
    of_all("{name}/" + WRITER, "a folder per name"),
    of_all("{last}, {first}/" + WRITER, "a folder per name, the last name first"),
    of_all("{id}/src/" + WRITER, "a folder per id, and src"),
    Download(
        "one student's folders differ by case",
        {f"ADA/{WRITER}": code(ADA.id), f"ada/{WRITER}": code(ADA.id)},
        frozenset({ADA.id}),
    ),
    Download(
        "one student's folders differ by Unicode's form",
        {
            f"{unicodedata.normalize(form, 'Jürgen Müller')}/{WRITER}": code(JUERGEN.id)
            for form in ("NFC", "NFD")
        },
        frozenset({JUERGEN.id}),
    ),
    Download(
        "whatever systems leave behind",
        {
            f"ada/{WRITER}": code(ADA.id),
            f"ada/__MACOSX/{WRITER}": "",
            "__MACOSX/ada/._x": "",
            ".DS_Store": "",
            "Thumbs.db": "",
        },
        frozenset({ADA.id}),
    ),
    Download(
        "the folder above",
        {
            f"m06/ada/{WRITER}": code(ADA.id),
            f"m06/bob/{WRITER}": "",
            "m07/ada/other.py": "",
            "readme.txt": "",
        },
        refused="looks like the folder above",
    ),
    Download("one submission", {WRITER: code(ADA.id)}, refused="looks like one submission"),
    Download(
        "another assignment",
        {"ada/homework.py": "", "bob/homework.py": ""},
        refused="another assignment's download",
    ),
    Download("nothing", {"readme.txt": ""}, refused="contains no submission"),
    Download(
        "a download that is still packed",
        {"submissions.zip": zipped({f"ada/{WRITER}": ""})},
        refused="no submission, but 'submissions.zip': unpack it",
    ),
)
