'''Everything that authors of hidden tests import.

A hidden test arranges a scene, calls the student's code, and inspects what it did. This is a
complete `test_parcels.py`:

    import random

    import pytest

    from autograder.testing import ReceiveSize, Scene, Seen, StudentCode, counted, shown, wrong


    @pytest.mark.graded("M1", points=2)
    def test_all_messages_are_received(
        student: StudentCode, cloud: Scene, seen: Seen, rng: random.Random
    ) -> None:
        """All messages are received when each response has only some of them."""
        messages = [f"parcel {rng.randrange(10**6)}" for _ in range(12)]
        cloud.sqs.create_queue("parcels")
        for message in messages:
            cloud.sqs.send("parcels", message)
        cloud.faults.add(ReceiveSize(5, queue="parcels"))

        received = student.module("parcels").receive_all("parcels")

        if not isinstance(received, list) or set(received) != set(messages):
            responses = counted(len(seen.calls("ReceiveMessage")), "response")
            wrong(
                f"receive_all() returned {shown(received)} after {responses} of ReceiveMessage.",
                expected=f"a list of all {len(messages)} messages",
                hint="Keep receiving until a response is empty.",
            )

The mark names the requirement of the handout that the test judges, and its points. The first line
of the docstring is the test's title, which students read. A test that ends without an exception has
passed; `wrong` takes its points. Any other exception before the student's code runs is the grader's
fault and costs no points. Afterwards, the test is `unreadable`: an instructor looks at it.

Fixtures:

    student     the submission; `student.module("name")` is one of its files, see `Module`
    cloud       the simulated AWS to arrange: streams, queues and faults, see `Scene`
    seen        what the student's code did to it, see `Seen`
    handed_in   the notebooks that were handed in, see `SubmittedFiles`
    rng         random data: each test and submission has its own, the same when graded again

Look at what a student touched only through `Seen`, `SubmittedFiles` and the values that a `Module`
returns. They are bounded, and raise nothing for whatever a student wrote. `autograder validate`
refuses a suite that goes around them.
'''

from autograder.aws.fault_kinds import (
    EmptyPages,
    LateRecord,
    PageSize,
    ReceiveSize,
    RejectRecords,
    ShardPageSize,
    Throttle,
)
from autograder.aws.scene import Scene
from autograder.aws.seen import Log, Record, Seen, SeenCall, Shard
from autograder.aws.sqs.backstage import Depth
from autograder.grading.grade import Anomaly, Feedback, Outcome, Witnesses
from autograder.grading.judge.explain import crashed
from autograder.grading.judge.student_code import Module, StudentCode
from autograder.grading.judge.verdict import Verdict, shown, wrong
from autograder.logs.anomalies import (
    compare_logs,
    deviating,
    how_many,
    in_words,
    witnesses_of,
)
from autograder.logs.picture import DrawnRecord, DrawnRow, DrawnShard, LogPicture, ReadPage
from autograder.notebook.answers import Answers, open_answer
from autograder.notebook.cells import Notebook
from autograder.notebook.handed_in import SubmittedFiles
from autograder.parsing import is_plain, parsed_json, parsed_literal
from autograder.sandbox import Raised
from autograder.text import counted, plural

__all__ = [
    "Anomaly",
    "Answers",
    "Depth",
    "DrawnRecord",
    "DrawnRow",
    "DrawnShard",
    "EmptyPages",
    "Feedback",
    "LateRecord",
    "Log",
    "LogPicture",
    "Module",
    "Notebook",
    "Outcome",
    "PageSize",
    "Raised",
    "ReadPage",
    "ReceiveSize",
    "Record",
    "RejectRecords",
    "Scene",
    "Seen",
    "SeenCall",
    "Shard",
    "ShardPageSize",
    "StudentCode",
    "SubmittedFiles",
    "Throttle",
    "Verdict",
    "Witnesses",
    "compare_logs",
    "counted",
    "crashed",
    "deviating",
    "how_many",
    "in_words",
    "is_plain",
    "open_answer",
    "parsed_json",
    "parsed_literal",
    "plural",
    "shown",
    "witnesses_of",
    "wrong",
]
