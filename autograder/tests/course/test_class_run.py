"""A class run gives the same grades as single runs, however often it is interrupted."""

import csv
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.course.class_outcomes import ClassAction, StudentOutcome
from autograder.course.class_run import RunSettings, grade_class
from autograder.course.class_submissions import ClassSubmissions
from autograder.grading.foreman.examiner import Examiner
from autograder.intake.hand_ins import StudentHandIn
from autograder.submission import read_submission

ID = "m06_partitioned_logs"
COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load(ID)
SOLUTION = COURSE.solutions / ID
TWO_WORKERS = RunSettings(workers=2)
RUN = """
import sys
from pathlib import Path
from autograder.tests.course.test_class_run import grade
for outcome in grade(Path(sys.argv[1]), Path(sys.argv[2])):
    print(outcome.student, flush=True)
"""


def grade(
    folder: Path, output: Path, settings: RunSettings = TWO_WORKERS
) -> Iterator[StudentOutcome]:
    """Grade each folder in `folder`, one outcome after the other."""
    handed_in = [
        StudentHandIn.of_folder(student.name, student) for student in sorted(folder.iterdir())
    ]
    return grade_class(ClassSubmissions(handed_in), ASSIGNMENT, COURSE, output, settings)


def run(
    folder: Path, output: Path, settings: RunSettings = TWO_WORKERS
) -> Mapping[str, StudentOutcome]:
    """Grade all folders in `folder`; return the outcome of each student."""
    return {outcome.student: outcome for outcome in grade(folder, output, settings)}


def results(output: Path) -> dict[str, object]:
    """Read all results."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (output / "results").glob("*.json")
    }


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make five submissions: right, empty, broken, endless and hostile."""
    folder = tmp_path_factory.mktemp("class")
    shutil.copytree(SOLUTION, folder / "ada")
    for name, text in {
        "bob": "",
        "cyd": "def read_queue_twice(:\n",
        "dan": "def read_queue_twice(queue_name, messages):\n    while True:\n        pass\n",
        "eve": "import os\nos._exit(0)\n",
    }.items():
        (folder / name).mkdir()
        if text:
            (folder / name / "compare_with_sqs.py").write_text(text)
    return folder


@pytest.fixture(scope="module")
def one_by_one(students: Path) -> Iterator[dict[str, object]]:
    """Grade each submission separately."""
    with Examiner(ASSIGNMENT, COURSE) as examiner:
        yield {
            path.name: json.loads(
                json.dumps(examiner.grade(read_submission(path, ASSIGNMENT))[0].model_dump())
            )
            for path in students.iterdir()
        }


@pytest.fixture(scope="module")
def graded(students: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade all submissions as a class."""
    output = tmp_path_factory.mktemp("output")
    run(students, output)
    return output


def test_a_class_run_gives_the_grades_of_single_runs(
    graded: Path, one_by_one: dict[str, object]
) -> None:
    """Each result has the same data."""
    assert results(graded) == one_by_one


def test_each_has_feedback_and_a_row(graded: Path) -> None:
    """Each student has a page, and a row with points."""
    rows = list(csv.DictReader((graded / "grades.csv").read_text(encoding="utf-8").splitlines()))

    pages = sorted(path.name for path in (graded / "feedback").iterdir())
    assert pages == ["ada.html", "bob.html", "cyd.html", "dan.html", "eve.html"]
    assert [(row["student"], row["score"], row["state"]) for row in rows] == [
        ("ada", "94", "unmarked"),
        ("bob", "0", "nothing gradable"),
        ("cyd", "0", "complete"),
        ("dan", "0", "complete"),
        ("eve", "0", "complete"),
    ]


def test_only_what_changed_is_graded_again(students: Path, graded: Path, tmp_path: Path) -> None:
    """A result is kept as long as submission and suite do not change."""
    output, changed = tmp_path / "output", tmp_path / "class"
    shutil.copytree(graded, output)
    shutil.copytree(students, changed)
    (changed / "bob" / "compare_with_sqs.py").write_text("x = 1\n")
    broken = output / "results" / "cyd.json"
    broken.write_text("{")

    outcomes = run(changed, output)

    assert {name: outcome.action for name, outcome in outcomes.items()} == {
        "ada": ClassAction.KEPT,
        "bob": ClassAction.GRADED,
        "cyd": ClassAction.GRADED,
        "dan": ClassAction.KEPT,
        "eve": ClassAction.KEPT,
    }
    assert outcomes["ada"].score == 94


def test_with_force_all_are_graded_again(students: Path, graded: Path, tmp_path: Path) -> None:
    """The results are the same."""
    shutil.copytree(graded, tmp_path / "output")

    outcomes = run(students, tmp_path / "output", RunSettings(workers=2, force=True))

    assert {outcome.action for outcome in outcomes.values()} == {ClassAction.GRADED}
    assert results(tmp_path / "output") == results(graded)


def test_a_run_that_was_killed_can_be_continued(
    students: Path, one_by_one: dict[str, object], tmp_path: Path
) -> None:
    """Finished students are not graded again, and the results are those of an uninterrupted run."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(students), str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        finished = process.stdout.readline().strip()
        process.send_signal(signal.SIGKILL)

    outcomes = run(students, tmp_path)

    assert outcomes[finished].action is ClassAction.KEPT
    assert results(tmp_path) == one_by_one


def test_a_submission_that_cannot_be_read_does_not_stop_the_others(
    students: Path, tmp_path: Path
) -> None:
    """It is reported, and the others are graded."""
    handed_in = [
        StudentHandIn.of_folder("gone", tmp_path / "gone"),
        StudentHandIn.of_folder("bob", students / "bob"),
    ]

    run_of_two = grade_class(
        ClassSubmissions(handed_in), ASSIGNMENT, COURSE, tmp_path / "output", RunSettings()
    )
    outcomes = {outcome.student: outcome for outcome in run_of_two}

    assert outcomes["gone"].action is ClassAction.NOT_READABLE
    assert "cannot be read" in outcomes["gone"].problem
    assert outcomes["bob"].action is ClassAction.GRADED


def test_points_of_earlier_submissions_are_kept(tmp_path: Path) -> None:
    """Each replaced submission has a line; grading the same submission again adds no line."""
    folder, output = tmp_path / "class", tmp_path / "out"
    (folder / "ada").mkdir(parents=True)
    (folder / "ada" / "compare_with_sqs.py").write_text("")
    run(folder, output)
    run(folder, output, RunSettings(force=True))
    shutil.copy(SOLUTION / "compare_with_sqs.py", folder / "ada")

    run(folder, output)

    rows = list(csv.reader((output / "attempts.csv").read_text("utf-8").splitlines()))
    assert rows == [["student", "score", "max_score"], ["ada", "0.0", "100.0"]]
