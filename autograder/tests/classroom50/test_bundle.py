"""The bundle, run as Classroom 50 runs it: whatever student code does, the rules are kept."""

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
"""The checkpoints of a bundle that is run often: each one starts a simulated AWS."""
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
    """Run the checks of two files on the solution, with some files replaced."""

    def run(files: dict[str, bytes], **environment: str) -> Published:
        checkout = clone(tmp_path / "checkout", {**SOLUTION.files, **files})
        less = shutil.copytree(bundle, tmp_path / "bundle")
        for checkpoint in ALL.keys() - TWO.keys():
            (less / "checks" / f"test_{checkpoint}.py").unlink()
        return run_bundle(less, checkout, tmp_path / "home", **environment)

    return run


NO_WRITER = {**TWO, "writer": 0}


def writer(source: str) -> dict[str, bytes]:
    """A writer whose file does something while it is imported."""
    return {WRITER: source.encode()}


def test_a_bundle_is_small_enough_to_be_fetched(bundle: Path) -> None:
    """And holds what runs it, at its top."""
    assert len(packed(bundle)) < MOST_BYTES
    assert (bundle / "autograder.py").is_file()


def test_nothing_of_a_bundle_is_kept_from_students(bundle: Path) -> None:
    """The service publishes it for everybody: all but what runs it is handed out already."""
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
    """Each checkpoint is a test, and its points are those of the assignment."""
    checkout = clone(tmp_path / "checkout", SOLUTION.files)

    published = run_bundle(bundle, checkout, tmp_path / "home")

    assert broken_rules(published) == []
    assert published.scores == ALL
    assert published.outputs["status"] == "success"
    assert (published.result["score"], published.result["max-score"]) == (100, 100)


def test_the_stubs_have_no_points(bundle: Path, tmp_path: Path) -> None:
    """And read what is missing, and that the points are advice."""
    published = run_bundle(bundle, clone(tmp_path / "checkout"), tmp_path / "home")

    assert broken_rules(published) == []
    assert published.scores == dict.fromkeys(ALL, 0)
    assert published.outputs["status"] == "failure"
    assert "create_multi_shard_stream is not written yet" in published.body
    assert "advice" in published.body


def test_a_part_that_works_has_a_part_of_the_points(attempt: Try) -> None:
    """Whole ones, and never all of them."""
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
        "exits at once",
        "kills itself",
        "crashes Python",
        "raises hostile text",
        "takes all memory",
        "closes its output",
        "changes the checks",
    ],
)
def test_code_that_ends_badly_loses_its_own_points(attempt: Try, source: str) -> None:
    """Those of the other files stay."""
    published = attempt(writer(source))

    assert broken_rules(published) == []
    assert published.scores == NO_WRITER


def test_an_endless_loop_is_ended(attempt: Try) -> None:
    """Also one that no interrupt ends."""
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"

    published = attempt(writer(source), CHECKPOINT_SECONDS="15")

    assert broken_rules(published) == []
    assert published.scores == NO_WRITER
    assert "had not ended after 15 s" in published.body


def test_code_that_prints_without_end_fills_nothing(attempt: Try, tmp_path: Path) -> None:
    """Neither the body, nor the log, nor the disk."""
    source = "import os\nwhile True: os.write(1, b'::error::x ##[group]x <b>' * 4000)"

    published = attempt(writer(source))

    assert broken_rules(published) == []
    assert published.scores == NO_WRITER
    assert "::" not in published.log
    assert "##[" not in published.log
    assert "<b>" not in published.body
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < MOST_BYTES


def test_forged_results_are_replaced(attempt: Try, tmp_path: Path) -> None:
    """What student code writes in their place, in whatever form, is gone when it has ended."""
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
    """A process that waits in the background could write a result over ours."""
    told = tmp_path / "told"
    source = f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open({str(told)!r}, "w").write(str(os.getpid()))
        while True:
            time.sleep(1)
    os._exit(0)
os.wait()
while not os.path.exists({str(told)!r}) or not os.path.getsize({str(told)!r}):
    pass
