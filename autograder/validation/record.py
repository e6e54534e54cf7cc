"""The record of a suite's last whole validation: what was validated need not be validated again.

A validation grades hundreds of submissions, which takes minutes. Its result depends on the suite,
the corpus, the solution, the handout and the code that grades. As long as none of them changes,
`validated.json`, next to the hidden tests, says that it had no findings.
"""

import json
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.files import write_whole
from autograder.grading.code_digest import code_digest, digest_of

RECORD = "validated.json"


def is_validated(course: Course, assignment: Assignment) -> bool:
    """Return whether a whole validation of exactly this state had no findings."""
    try:
        record = json.loads((course.suites / assignment.id / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(record == _state_of(course, assignment))


def note_validated(course: Course, assignment: Assignment) -> Path:
    """Note that a whole validation of this state had no findings.

    Raises:
        AutograderError: The record cannot be written.
    """
    path = course.suites / assignment.id / RECORD
    write_whole(path, json.dumps(_state_of(course, assignment), indent=1) + "\n")
    return path


def _state_of(course: Course, assignment: Assignment) -> dict[str, str]:
    suite = course.suites / assignment.id
    files = [path for path in suite.iterdir() if path.name != RECORD]
    files += [course.solutions / assignment.id, course.assignments / assignment.id]
    return {"assignment": digest_of(suite.parents[2], files), "grader": code_digest()}
