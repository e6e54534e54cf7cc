"""On GitHub Actions, the checks write annotations, a summary and notices, and no other command."""

import json
import re
from pathlib import Path

import pytest

from autograder.tests.feedback.test_actions import Command
from autograder.tests.student_repository.actions_runner import obeyed
from autograder.tests.student_repository.clone import REPOSITORY, SOLUTION, Run, clone, run_checks

WRITER = "kinesis_multi_shard.py"
HOSTILE = """
import logging
import os
import sys
import threading

ATTACKS = [
    "::error file=a,line=1::forged", "  ::add-mask::success", "time ##[add-mask]x",
    "::notice title=Autograding complete::Points 99/99", "::stop-commands::pause-logging",
    "</pre></details><img src=x>", "| a | **b** | [c](javascript:d) @everybody `e` %0A::error::f",
    "\\r::error::g", "\\x1b[31m\\u202e\\x00\\u2028::error::h", "%0D%0A::error::i",
]
TEXT = "\\n".join(ATTACKS)


class Hostile(Exception):
    def __repr__(self):
        return TEXT

    __str__ = __repr__


def shout():
    print(TEXT)
    print(TEXT, file=sys.stderr)
    print(TEXT, file=sys.__stdout__)
    os.write(1, f"\\n{TEXT}\\n".encode())
    logging.warning(TEXT)


def create_multi_shard_stream(stream_name, shard_count):
    shout()
    raise Hostile  # ::error::%0A::error::j


def get_shard_info(stream_name):
    threading.Thread(target=lambda: [shout() for _ in range(2000)], daemon=True).start()
    return [Hostile()]


def send_events_to_shards(stream_name, num_events=30):
    return TEXT


def delete_stream(stream_name):
    exec(compile("\\n\\n\\n\\nraise Hostile(TEXT)", __file__, "exec"))
"""


CHECKS_OF_WRITER = (
    (REPOSITORY / "checks" / "test_writer.py").read_text("utf-8").count("\ndef test_")
)


def on_actions(folder: Path, *arguments: str, checkpoints: list[str] | None = None) -> Run:
    """Run the checks as a job of GitHub Actions does."""
    return run_checks(
        folder,
        *arguments,
        checkpoints=checkpoints,
        GITHUB_ACTIONS="true",
        GITHUB_WORKSPACE=str(folder),
    )


def commands(run: Run, name: str) -> list[Command]:
    """List the commands of a kind that the runner obeys."""
    return [command for command in obeyed(run.text) if command.name == name]


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A job for a repository in which nothing is written yet."""
    return on_actions(clone(tmp_path_factory.mktemp("stubs") / "clone"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A job for a writer that prints, raises and returns what it should not."""
    folder = clone(tmp_path_factory.mktemp("hostile") / "clone", {WRITER: HOSTILE.encode()})
    return on_actions(folder, checkpoints=["writer"])


def test_annotations_are_at_the_lines_of_the_student(stubs: Run) -> None:
    """One at each line that is not written yet, however many checks fail there."""
    places = [
        (error.properties["file"], int(error.properties["line"]))
        for error in commands(stubs, "error")
    ]

    stub_lines = [
        (name, number)
        for name in SOLUTION.files
        for number, line in enumerate(_stub(name), start=1)
        if "raise NotImplementedError" in line
    ]
    assert places
    assert len(places) == len(set(places)) <= 9
    assert set(places) <= set(stub_lines)


def _stub(name: str) -> list[str]:
    return (REPOSITORY / name).read_text("utf-8").splitlines()


def test_a_repository_in_a_folder_of_the_workspace_is_annotated_there(tmp_path: Path) -> None:
    """GitHub names files from the top of the repository."""
    folder = clone(tmp_path / "part")

    run = run_checks(
        folder, checkpoints=["brokers"], GITHUB_ACTIONS="true", GITHUB_WORKSPACE=str(tmp_path)
    )

    assert {error.properties["file"] for error in commands(run, "error")} == {
        "part/compare_with_sqs.py"
    }


