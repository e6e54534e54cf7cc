"""The bundle, run as by Classroom 50: the result is valid, whatever student code does."""

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.classroom50.bundle import write_bundle
from autograder.classroom50.entrypoint import ChecksOutcome, VisibleCheckpoint, body_of, read_report
from autograder.errors import AssignmentError, DistributionError
from autograder.tests.classroom50.service import (
    MOST_BYTES,
    Published,
    broken_rules,
    broken_rules_of_result,
    packed,
    run_bundle,
)
from autograder.tests.student_repository.clone import ASSIGNMENT, COURSE, SOLUTION, clone

ALL = {checkpoint.id: checkpoint.points for checkpoint in ASSIGNMENT.checkpoints}
TWO = {"writer": 30, "brokers": 10}
"""The checkpoints of a bundle that is run often; each starts a simulated AWS, which takes time."""
WRITER = "kinesis_multi_shard.py"
Try = Callable[..., Published]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the bundle."""
    folder = tmp_path_factory.mktemp("config") / "cs-101" / "autograders" / "m06"
    write_bundle(COURSE, ASSIGNMENT, folder)
    return folder


@pytest.fixture
def attempt(bundle: Path, tmp_path: Path) -> Try:
    """Return a function that checks the solution, with some files replaced."""

    def run(files: dict[str, bytes], **environment: str) -> Published:
        checkout = clone(tmp_path / "checkout", {**SOLUTION.files, **files})
        less = shutil.copytree(bundle, tmp_path / "bundle")
        for checkpoint in ALL.keys() - TWO.keys():
            (less / "checks" / f"test_{checkpoint}.py").unlink()
        return run_bundle(less, checkout, tmp_path / "home", **environment)

    return run


NO_WRITER = {**TWO, "writer": 0}


def writer(source: str) -> dict[str, bytes]:
    """Return a writer that runs code while it is imported."""
    return {WRITER: source.encode()}


def test_a_bundle_is_small_enough_to_be_fetched(bundle: Path) -> None:
    """The file that runs it is at the top."""
    assert len(packed(bundle)) < MOST_BYTES
    assert (bundle / "autograder.py").is_file()


def test_a_bundle_holds_only_what_students_may_see(bundle: Path) -> None:
    """The service publishes the bundle; everything but the runner is handed out anyway."""
    handed_out = COURSE.assignments / ASSIGNMENT.id

    files = [path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file()]

    others = {
        str(file)
        for file in files
        if not (handed_out / file).is_file()
        or (handed_out / file).read_bytes() != (bundle / file).read_bytes()
    }
    assert others == {"autograder.py"}


def test_the_solution_has_all_points(bundle: Path, tmp_path: Path) -> None:
    """Each checkpoint is a test with the points of the assignment."""
    checkout = clone(tmp_path / "checkout", SOLUTION.files)

    published = run_bundle(bundle, checkout, tmp_path / "home")

    assert broken_rules(published) == []
    assert published.scores == ALL
    assert published.outputs["status"] == "success"
    assert (published.result["score"], published.result["max-score"]) == (100, 100)


def test_the_stubs_have_no_points(bundle: Path, tmp_path: Path) -> None:
    """The body says what is missing, and that the points are only advice."""
    published = run_bundle(bundle, clone(tmp_path / "checkout"), tmp_path / "home")

    assert broken_rules(published) == []
    assert published.scores == dict.fromkeys(ALL, 0)
    assert published.outputs["status"] == "failure"
    assert "create_multi_shard_stream is not written yet" in published.body
    assert "advice" in published.body


def test_a_part_that_works_has_a_part_of_the_points(attempt: Try) -> None:
    """The points are whole, and fewer than all."""
    source = SOLUTION.files[WRITER] + b"\ndef delete_stream(stream_name):\n    pass\n"

    published = attempt({WRITER: source})

    assert broken_rules(published) == []
    assert published.scores == {**TWO, "writer": 26}


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos._exit(0)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes\nctypes.string_at(0)",
        "raise ValueError('::error::x ##[error]x </pre><img src=x> @everybody ' * 9999)",
        "blob = bytearray(1 << 36)",
        "import sys\nsys.stdout = sys.stderr = None",
        "open('checks/test_writer.py', 'w').write('def test_x(): pass')\nimport os\nos._exit(1)",
    ],
    ids=[
        "exits immediately",
        "kills itself",
        "crashes Python",
        "raises hostile text",
        "takes all memory",
        "closes its output",
        "changes the checks",
    ],
)
def test_code_that_crashes_loses_only_its_points(attempt: Try, source: str) -> None:
    """The other files keep their points."""
    published = attempt(writer(source))

    assert broken_rules(published) == []
    assert published.scores == NO_WRITER


def test_an_endless_loop_is_ended(attempt: Try) -> None:
    """A loop that ignores interrupts is ended, too."""
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"

    published = attempt(writer(source), CHECKPOINT_SECONDS="15")

    assert broken_rules(published) == []
    assert published.scores == NO_WRITER
    assert "had not ended after 15 s" in published.body


def test_output_without_end_is_truncated(attempt: Try, tmp_path: Path) -> None:
    """It fills neither the body nor the log nor the disk."""
    source = "import os\nwhile True: os.write(1, b'::error::x ##[group]x <b>' * 4000)"

    published = attempt(writer(source))

    assert broken_rules(published) == []
    assert published.scores == NO_WRITER
    assert "::" not in published.log
    assert "##[" not in published.log
    assert "<b>" not in published.body
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < MOST_BYTES


def test_forged_results_are_replaced(attempt: Try, tmp_path: Path) -> None:
    """Whatever student code writes in their place is removed after it has ended."""
    place = str(tmp_path / "checkout")
    source = f"""
