"""The record of a suite's last whole validation: what was validated need not be validated again.

A validation grades hundreds of submissions, which takes minutes. Its result depends on the suite,
the corpus, the solution, the handout and the code that grades. As long as these stay the same,
`validated.json`, next to the hidden tests, says that the validation had no findings. The visible
checks have a separate entry, since they do not depend on the code that grades.
"""

import json
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.files import write_whole
from autograder.grading.code_digest import code_digest, digest_of
from autograder.validation.corpus import corpus_folder

RECORD = "validated.json"


def is_validated(course: Course, assignment: Assignment) -> bool:
    """Return whether a whole validation of exactly this state had no findings."""
    record = _read(course, assignment)
    return all(record.get(part) == digest for part, digest in _graded(course, assignment).items())


def is_checked_at_home(course: Course, assignment: Assignment) -> bool:
    """Return whether the visible checks had no findings on exactly this corpus."""
    record = _read(course, assignment)
    return all(record.get(part) == digest for part, digest in _checked(course, assignment).items())


def note_validated(course: Course, assignment: Assignment, *, with_checks: bool) -> Path:
    """Note that a whole validation of this state had no findings.

    Args:
        course: Where the assignment is.
        assignment: What was validated.
        with_checks: Whether the visible checks ran, too.

    Raises:
        AutograderError: The record cannot be written.
    """
    record = _read(course, assignment) | _graded(course, assignment)
    if with_checks:
        record |= _checked(course, assignment)
    path = course.suites / assignment.id / RECORD
    write_whole(path, json.dumps(record, indent=1, sort_keys=True) + "\n")
    return path


def _read(course: Course, assignment: Assignment) -> dict[str, object]:
    try:
        record = json.loads((course.suites / assignment.id / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _graded(course: Course, assignment: Assignment) -> dict[str, str]:
    """Digest what the hidden tests' verdicts depend on."""
    suite = course.suites / assignment.id
    files = [path for path in suite.iterdir() if path.name != RECORD]
    return {
        "assignment": _digest(course, [*files, *_handed_out(course, assignment)]),
        "grader": code_digest(),
    }


def _checked(course: Course, assignment: Assignment) -> dict[str, str]:
    """Digest what the visible checks' verdicts depend on: not on the corpus's feedback files."""
    corpus = corpus_folder(course, assignment).rglob("*")
    submissions = [path for path in corpus if path.is_file() and path.suffix != ".txt"]
    return {"visible_checks": _digest(course, [*submissions, *_handed_out(course, assignment)])}


def _handed_out(course: Course, assignment: Assignment) -> list[Path]:
    return [course.solutions / assignment.id, course.assignments / assignment.id]


def _digest(course: Course, paths: list[Path]) -> str:
    return digest_of(course.assignments.parent, paths)