def test_a_wrong_result_is_annotated_at_the_function_that_returned_it(tmp_path: Path) -> None:
    """No line raised an error."""
    source = "\n\ndef read_queue_twice(name, messages):\n    return messages\n"
    folder = clone(tmp_path / "clone", {"compare_with_sqs.py": source.encode()})

    run = on_actions(folder, "-k", "b1", checkpoints=["brokers"])

    (annotation,) = commands(run, "error")
    assert annotation.properties["line"] == "3"
    assert "you returned ['lamp 0 on', 'lamp 1 on'" in annotation.data


def test_the_summary_counts_each_checkpoint_in_the_order_of_the_handout(stubs: Run) -> None:
    """It also says that the hidden tests decide, and where the grade will appear."""
    rows = re.findall(r"^\| . (\w+) \| [^|]+ \| (\d+ of \d+) \|$", stubs.summary, re.MULTILINE)

    assert [name for name, _ in rows] == ["writer", "reader", "replay", "brokers", "concepts"]
    assert all(count.startswith("0 of ") for _, count in rows)
    assert "Your grade comes from the hidden tests." in stubs.summary
    assert "your grade appears on your commit on GitHub" in stubs.summary


def test_the_notices_of_classic_tools_count_the_visible_checks(stubs: Run) -> None:
    """A line before them says that they are not the grade."""
    complete, report = commands(stubs, "notice")
    checks = sum(checks for _, checks in stubs.counts.values())

    assert complete == Command("notice", {"title": "Autograding complete"}, f"Points 0/{checks}")
    assert report.properties == {"title": "Autograding report"}
    assert json.loads(report.data) == {"totalPoints": 0, "maxPoints": checks}
    assert "They are not your grade." in stubs.text


def test_all_points_of_the_visible_checks_are_reported(tmp_path: Path) -> None:
    """And nothing is annotated."""
    run = on_actions(clone(tmp_path / "clone", SOLUTION.files))

    assert run.all_passed
    assert commands(run, "error") == []
    checks = sum(checks for _, checks in run.counts.values())
    assert commands(run, "notice")[0].data == f"Points {checks}/{checks}"


def test_nothing_that_student_code_prints_or_raises_is_obeyed(hostile: Run) -> None:
    """The runner obeys only the annotations and the two notices of the checks."""
    found = list(obeyed(hostile.text))

    assert {command.name for command in found} == {"error", "notice"}
    assert [command.data for command in found if command.name == "notice"] == [
        f"Points 0/{CHECKS_OF_WRITER}",
        f'{{"totalPoints":0,"maxPoints":{CHECKS_OF_WRITER}}}',
    ]
    for command in found:
        if command.name == "error":
            assert set(command.properties) == {"file", "line", "title"}
            assert command.properties["file"] == WRITER
            assert "forged" not in command.properties["title"]


def test_text_from_student_code_is_not_markup_in_the_summary(hostile: Run) -> None:
    """It is in blocks of plain text, and cannot end them."""
    outside = re.sub(r"<pre>.*?</pre>", "", hostile.summary, flags=re.DOTALL)

    assert "forged" in hostile.summary
    assert "forged" not in outside
    assert "javascript" not in outside
    assert "<img" not in hostile.summary
    assert not [char for char in hostile.summary if not char.isprintable() and char != "\n"]


def test_long_texts_are_truncated(tmp_path: Path) -> None:
    """GitHub accepts a summary of 1 MiB, and truncates annotations at 4,096 characters."""
    source = "def get_shard_info(name):\n    return ['x' * 10**7] * 10**5\n" + "\n".join(
        f"def {name}(*a):\n    raise ValueError('y' * 10**7)"
        for name in ("create_multi_shard_stream", "send_events_to_shards", "delete_stream")
    )
    folder = clone(tmp_path / "clone", {WRITER: source.encode()})

    run = on_actions(folder, checkpoints=["writer"])

    assert run.counts == {"writer": (0, CHECKS_OF_WRITER)}
    assert len(run.summary) < 50_000
    assert all(len(error.data) <= 4096 for error in commands(run, "error"))


def test_elsewhere_no_command_is_printed(tmp_path: Path) -> None:
    """On a laptop, commands would only clutter the output."""
    run = run_checks(clone(tmp_path / "clone"), checkpoints=["brokers"])

    assert list(obeyed(run.text)) == []
    assert "::" not in run.text
    assert run.summary == ""
