"""What is attached to the feedback of a checkpoint is kept small."""

from autograder.grading.foreman.examiner import MOST_ATTACHMENTS, with_few_attachments
from autograder.grading.grade import Attachment, Feedback, GradedTest, Outcome


def test_one_attachment_for_each_reason_and_a_few_in_all() -> None:
    """So that a grade stays small."""
    drawing = Attachment(kind="drawing", content={})
    hints = ["a", "a", "b", "c", "d", "e", "f"]
    tests = [
        GradedTest(
            id=str(number),
            title="",
            requirement="R1",
            outcome=Outcome.WRONG,
            score=0,
            max_score=1,
            feedback=Feedback(asked="", came_back="", hint=hint, attachments=(drawing,)),
        )
        for number, hint in enumerate(hints)
    ]

    kept = [
        bool(test.feedback.attachments) for test in with_few_attachments(tests) if test.feedback
    ]

    assert kept == [True, False, True, True, True, False, False]
    assert sum(kept) == MOST_ATTACHMENTS
