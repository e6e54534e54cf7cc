"""The visible checks say before a push which files the grader would refuse or leave out."""

import json
from pathlib import Path

import pytest

from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Outcome
from autograder.submission import read_submission
from autograder.tests.student_repository.clone import (
    ASSIGNMENT,
    COURSE,
    SOLUTION,
    clone,
    run_checks,
)
from autograder.tests.student_repository.layouts import try_layouts

WRITER, READER = "kinesis_multi_shard.py", "kinesis_read_shards.py"
BROKERS, NOTEBOOK = "compare_with_sqs.py", "concepts.ipynb"


def with_screenshot(notebook: bytes) -> bytes:
    """Put a picture of 1.4 MB and a long output into a notebook."""
    whole = json.loads(notebook)
    whole["cells"][0]["attachments"] = {"image.png": {"image/png": "A" * 1_400_000}}
    for cell in whole["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x" * 10_000]}]
    return json.dumps(whole).encode()


def test_what_the_checks_accept_gets_all_points(tmp_path: Path) -> None:
    """Also helpers with any name, folders without `__init__.py`, a screenshot, scratch files."""
    files = {
        **SOLUTION.files,
        READER: b"from helpers.paging import *\nimport runner, wire, values, child\n",
        "helpers/paging.py": SOLUTION.files[READER],
        **{f"{name}.py": b"" for name in ("runner", "wire", "values", "child")},
        NOTEBOOK: with_screenshot(SOLUTION.files[NOTEBOOK]),
        "dataset.py": b"x = 1\n" * 300_000,
        **{f"scratch/old{number}.py": b"" for number in range(120)},
    }
    folder = clone(tmp_path / "clone", files)

    run = run_checks(folder)
    with Examiner(ASSIGNMENT, COURSE) as examiner:
        grade, _ = examiner.grade(read_submission(folder, ASSIGNMENT))

    assert run.all_passed, run.text
    assert grade.score == ASSIGNMENT.max_score - grade.open_points
    assert "dataset.py is left out: it is larger than 1 MiB" in run.text
    assert all(note in run.text for note in grade.submission.notes)


def test_what_the_checks_refuse_is_refused_in_the_same_words(tmp_path: Path) -> None:
    """In each checkpoint with a refused or missing file; the notebook is still graded."""
    folder = clone(tmp_path / "clone", SOLUTION.files)
    (folder / WRITER).rename(folder / "Kinesis_Multi_Shard.py")
    (folder / "code.py").write_text("")
    (folder / READER).write_bytes(b"import code\n" + SOLUTION.files[READER])
    (folder / "src").mkdir()
    (folder / BROKERS).rename(folder / "src" / BROKERS)
    sentences = {
        "writer": f"There is no file {WRITER}, but there is Kinesis_Multi_Shard.py: rename it to",
        "reader": f"{READER} uses code.py, which cannot be graded: its name hides Python's",
        "brokers": f"There is no file {BROKERS}, but there is src/{BROKERS}: move it to the top",
    }

    run = run_checks(folder)
    with Examiner(ASSIGNMENT, COURSE) as examiner:
        grade, _ = examiner.grade(read_submission(folder, ASSIGNMENT))

    results = {checkpoint.id: checkpoint.tests for checkpoint in grade.checkpoints}
    for checkpoint, sentence in sentences.items():
        assert run.counts[checkpoint][0] == 0
        assert sentence in run.text
        assert all(sentence in str(test.feedback) for test in results[checkpoint])
    assert run.counts["concepts"][0] == run.counts["concepts"][1]
    assert sum(test.score for test in results["concepts"]) == 9
    assert {test.outcome for test in results["writer"]} == {Outcome.MISSING}
    assert {test.outcome for test in results["reader"]} == {Outcome.REFUSED}


@pytest.mark.parametrize(
    ("line", "passes"),
    [
        ("import yaml", False),
        ("try:\n    import yaml\nexcept ImportError:\n    yaml = None", True),
    ],
)
def test_a_package_that_is_not_installed_where_code_is_graded_is_missing_at_home(
    line: str, passes: bool, tmp_path: Path
) -> None:
    """The checks hide it, although moto needs it and it is installed."""
    code = f"{line}\n".encode() + SOLUTION.files[BROKERS]
    folder = clone(tmp_path / "clone", {**SOLUTION.files, BROKERS: code})

    run = run_checks(folder, checkpoints=["brokers"])

    assert run.all_passed == passes
    assert f"{BROKERS} imports yaml, which is not installed where your code is graded" in run.text


def test_checks_and_grader_agree_on_random_hand_ins() -> None:
    """`python -m autograder.tests.student_repository.layouts --count 1000` tries more."""
    tried = list(try_layouts(60, seed=0))

    assert [found for *_, found in tried if found] == []
    assert any(submission.refused for _, submission, _ in tried)
    assert any(not submission.refused for _, submission, _ in tried)


def test_a_difference_between_checks_and_grader_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the grader accepts fewer files than the checks."""
    monkeypatch.setattr("autograder.admission.MAX_FILES", 2)

    assert any(found for *_, found in try_layouts(5, seed=0))
