"""The commands in the documents work: they are run in order, for a class of two students."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.tests.checkout import Done, run
from autograder.tests.docs.documents import DOCUMENTS, PROJECT, Command, commands_in

COURSE = Course.of_this_checkout()
WRONG = "stops_at_an_empty_page"
PLACEHOLDERS = {
    "SOURCE": "submissions",
    "downloads": "submissions",
    "PATH": "submissions/ada",
    "FOLDER": "submissions/ada",
    "NAME": WRONG,
    "solutions/m06_partitioned_logs": str(COURSE.solutions / "m06_partitioned_logs"),
    "autograder/suites/m06_partitioned_logs": str(COURSE.suites / "m06_partitioned_logs"),
    "course/gradebook": "gradebook",
    "course/.grade-pushes/results": "out/results",
}
"""The files of this test, by the names that documents use for the reader's files."""

RUN_ELSEWHERE = {
    # The beginning of a command, and the file that runs it.
    "GITHUB_TOKEN=": "tests/course/test_a_term.py",
    "pip install uv": ".ci/run",
    "uv sync": ".ci/run",
    "uv run ruff": ".ci/run",
    "uv run --group dev pytest": ".ci/run",
    "uv run pytest autograder/tests": ".ci/run",
    "uv run autograder build": ".ci/run",
    "uv run autograder new": "tests/test_new.py",
    "uv run autograder grade solutions/m07": "tests/test_new.py",
    "uv run autograder validate --assignment m07": "tests/test_new.py",
    "uv run autograder validate --checks": "tests/validation/test_validate.py",
    "uv run autograder validate --mutants": "tests/validation/test_mutants.py",
    "uv run autograder validate --repeats": "tests/validation/test_validate.py",
    "uv run autograder validate --format": "tests/validation/test_validate.py",
    "uv run autograder validate --only NAME --update": "tests/validation/test_validate.py",
    "uv run autograder validate --update": "tests/validation/test_validate.py",
    "uv run autograder validate": ".ci/run",
    "uv run autograder close": "tests/course/test_close.py",
    "uv run autograder classroom50": "tests/classroom50/test_command.py",
    "uv run autograder grade-pushes": "tests/course/test_command.py",
    "uv run autograder grade-class SOURCE --output out --dask": "tests/cluster/test_dask.py",
    "uv run python -m distributed": "tests/cluster/test_dask.py",
    "uv run autograder gradebook export --format canvas --output canvas.csv --column": (
        "tests/gradebook/test_gradebook_command.py"
    ),
    "uv run autograder gradebook feedback-zip": "tests/reports/test_feedback_zip.py",
    "uv run autograder gradebook mark": "tests/gradebook/test_formgrader.py",
    "uv run autograder gradebook push": "tests/gradebook/lms/test_push_command.py",
    "uv run autograder gradebook reconcile": "tests/gradebook/test_reconciling.py",
    "uv run python -m autograder.tests": "tests/student_repository/test_admission.py",
    "uv run --group dev python -m autograder.tests.fuzz": "tests/fuzz/test_seeds.py",
    "uv run --group fuzz": "tests/fuzz/test_seeds.py",
    "uv run --group dev python -m autograder.conformance": "tests/conformance/test_emulators.py",
}  # fmt: skip

RUN_HERE_THOUGH = (
    "uv run autograder validate --only NAME",
    "uv run --group dev python -m autograder.benchmarks --help",
)
"""Longer commands with these beginnings are run elsewhere."""

TOO_LONG = (
    "uv run --group dev python -m autograder.benchmarks",
    "uv run python -m autograder.benchmarks class",
)
"""It measures for half an hour, and CI does not depend on it."""

STUDENTS = re.compile(r"assignments/[^/]+/README\.md")
"""Handouts: tests of the student repository run their commands, in a clone."""


def all_commands() -> Iterator[Command]:
    """Yield each different command, in the order of the documents."""
    seen: set[str] = set()
    for document in DOCUMENTS:
        for command in commands_in(document):
            if command.line not in (*seen, *TOO_LONG) and not STUDENTS.fullmatch(command.document):
                seen.add(command.line)
                yield command


def runner_of(command: Command) -> str | None:
    """Return the file that runs a command, by the longest entry that matches."""
    fitting = [start for start in RUN_ELSEWHERE if command.line.startswith(start)]
    if command.line in RUN_HERE_THOUGH:
        return None
    return RUN_ELSEWHERE[max(fitting, key=len)] if fitting else None


def order_of(command: Command) -> tuple[int, str]:
    """Return a sort key: a class run comes before the commands that read its results."""
    stages = ("grade-class SOURCE --output out", "grade-class", "sync", "")
    return next(at for at, stage in enumerate(stages) if stage in command.line), command.line


RUN_HERE = sorted(
    (command for command in all_commands() if runner_of(command) is None), key=order_of
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with two hand-ins, a roster, and the example of a course file as it is."""
    folder = tmp_path_factory.mktemp("course")
    folder.chmod(0o755)
    solution = COURSE.solutions / "m06_partitioned_logs"
    for student in ("ada", "grace"):
        shutil.copytree(solution, folder / "submissions" / student)
    (folder / "submissions" / "grace" / "concepts.ipynb").unlink()
    for name in ("kinesis_read_shards.py", "compare_with_sqs.py"):
        (folder / "submissions" / "grace" / name).unlink()
    (folder / "course").mkdir()
    example = PROJECT / "autograder" / "docs" / "reference" / "course.example.toml"
    shutil.copy(example, folder / "course" / "course.toml")
    (folder / "course" / "requests.csv").write_text(
        'student,test,reason,answer\nada,W3,"The handout allows a second call, after throttling",\n'
    )
    (folder / "gradebook").mkdir()
    (folder / "course" / "roster.csv").write_text(
        "id,name,email,login\nada,Ada Lovelace,ada@example.org,ada\n"
        "grace,Grace Hopper,grace@example.org,grace\n"
    )
    return folder


def test_the_commands_do_what_the_documents_say(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each ends with 0. One test, since a command reads what those before it wrote."""
    monkeypatch.chdir(workspace)

    done = {command.line: run_command(command) for command in RUN_HERE}

    assert {line: outcome for line, outcome in done.items() if outcome.status != 0} == {}


def run_command(command: Command) -> Done:
    """Run a command: `autograder` in this process, which has imported everything already."""
    line = command.line
    for placeholder, meant in PLACEHOLDERS.items():
        line = " ".join(meant if word == placeholder else word for word in line.split(" "))
    words = shlex.split(line)
    program, *arguments = words[
        next(at for at, word in enumerate(words) if word in ("autograder", "pytest", "python")) :
    ]
    if program == "autograder":
        return run(PROJECT, *arguments)
    module = [] if program == "python" else ["-m", program]
    ran = subprocess.run(
        [sys.executable, *module, *arguments], check=False, capture_output=True, text=True
    )
    return Done(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize("where", sorted({*RUN_ELSEWHERE.values()}))
def test_the_files_that_run_the_other_commands_exist(where: str) -> None:
    """This notices a test file that was renamed."""
    folder = PROJECT / "autograder" if where.startswith("tests/") else PROJECT

    assert (folder / where).is_file()


def test_every_entry_is_needed() -> None:
    """Entries of commands that no document shows must be removed."""
    lines = [command.line for command in all_commands()]

    unused = [start for start in RUN_ELSEWHERE if not any(line.startswith(start) for line in lines)]

    assert unused == []
