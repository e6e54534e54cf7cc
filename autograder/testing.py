"""What the authors of hidden tests import.

A hidden test arranges a scene, calls the student's code, and inspects what came of it:

    @pytest.mark.graded("W1", points=2)
    def test_create_returns_once_active(writer: Module, seen: Seen, name: str) -> None:
        \"\"\"A new stream is ACTIVE when the function returns.\"\"\"
        writer.create_multi_shard_stream(name, 3)

        if seen.status(name) != "ACTIVE":
            wrong(
                f"After create_multi_shard_stream() the stream is {seen.status(name)}.",
                expected="a stream that is ACTIVE",
                hint="create_stream only starts the creation; the waiter `stream_exists` waits.",
            )

The fixtures are `cloud` (a `Scene` to arrange), `student` (whose `module(name)` gives a `Module`),
`seen` (a `Seen`), `handed_in` (the notebooks) and `rng` (random data that differ for each test
and submission). A test looks at what a student touched only through `Seen`, `HandedIn` and the
values that a `Module` returns; a check refuses a suite that goes around them.
"""

from autograder.aws import (
    Depth,
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
from autograder.notebook.handed_in import HandedIn
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
    "HandedIn",
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
