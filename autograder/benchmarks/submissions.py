"""What is graded: the solution, what differs from it in its pace, and mixed classes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from autograder.assignment import Assignment, Course
from autograder.submission import Submission, read_submission
from autograder.tests.hostile.corpus import read_attacks
from autograder.validation.corpus import corpus_folder, read_corpus

ASSIGNMENT = "m06_partitioned_logs"
MIXED = ("right", "wrong", "hostile", "empty")
"""The kinds that a mixed class has in equal parts."""
WORKING = ("right", "wrong", "wrong", "wrong")
"""A class in which everybody handed in what has to be graded as a whole."""

One = TypeVar("One")

_PACED_WRITER = '''

_send_events_to_shards = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    """Pause after each record, as the module's writer does."""
    sent = _send_events_to_shards(stream_name, num_events)
    time.sleep(0.1 * num_events)
    return sent
'''
_PACED_READER = '''

_read_all_shards = read_all_shards


def read_all_shards(stream_name, *args, **options):
    """Pause after each shard, as the module's reader does."""
    found = _read_all_shards(stream_name, *args, **options)
    time.sleep(len(found))
    return found
'''
_ENDLESS = """

def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    while iterator:
        page = kinesis.get_records(ShardIterator=iterator)
        for record in page["Records"]:
            pairs.append((record["SequenceNumber"], json.loads(record["Data"])))
        iterator = page.get("NextShardIterator")
    return pairs
"""


def the_assignment() -> tuple[Course, Assignment]:
    """Return the course of this checkout, and the assignment that is measured."""
    course = Course.of_this_checkout()
    return course, course.load(ASSIGNMENT)


def the_solution() -> Submission:
    """Read the reference solution."""
    course, assignment = the_assignment()
    return read_submission(course.solutions / assignment.id, assignment)


def paced() -> Submission:
    """Return the solution at the pace of the module's code: 0.1 s a record, 1 s a shard."""
    return _with(
        the_solution(),
        {
            "kinesis_multi_shard.py": _PACED_WRITER,
            "kinesis_read_shards.py": _PACED_READER,
        },
    )


def polling_for_ever() -> Submission:
    """Return the solution with a reader that never stops."""
    return _with(the_solution(), {"kinesis_read_shards.py": _ENDLESS})


def _with(submission: Submission, behind: dict[str, str]) -> Submission:
    files = {
        name: content + behind.get(name, "").encode() for name, content in submission.files.items()
    }
    return replace(submission, files=files)


def lay_out(folder: Path, students: int, kinds: Sequence[str] = MIXED) -> None:
    """Lay a class out, a folder for each student; their kinds take turns.

    Right, wrong and hostile ones are taken evenly from the whole of each corpus.
    """
    course, assignment = the_assignment()
    solution = the_solution()
    corpus = read_corpus(corpus_folder(course, assignment), assignment)
    right = [submission for submission in corpus if submission.is_right]
    wrong = [submission for submission in corpus if not submission.is_right]
    attacks = list(read_attacks())
    turns = [kinds[number % len(kinds)] for number in range(students)]
    for number, kind in enumerate(turns):
        place = folder / f"student-{number:05}"
        place.mkdir()
        so_far, in_all = turns[:number].count(kind), turns.count(kind)
        if kind == "hostile":
            _evenly(attacks, so_far, in_all).lay_out(place)
        elif kind != "empty":
            submission = _evenly(right if kind == "right" else wrong, so_far, in_all)
            for name, content in submission.assemble(solution).files.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_bytes(content)


def _evenly(corpus: Sequence[One], number: int, of: int) -> One:
    """Return submission `number` of `of`, spread evenly over a corpus; a short corpus repeats."""
    if of >= len(corpus):
        return corpus[number % len(corpus)]
    return corpus[number * len(corpus) // of]
