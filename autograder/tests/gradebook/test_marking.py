"""The hidden tests mark a notebook from any editor, or report what is wrong with it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Grade, Outcome
from autograder.submission import read_submission
from autograder.tests.notebook.notebooks import FILE, ID, Cells, changed, released, solved, text_of

CLOSED, OPEN = 9.0, 6.0

Mark = Callable[[bytes | None], Grade]


@pytest.fixture(scope="module")
def examiner() -> Iterator[Examiner]:
    """Start what grades."""
    course = Course.of_this_checkout()
    with Examiner(course.load(ID), course) as examiner:
        yield examiner


@pytest.fixture
def mark(examiner: Examiner, tmp_path: Path) -> Mark:
    """Return a function that grades a folder with or without a notebook."""

    def grade(content: bytes | None, name: str = FILE) -> Grade:
        if content is not None:
            (tmp_path / name).write_bytes(content)
        submission = read_submission(tmp_path, Course.of_this_checkout().load(ID))
        result, grader_log = examiner.grade(submission, checkpoints=["concepts"])
        assert grader_log == ""
        return result

    return grade


def outcomes(grade: Grade) -> set[Outcome]:
    """Return the outcomes of its tests."""
    return {test.outcome for checkpoint in grade.checkpoints for test in checkpoint.tests}


def came_back(grade: Grade) -> set[str]:
    """List what the feedback says about the notebook."""
    return {
        test.feedback.came_back
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.feedback
    }


def stripped(cells: Cells) -> Cells:
    """Remove metadata and ids."""
    return [{**cell, "metadata": {}, "id": f"new-{n}"} for n, cell in enumerate(cells)]


def with_outputs(cells: Cells) -> Cells:
    """Add printed output and a picture."""
    output = {"output_type": "stream", "name": "stdout", "text": ["None\n"] * 1000}
    return [
        {**cell, "outputs": [output], "execution_count": 7} if cell["cell_type"] == "code" else cell
        for cell in cells
    ]


def split(cells: Cells) -> Cells:
    """Move the answers into new cells below those that were handed out."""
    return [
        part
        for cell in cells
        for part in ([cell, {**cell, "metadata": {}, "id": f"{cell['id']}-2"}])
    ]


@pytest.mark.parametrize(
    "change",
    [lambda cells: cells, stripped, with_outputs, split, lambda cells: cells[::-1]],
    ids=["as it was", "stripped", "with outputs", "cells twice", "reordered"],
)
def test_a_right_notebook_has_full_marks_whatever_editors_do(
    mark: Mark, change: Callable[[Cells], Cells]
) -> None:
    """All closed answers are right; the open answers are not marked yet."""
    grade = mark(changed(solved(), change))

    assert grade.score == CLOSED
    assert grade.max_score == CLOSED + OPEN
    assert outcomes(grade) == {Outcome.PASSED, Outcome.UNMARKED}


def test_the_notebook_as_it_was_handed_out_is_unimplemented(mark: Mark) -> None:
    """Feedback lists the answers that are still None and the questions without any text."""
    grade = mark(json.dumps(released()).encode())

    assert grade.score == 0
    assert outcomes(grade) == {Outcome.UNIMPLEMENTED}
    assert "Still None in c1: photos, balances, invoices, rides." in came_back(grade)


def test_a_missing_notebook_is_reported_once(mark: Mark) -> None:
    """One reason covers all questions."""
    grade = mark(None)

    assert outcomes(grade) == {Outcome.MISSING}
    assert came_back(grade) == {"There is no file concepts.ipynb."}


def test_a_broken_notebook_is_refused_with_the_reason(mark: Mark) -> None:
    """Nothing is guessed."""
    grade = mark(b'{"cells": [')

    assert outcomes(grade) == {Outcome.REFUSED}
    assert len(came_back(grade)) == 1


def test_a_renamed_notebook_is_named(examiner: Examiner, tmp_path: Path) -> None:
    """So the student can fix it."""
    (tmp_path / "concepts (1).ipynb").write_bytes(json.dumps(solved()).encode())
    (tmp_path / "scratch.ipynb").write_text("{}")

    submission = read_submission(tmp_path, Course.of_this_checkout().load(ID))
    grade, _ = examiner.grade(submission, checkpoints=["concepts"])

    assert outcomes(grade) == {Outcome.MISSING}
    assert came_back(grade) == {
        "There is no file concepts.ipynb, but there is concepts (1).ipynb: rename it to "
        "concepts.ipynb."
    }


def test_a_right_part_counts_although_others_are_wrong(mark: Mark) -> None:
    """Each part has separate points."""

    def half(cells: Cells) -> Cells:
        cells = [cell for cell in cells if cell["id"] not in ("c4", "c5", "c6-why")]
        return [
            {**cell, "source": 'c1 = {"photos": "queue", "balances": 7, "rides": "rabbit"}'}
            if cell["id"] == "c1"
            else cell
            for cell in cells
        ]

    grade = mark(changed(solved(), half))

    assert grade.score == CLOSED - 1.5 - 1 - 1
    assert {
        'c1["balances"] is 7.',
        "c1[\"rides\"] is 'rabbit'.",
        "The key 'invoices' is missing from c1.",
        "No code cell of concepts.ipynb has a line that begins with `c4 =`.",
        "Nothing is written here yet.",
    } <= came_back(grade)


def test_answers_are_read_leniently(mark: Mark) -> None:
    """Lower case, blanks, and numbers in quotes are accepted."""
    cell = {
        "cell_type": "code",
        "id": "kind",
        "metadata": {},
        "source": 'c1["photos"] = " Queue"\nc4 = "c"\nc3["records_per_second"] = "10,000"',
    }

    grade = mark(changed(solved(), lambda cells: [*cells, cell]))

    assert grade.score == CLOSED


def test_code_in_a_notebook_is_not_run(mark: Mark) -> None:
    """This is so even if the code would compute the right answers."""
    code = {"cell_type": "code", "id": "evil", "source": "c4 = eval('chr(67)')", "metadata": {}}

    grade = mark(changed(solved(), lambda cells: [*cells, code]))

    assert grade.score == CLOSED - 1
    assert any("c4 cannot be read" in text for text in came_back(grade))


def test_feedback_reveals_no_right_answer(mark: Mark) -> None:
    """If every answer is wrong, the feedback contains no right letter, number or broker."""

    def all_wrong(cells: Cells) -> Cells:
        wrong = (
            'c2 = {"log": "C", "queue": "C"}\nc4 = "A"\nc5 = "D"\n'
            'c3 = {"records_per_second": 7, "megabytes_per_second": 7, "shards_at_least": 7,'
            ' "shards_half_full": 7, "partition_key": "C", "ordered_between": True}\n'
            'c6 = {"goes_on_at": 7, "processed_twice": 7}'
        )
        return [*cells, {"cell_type": "code", "id": "w", "source": wrong, "metadata": {}}]

    grade = mark(changed(solved(), all_wrong))

    texts = "\n".join(
        f"{test.feedback.expected} {test.feedback.hint}"
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.feedback and test.outcome is Outcome.WRONG
    )
    secrets = ["10,000", "10000", " 20", "400", " 50", '"B"', '"C"', '"D"', "False", "offset back"]
    assert texts.count("\n") == 12 - 1
    assert [secret for secret in secrets if secret in texts] == []


def test_the_notebook_has_the_questions_that_the_tests_look_for() -> None:
    """The words by which open answers are found are in the notebook."""
    suite = Course.of_this_checkout().suites / ID / "test_concepts.py"
    texts = [text_of(cell) for cell in released()["cells"]]

    found = [
        any(f"**C{n}, open" in text for text in texts)
        for n in range(1, 7)
        if f'"**C{n}, open"' in suite.read_text(encoding="utf-8")
    ]

    assert found == [True] * 4