"""

    published = attempt({WRITER: SOLUTION.files[WRITER] + source.encode()})

    assert broken_rules(published) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


def test_code_that_kills_what_runs_it_gets_no_result(attempt: Try) -> None:
    """It runs as the same user, so it can; the service then reports an error and no points."""
    published = attempt(writer("import os\nos.kill(os.getppid(), 9)"))

    assert published.exit_code != 0
    assert published.result is None
    assert published.outputs == {}


def test_student_code_is_not_told_of_the_job(attempt: Try, tmp_path: Path) -> None:
    """No file of the job's is in its environment."""
    told = tmp_path / "told"
    source = f"import os\nopen({str(told)!r}, 'w').write(repr(dict(os.environ)))\n"

    published = attempt({WRITER: source.encode() + SOLUTION.files[WRITER]})

    assert published.scores == TWO
    assert "GITHUB" not in told.read_text()


def test_a_students_own_checks_and_settings_do_not_count(attempt: Try) -> None:
    """Nor does a module that is named like one that runs the checks."""
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
def test_counts_that_cannot_be_are_none(counts: str) -> None:
    """Student code can print into the report: there are never more points than there are."""
    outcome = read_report(
        VisibleCheckpoint("writer", "The writer", 30), f"writer {counts} visible checks"
    )

    assert (outcome.score, outcome.is_complete) == (0, False)


def test_the_last_counts_are_those_of_the_checks() -> None:
    """The output of student code is above them."""
    text = "writer 4 of 4 visible checks\nF.\nwriter 2 of 4 visible checks\n"

    outcome = read_report(VisibleCheckpoint("writer", "The writer", 30), text)

    assert (outcome.passed, outcome.checks, outcome.score) == (2, 4, 15)


def test_a_body_of_hostile_texts_is_cut_and_has_no_markup() -> None:
    """Also where each character becomes a long escape."""
    checkpoint = VisibleCheckpoint("writer", "The writer", 30)
    texts = ["&" * 10**6, "\U000e0001" * 10**6, "</pre>\n\n@all <b>", "\ud800"]

    body = body_of([ChecksOutcome(checkpoint, 0, 0, text) for text in texts], 120, None)

    assert len(body.encode("utf-8")) < 125_000
    assert "<b>" not in body
    assert body.count("</pre>") == len(texts)


def test_what_cannot_be_installed_is_no_zero(tmp_path: Path) -> None:
    """The status is `error`, with which the service publishes nothing."""
    checkout = clone(tmp_path / "checkout", SOLUTION.files)
    other = tmp_path / "bundle"
    write_bundle(COURSE, ASSIGNMENT, other)
    (other / "requirements.txt").write_text("no-such-package-anywhere==1\n")

    published = run_bundle(other, checkout, tmp_path / "home", PIP_NO_INDEX="1")

    assert broken_rules(published) == []
    assert published.outputs["status"] == "error"
    assert published.result["tests"] == []


def test_files_that_are_missing_cost_their_own_checkpoints(bundle: Path, tmp_path: Path) -> None:
    """An empty repository is a valid submission, too."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()

    published = run_bundle(bundle, checkout, tmp_path / "home")

    assert broken_rules(published) == []
    assert published.result["score"] == 0
    assert "There is no file kinesis_multi_shard.py." in published.body


def test_the_rules_find_what_breaks_them() -> None:
    """The stand-in is as strict as the service: a fraction, a truth or too many points are none."""
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
    """A check that is no more is gone."""
    write_bundle(COURSE, ASSIGNMENT, tmp_path)
    (tmp_path / "checks" / "test_old.py").write_text("")

    written = write_bundle(COURSE, ASSIGNMENT, tmp_path)

    assert "autograder.py" in written
    assert not (tmp_path / "checks" / "test_old.py").exists()


def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    """It may be somebody's repository."""
    (tmp_path / "README.md").write_text("mine")

    with pytest.raises(DistributionError, match=r"README\.md"):
        write_bundle(COURSE, ASSIGNMENT, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_an_assignment_without_checks_has_no_bundle(tmp_path: Path) -> None:
    """It is said what is missing."""
    with pytest.raises(AssignmentError, match="is missing"):
        write_bundle(Course(tmp_path), ASSIGNMENT, tmp_path / "out")


def test_what_runs_the_checks_imports_nothing_but_python(bundle: Path) -> None:
    """It stands alone where no package is installed yet."""
    source = (bundle / "autograder.py").read_text("utf-8")

    imported = re.findall(r"^(?:import|from) ([a-z]\w*)", source, re.MULTILINE)

    assert set(imported) <= sys.stdlib_module_names
