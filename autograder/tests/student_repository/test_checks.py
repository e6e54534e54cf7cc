"""The visible checks: right code passes, unwritten code fails, and messages are plain."""

import re
from pathlib import Path

import pytest

from autograder.tests.student_repository.clone import (
    ASSIGNMENT,
    CORPUS,
    SOLUTION,
    checkpoints_of,
    clone,
    files_of,
    run_checks,
    side_by_side,
)
from autograder.validation.idle import BODIES, idle_candidates

CODE = [
    checkpoint.id
    for checkpoint in ASSIGNMENT.checkpoints
    if not checkpoint.files[0].endswith(".ipynb")
]
RIGHT = [name for name, declared in CORPUS.items() if declared.is_right]


def test_the_solution_passes_every_check(tmp_path: Path) -> None:
    """Here in a folder whose path has a space and a letter that is not ASCII."""
    folder = clone(tmp_path / "my repo é", SOLUTION.files)

    run = run_checks(folder)

    assert run.all_passed, run.text
    assert set(run.counts) == {checkpoint.id for checkpoint in ASSIGNMENT.checkpoints}


def test_the_stubs_fail_every_check(tmp_path: Path) -> None:
    """Each failure says which function is not written yet, and where it is."""
    folder = clone(tmp_path / "stubs")

    run = run_checks(folder)

    assert run.status == 1
    assert set(run.counts) == {checkpoint.id for checkpoint in ASSIGNMENT.checkpoints}
    assert all(passed == 0 for passed, _ in run.counts.values()), run.text
    assert "create_multi_shard_stream is not written yet" in run.text


@pytest.mark.parametrize("body", BODIES)
def test_functions_that_do_nothing_of_use_pass_no_check(body: str, tmp_path: Path) -> None:
    """A check that such a function would pass also has a case in which there is something to do."""
    files: dict[str, bytes] = {}
    for entry in idle_candidates(SOLUTION):
        if entry.name.endswith(f"_{body}"):
            files |= {name: entry.submission.files[name] for name in entry.files}
    folder = clone(tmp_path / "clone", files)

    run = run_checks(folder, checkpoints=CODE)

    assert run.counts.keys() == {*CODE}
    assert all(passed == 0 for passed, _ in run.counts.values()), run.text