import os, pathlib
place = pathlib.Path({place!r})
(place / "result.json").write_text("[" * 10**7)
(place / "release-body.md").mkdir()
(place / "release-body.md" / "inside").symlink_to("/")
"""

    published = attempt({WRITER: SOLUTION.files[WRITER] + source.encode()})

    assert broken_rules(published) == []
    assert published.scores == TWO


def test_nothing_that_student_code_started_outlives_the_run(attempt: Try, tmp_path: Path) -> None:
    """A background process could overwrite our result."""
    pid_file = tmp_path / "pid"
    source = f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open({str(pid_file)!r}, "w").write(str(os.getpid()))
        while True:
            time.sleep(1)
    os._exit(0)
os.wait()
while not os.path.exists({str(pid_file)!r}) or not os.path.getsize({str(pid_file)!r}):
    pass
"""

    published = attempt({WRITER: SOLUTION.files[WRITER] + source.encode()})

    assert broken_rules(published) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_code_that_kills_the_runner_gets_no_result(attempt: Try) -> None:
    """It can, since it runs as the same user; the service then reports an error and no points."""
    published = attempt(writer("import os\nos.kill(os.getppid(), 9)"))

    assert published.exit_code != 0
    assert published.result is None
    assert published.outputs == {}


def test_student_code_does_not_get_the_jobs_variables(attempt: Try, tmp_path: Path) -> None:
    """Its environment names no file of the job."""
    environment_file = tmp_path / "environment"
    source = f"import os\nopen({str(environment_file)!r}, 'w').write(repr(dict(os.environ)))\n"

    published = attempt({WRITER: source.encode() + SOLUTION.files[WRITER]})

    assert published.scores == TWO
    assert "GITHUB" not in environment_file.read_text()


def test_checks_and_settings_of_the_student_are_ignored(attempt: Try) -> None:
    """A module with the name of one that runs the checks is ignored, too."""
    forged = b"import os\nprint('writer 9 of 9 visible checks')\nos._exit(0)\n"

    published = attempt(
        {
            "checks/test_writer.py": b"def test_nothing(): pass",
            "conftest.py": forged,
            "pytest.py": forged,
            "pytest.ini": b"[pytest]\naddopts = --collect-only\n",
            "pip.py": forged,
            **writer("raise ValueError"),
        }
    )

    assert broken_rules(published) == []
    assert published.scores == NO_WRITER


@pytest.mark.parametrize(
    "counts",
    ["9 of 4", "-1 of 4", "99999999 of 99999999", "\u0661 of \u0661", "0 of 0", "1.5 of 2"],
)
def test_impossible_counts_are_ignored(counts: str) -> None:
    """Student code can print into the report, but never gets more than the maximum."""
    outcome = read_report(
        VisibleCheckpoint("writer", "The writer", 30), f"writer {counts} visible checks"
    )

    assert (outcome.score, outcome.is_complete) == (0, False)


