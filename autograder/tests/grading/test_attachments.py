"""The attachments of a checkpoint's feedback stay small."""

from autograder.grading.foreman.examiner import MOST_ATTACHMENTS, with_few_attachments
from autograder.grading.grade import Attachment, Feedback, GradedTest, Outcome


def test_each_reason_has_one_attachment_up_to_a_limit() -> None:
    """Otherwise a grade with many lost tests would grow large."""
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