@pytest.mark.parametrize("names", side_by_side(RIGHT)[:: len(RIGHT) // 4], ids=" ".join)
def test_right_submissions_pass_the_checks(names: tuple[str, ...], tmp_path: Path) -> None:
    """The checks accept any way to make a client, name a stream or write a loop.

    This tries a sample: `autograder validate --checks` tries all. CI runs it after each change of
    the checks, the corpus, the solution or the handout.
    """
    folder = clone(tmp_path / "clone", files_of(*names))

    run = run_checks(folder)

    assert run.all_passed, run.text


SENTENCES = {
    "wrong/always_four_shards": "The stream should have 3 shards; it has 4.",
    "wrong/three_actions": "Event 3 should hold",
    "wrong/timestamps_without_a_zone": "is not like 2026-03-01T12:34:56.789012Z",
    "wrong/one_partition_key_for_all": "it should be the event's userId.",
    "wrong/events_only": "Pair 0 should be\n    ['",
    "wrong/leaves_out_empty_shards": "The stream has 3 shards",
    "wrong/replays_after_the_offset": "should return 5 pairs; you returned 4. Pair 0 should",
    "wrong/stops_at_an_empty_page": "The first 4 are right; pair 4 is missing:",
    "wrong/receives_and_does_not_delete": ("Messages still in the queue: 0 visible, 4 in flight."),
}
"""What the checks say of some faults."""


@pytest.mark.parametrize("names", side_by_side(SENTENCES), ids=" ".join)
def test_an_obvious_fault_is_reported_in_a_plain_sentence(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    """The message says what the check expects and what the code did."""
    folder = clone(tmp_path / "clone", files_of(*names))
    checkpoints = {checkpoint for name in names for checkpoint in checkpoints_of(name)}

    run = run_checks(folder, checkpoints=sorted(checkpoints))

    assert run.status == 1
    for name in names:
        assert SENTENCES[name] in run.text
    assert max(map(len, run.text.splitlines())) < 400


NOTEBOOK = "concepts.ipynb"


def test_a_lost_key_of_an_answer_is_named(tmp_path: Path) -> None:
    """The notebook's own cell checks the form of an answer; it fails with a KeyError here."""
    notebook = SOLUTION.files[NOTEBOOK].replace(b'\\"rides\\":', b'\\"trips\\":')
    folder = clone(tmp_path / "clone", {NOTEBOOK: notebook})

    run = run_checks(folder, "-k", "c1_queue", checkpoints=["concepts"])

    assert "c1 has lost the key 'rides': keep all the keys of the original cell." in run.text


WRITER = "kinesis_multi_shard.py"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = (", "kinesis_multi_shard.py is not valid Python"),
        ("import nothing_like_it", "Importing kinesis_multi_shard.py raised ModuleNotFoundError"),
        ("raise SystemExit(0)", "Importing kinesis_multi_shard.py raised SystemExit"),
        ("while True: pass", "Importing kinesis_multi_shard.py did not return within 0.5 s"),
        ("", "The function `create_multi_shard_stream` is missing in kinesis_multi_shard.py."),
        (
            "def create_multi_shard_stream(name, count):\n    return {}['lost']",
            "raised KeyError: 'lost'\n  kinesis_multi_shard.py, line 2: return {}['lost']",
        ),
        (
            "def create_multi_shard_stream(name, count):\n    import sys; sys.exit()",
            "raised SystemExit",
        ),
        (
            "import time\ndef create_multi_shard_stream(name, count):\n"
            "    while True:\n        try: time.sleep(1)\n        except: break",
            "did not return within 0.5 s",
        ),
        (
            "import time\ndef create_multi_shard_stream(name, count):\n    time.sleep(700)",
            "slept for 700 s in all. Sleeping takes no time, but a graded call may sleep for 600 s",
        ),
    ],
    ids=[
        "not Python",
        "missing module",
        "exit at import",
        "endless import",
        "no function",
        "an error",
        "exit",
        "endless, and catches the interrupt",
        "long sleep",
    ],
)
def test_a_failure_names_the_line_of_the_student(
    source: str, sentence: str, tmp_path: Path
) -> None:
    """And not a line of the checks. The run continues."""
    folder = clone(tmp_path / "clone", {WRITER: source.encode()})

    run = run_checks(folder, "-k", "new_stream", checkpoints=["writer"], CHECK_SECONDS="0.5")

    assert run.counts == {"writer": (0, 1)}
    assert sentence in run.text
    assert "Traceback" not in run.text


def test_a_hash_key_may_be_sent_if_it_is_the_users(tmp_path: Path) -> None:
    """Kinesis chooses the same shard. With another hash key, the check names both shards."""
    sent = b'"PartitionKey": event["userId"]'
    md5 = b"""str(int(__import__("hashlib").md5(event["userId"].encode()).hexdigest(), 16))"""
    assert sent in SOLUTION.files[WRITER]

    for key, passed in ((md5, 1), (b'"0"', 0)):
        source = SOLUTION.files[WRITER].replace(sent, sent + b', "ExplicitHashKey": ' + key)
        folder = clone(tmp_path / str(passed), {**SOLUTION.files, WRITER: source})
        run = run_checks(folder, "-k", "w5", checkpoints=["writer"])
        assert run.counts == {"writer": (passed, 1)}, run.text
    assert "is in shardId-000000000000; its partition key belongs to shardId-" in run.text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The student may have renamed it."""
    folder = clone(tmp_path / "clone")
    (folder / WRITER).unlink()

    run = run_checks(folder, checkpoints=["writer"])

    assert "The file kinesis_multi_shard.py is missing." in run.text


def test_the_run_ends_even_if_threads_do_not(tmp_path: Path) -> None:
    """Python would wait for them without end."""
    source = (
        b"import threading\n"
        b"def create_multi_shard_stream(name, count):\n"
        b"    threading.Thread(target=threading.Event().wait).start()\n"
    )
    folder = clone(tmp_path / "clone", {WRITER: source})

    run = run_checks(folder, "-k", "new_stream", checkpoints=["writer"])

    assert run.status == 1
    assert run.counts == {"writer": (0, 1)}


def test_no_setting_of_the_machine_reaches_another_aws(tmp_path: Path) -> None:
    """The checks ignore the student's profile, endpoint and proxy."""
    folder = clone(tmp_path / "clone", SOLUTION.files)
    settings = tmp_path / "config"
    settings.write_text("[profile own]\nregion = eu-west-1\n")

    run = run_checks(
        folder,
        checkpoints=["writer"],
        AWS_PROFILE="own",
        AWS_CONFIG_FILE=str(settings),
        AWS_ENDPOINT_URL_KINESIS="http://127.0.0.1:9",
        AWS_REGION="eu-west-1",
        HTTP_PROXY="http://127.0.0.1:9",
    )

    assert run.all_passed, run.text


def test_a_console_that_cannot_show_all_letters_is_enough(tmp_path: Path) -> None:
    """On Windows, a console may use cp1252: the run must not crash."""
    source = (
        "def create_multi_shard_stream(name, count):\n"
        "    print('\u2713 \u65e5\u672c')\n"
        "    raise ValueError('\u65e5\u672c')\n"
    )
    folder = clone(tmp_path / "clone", {WRITER: source.encode()})

    run = run_checks(
        folder,
        checkpoints=["writer"],
        LC_ALL="C",
        PYTHONCOERCECLOCALE="0",
        PYTHONUTF8="0",
        PYTHONIOENCODING="cp1252:strict",
    )

    assert run.counts["writer"][0] == 0
    assert "INTERNALERROR" not in run.text


def test_after_one_endless_call_the_others_are_stopped_sooner(tmp_path: Path) -> None:
    """A reader that polls without end is a common fault: its checks must not take minutes."""
    source = "def read_from_shard(*a):\n    while True: pass\nread_all_shards = read_from_shard\n"
    folder = clone(tmp_path / "clone", {"kinesis_read_shards.py": source.encode()})

    run = run_checks(folder, "-k", "r1 or r2", checkpoints=["reader"], CHECK_SECONDS="2")

    assert run.counts == {"reader": (0, 4)}
    assert re.findall(r"did not return within (\S+) s", run.text) == ["2", "1", "1", "1"]
    assert run.text.count("the limit is shorter after a call that took too long") == 3


OUTPUT = """
import io, logging, sys
{line}
def create_multi_shard_stream(name, count):
    {line}
    print("in the call \u2713", flush=True)
    print("on stderr \u2713", file=sys.stderr, flush=True)
    raise LookupError("of the function")
"""


@pytest.mark.parametrize(
    "line",
    [
        "sys.stdout.reconfigure(encoding='utf-8', line_buffering=True)",
        "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')",
        "wrapped = io.TextIOWrapper(sys.stdout.buffer)",
        "sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8')",
        "sys.stderr = sys.stdout = open(sys.stdout.fileno(), 'w', encoding='utf-8', closefd=False)",
        "sys.stdout.close(); sys.stdout = sys.stderr",
        "sys.stdout = sys.__stdout__; sys.__stdout__.reconfigure(encoding='utf-8')",
        "sys.stdout.buffer.write(b'bytes'); logging.StreamHandler(sys.stdout).flush()",
        "import faulthandler; faulthandler.enable(); faulthandler.disable()",
    ],
)
def test_code_may_change_its_output_streams(line: str, tmp_path: Path) -> None:
    """At import and in a call: the check reports the real failure, and later checks still run."""
    source = OUTPUT.format(line=line)
    folder = clone(tmp_path / "clone", {**SOLUTION.files, WRITER: source.encode()})

    run = run_checks(folder, "-k", "w1 or w5 or r1_pairs", checkpoints=["writer", "reader"])

    assert run.counts == {"writer": (0, 2), "reader": (1, 1)}, run.text
    assert "raised LookupError: of the function" in run.text
    assert "The function `send_events_to_shards` is missing" in run.text
    assert "I/O operation" not in run.text
    assert "in the call \u2713" in run.text


def test_a_helper_may_have_the_name_of_a_module_of_the_checks(tmp_path: Path) -> None:
    """The modules of the checks are in a package, so names do not clash."""
    helpers = {
        f"{name}.py": b"SHARDS = 3\n" for name in ("faults", "cloud", "events", "time_limit")
    }
    source = SOLUTION.files[WRITER] + b"\nimport cloud, events, faults, time_limit\ncloud.SHARDS\n"
    folder = clone(tmp_path / "clone", {**SOLUTION.files, **helpers, WRITER: source})

    run = run_checks(folder, "-k", "w1", checkpoints=["writer"])

    assert run.counts == {"writer": (1, 1)}, run.text
