"""Makes clones of the student repository with a submission's files, and runs their checks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from autograder.assignment import Course
from autograder.submission import read_submission
from autograder.validation.corpus import corpus_folder, read_corpus
from autograder.validation.visible import lay_out, run_visible_checks

COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load("m06_partitioned_logs")
REPOSITORY = COURSE.assignments / ASSIGNMENT.id
SOLUTION = read_submission(COURSE.solutions / ASSIGNMENT.id, ASSIGNMENT)
CORPUS = {
    declared.name: declared
    for declared in read_corpus(corpus_folder(COURSE, ASSIGNMENT), ASSIGNMENT)
}

_COUNT = re.compile(r"^(?P<id>\w+) (?P<passed>\d+) of (?P<all>\d+) visible checks$", re.MULTILINE)


def clone(folder: Path, files: Mapping[str, bytes] = {}) -> Path:
    """Copy the student repository to a new folder, and write these files into it."""
    lay_out(REPOSITORY, folder, files)
    return folder


def files_of(*names: str) -> dict[str, bytes]:
    """Combine submissions of the corpus, such as `right/reads_big_pages`, into one set of files.

    Args:
        names: Submissions that change different files.
    """
    files = dict(SOLUTION.files)
    for name in names:
        submission = CORPUS[name].assemble(SOLUTION)
        files |= {
            file: content
            for file, content in submission.files.items()
            if _is_changed(file, content)
        }
    return files


def _is_changed(name: str, content: bytes) -> bool:
    return SOLUTION.files.get(name) != content


def checkpoints_of(name: str) -> list[str]:
    """Return the ids of the checkpoints whose files a submission of the corpus has."""
    files = CORPUS[name].files
    return [checkpoint.id for checkpoint in ASSIGNMENT.checkpoints if files & {*checkpoint.files}]


def side_by_side(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Group submissions that change different files, so that one run of the checks tries them all.

    A whole program is alone in its group.
    """
    by_file: dict[str, list[str]] = {}
    whole_programs: list[tuple[str, ...]] = []
    for name in names:
        submission = CORPUS[name]
        if len(submission.files & {*ASSIGNMENT.files}) > 1:
            whole_programs.append((name,))
        else:
            by_file.setdefault(submission.file, []).append(name)
    groups = zip_longest(*by_file.values())
    return whole_programs + [tuple(name for name in group if name is not None) for group in groups]


@dataclass(frozen=True)
class Run:
    """The result of a run of the checks."""

    status: int
    text: str
    summary: str
    """The text of the job's summary."""
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By checkpoint: the number of checks that passed, and the number of checks."""

    @property
    def all_passed(self) -> bool:
        """Whether there were checks, and all of them passed."""
        complete = all(passed == count > 0 for passed, count in self.counts.values())
        return self.status == 0 and bool(self.counts) and complete


def run_checks(
    folder: Path, *arguments: str, checkpoints: list[str] | None = None, **environment: str
) -> Run:
    """Run the visible checks of a clone as a student does: all, or those of some checkpoints."""
    summary = folder.parent / f"{folder.name}-summary.md"
    chosen = [f"checks/test_{checkpoint}.py" for checkpoint in checkpoints or ()]
    done = run_visible_checks(
        folder, [*chosen, *arguments], {"GITHUB_STEP_SUMMARY": str(summary), **environment}
    )
    text = done.stdout + done.stderr
    return Run(
        done.returncode,
        text,
        summary.read_text("utf-8") if summary.exists() else "",
        {count["id"]: (int(count["passed"]), int(count["all"])) for count in _COUNT.finditer(text)},
    )
