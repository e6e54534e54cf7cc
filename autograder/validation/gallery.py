"""Draws the logs of a few wrong submissions for `autograder/docs/instructors/log-drawings.md`.

python -m autograder.validation.gallery
"""

from autograder.assignment import Assignment, Course
from autograder.feedback.content import picture_in
from autograder.feedback.html import as_svg
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Grade
from autograder.submission import read_submission
from autograder.validation.corpus import corpus_folder, read_corpus

FOLDER = "autograder/docs/instructors/drawings"
SHOWN = {
    "partition_key_by_event": "writer/partition_key_is_the_user",
    "ignores_rejected_records": "writer/rejected_records_are_sent_again_in_order",
    "replays_after_the_offset": "replay/replay_starts_with_the_record_at_the_offset",
    "stops_at_an_empty_page": "reader/an_empty_page_is_not_the_end",
}
"""Wrong submissions, each with the test whose drawing is shown."""


def drawing_in(grade: Grade, test_id: str) -> str:
    """Take the drawing of a test out of a grade, as SVG."""
    tests = [
        test for checkpoint in grade.checkpoints for test in checkpoint.tests if test.id == test_id
    ]
    picture = picture_in(tests)
    if picture is None:
        raise ValueError(f"{test_id} comes without a drawing")
    return as_svg(picture)


def main() -> None:
    """Write the drawings."""
    course = Course.of_this_checkout()
    assignment: Assignment = course.load("m06_partitioned_logs")
    solution = read_submission(course.solutions / assignment.id, assignment)
    corpus = {
        declared.name: declared
        for declared in read_corpus(corpus_folder(course, assignment), assignment)
    }
    folder = course.solutions.parent / FOLDER
    folder.mkdir(exist_ok=True)
    with Examiner(assignment, course) as examiner:
        for name, test_id in SHOWN.items():
            grade, _ = examiner.grade(corpus[f"wrong/{name}"].assemble(solution))
            (folder / f"{name}.svg").write_text(drawing_in(grade, test_id), "utf-8")


if __name__ == "__main__":
    main()