def test_the_last_counts_are_those_of_the_checks() -> None:
    """The output of student code comes before them."""
    text = "writer 4 of 4 visible checks\nF.\nwriter 2 of 4 visible checks\n"

    outcome = read_report(VisibleCheckpoint("writer", "The writer", 30), text)

    assert (outcome.passed, outcome.checks, outcome.score) == (2, 4, 15)


def test_a_body_of_hostile_texts_is_truncated_and_has_no_markup() -> None:
    """This is so even if each character becomes a long escape."""
    checkpoint = VisibleCheckpoint("writer", "The writer", 30)
    texts = ["&" * 10**6, "\U000e0001" * 10**6, "</pre>\n\n@all <b>", "\ud800"]

    body = body_of([ChecksOutcome(checkpoint, 0, 0, text) for text in texts], 120, None)

    assert len(body.encode("utf-8")) < 125_000
    assert "<b>" not in body
    assert body.count("</pre>") == len(texts)


def test_a_failed_installation_is_an_error_not_zero_points(tmp_path: Path) -> None:
    """With the status `error`, the service publishes nothing."""
    checkout = clone(tmp_path / "checkout", SOLUTION.files)
    other = tmp_path / "bundle"
    write_bundle(COURSE, ASSIGNMENT, other)
    (other / "requirements.txt").write_text("no-such-package-anywhere==1\n")

    published = run_bundle(other, checkout, tmp_path / "home", PIP_NO_INDEX="1")

    assert broken_rules(published) == []
    assert published.outputs["status"] == "error"
    assert published.result["tests"] == []


def test_missing_files_cost_only_their_checkpoints(bundle: Path, tmp_path: Path) -> None:
    """Even an empty repository is a valid submission."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()

    published = run_bundle(bundle, checkout, tmp_path / "home")

    assert broken_rules(published) == []
    assert published.result["score"] == 0
    assert "There is no file kinesis_multi_shard.py." in published.body


def test_the_rules_find_invalid_results() -> None:
    """Like the service, they refuse fractions, booleans and too many points."""
    texts = ("classroom", "assignment", "owner", "submission", "commit", "release", "review")
    values = ("cs-101", "m06", "ada", "submit/x", "x", "x", "x")
    right = dict(zip(texts, values, strict=True)) | {
        "schema": "classroom50/result/v1",
        "assignment_type": "individual",
        "datetime": "2026-11-02T23:59:00Z",
        "score": 1,
        "max-score": 2,
        "tests": [],
    }
    wrong = ({"score": 1.0}, {"score": True}, {"score": 3}, {"score": -1}, {"commit": ""})
    test = {"test-name": "x", "passed": True, "score": 1, "max-score": 1}

    assert list(broken_rules_of_result({**right, "tests": [test]})) == []
    assert all(list(broken_rules_of_result({**right, **mistake})) for mistake in wrong)
    assert list(broken_rules_of_result({**right, "tests": [{**test, "passed": 1}]}))


# --- writing the folder


def test_a_bundle_is_written_over_an_earlier_one(tmp_path: Path) -> None:
    """A check that was removed from the assignment is deleted."""
    write_bundle(COURSE, ASSIGNMENT, tmp_path)
    (tmp_path / "checks" / "test_old.py").write_text("")

    written = write_bundle(COURSE, ASSIGNMENT, tmp_path)

    assert "autograder.py" in written
    assert not (tmp_path / "checks" / "test_old.py").exists()


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    """The folder may be somebody's repository."""
    (tmp_path / "README.md").write_text("mine")

    with pytest.raises(DistributionError, match=r"README\.md"):
        write_bundle(COURSE, ASSIGNMENT, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_an_assignment_without_checks_has_no_bundle(tmp_path: Path) -> None:
    """The error says what is missing."""
    with pytest.raises(AssignmentError, match="is missing"):
        write_bundle(Course(tmp_path), ASSIGNMENT, tmp_path / "out")


def test_the_runner_of_the_checks_imports_only_the_standard_library(bundle: Path) -> None:
    """It starts before any package is installed."""
    source = (bundle / "autograder.py").read_text("utf-8")

    imported = re.findall(r"^(?:import|from) ([a-z]\w*)", source, re.MULTILINE)

    assert set(imported) <= sys.stdlib_module_names
