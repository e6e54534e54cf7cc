"""A rehearsed case that is saved is a check, which fails until the function is fixed."""

from pathlib import Path

import pytest

from autograder import cases
from autograder.tests.student_repository.clone import SOLUTION, clone, files_of, run_checks
from autograder.tests.student_repository.rehearsing import (
    READER,
    SHARD,
    filled,
    read,
    rehearse,
    word_of,
)


def test_what_is_saved_from_the_debugger_is_what_the_whole_case_does(tmp_path: Path) -> None:
    """Calls in a row run in the debugger too, so the saved check is red."""
    source = b"def read_from_shard(name, shard, most=50):\n    return most\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})
    call = cases.Call(READER, "read_from_shard", ["meters", SHARD], {}, [["meters", SHARD, 7]])

    status, text = rehearse(
        folder, word_of(*filled(1), call), "--pdb", "--save", typed="c\np most\nc\n"
    )
    done = run_checks(folder, "checks/test_rehearsed.py")

    assert status == 0
    assert "(Pdb) 7" in text
    assert done.status == 1
    assert "still ends as in the test that you lost" in done.text


def test_a_saved_case_fails_for_a_mistake_of_another_kind(tmp_path: Path) -> None:
    """A misspelt name does not fix it."""
    folder = clone(tmp_path / "clone", files_of("wrong/gives_up_after_three_empty_pages"))
    word = word_of(*filled(5), cases.ServeEmptyPages("meters", SHARD, 2, 6), read())
    rehearse(folder, word, "--save")
    (folder / f"{READER}.py").write_text("def read_from_shard(name, shard, most=50):\n    oops\n")

    done = run_checks(folder, "checks/test_rehearsed.py")

    assert done.status == 1
    assert "raised NameError" in done.text


def test_a_saved_case_is_a_check_that_fails_until_the_function_is_mended(tmp_path: Path) -> None:
    """And it is saved once."""
    wrong = files_of("wrong/gives_up_after_three_empty_pages")
    folder = clone(tmp_path / "clone", wrong)
    word = word_of(*filled(5), cases.ServeEmptyPages("meters", SHARD, 2, 6), read())

    status, text = rehearse(folder, word, "--save")
    again = rehearse(folder, word, "--save")
    before = run_checks(folder, "checks/test_rehearsed.py")
    (folder / f"{READER}.py").write_bytes(SOLUTION.files[f"{READER}.py"])
    after = run_checks(folder, "checks/test_rehearsed.py")

    assert status == 0
    assert "Saved as test_case_1 in checks/test_rehearsed.py" in text
    assert "has this case already" in again[1]
    assert before.status == 1
    assert "still ends as in the test that you lost" in before.text
    assert after.status == 0


def test_saved_cases_have_numbers_of_their_own(tmp_path: Path) -> None:
    """Also after one of them was taken out of the file, whose line ends stay."""
    folder = clone(tmp_path / "clone", SOLUTION.files)
    file = folder / "checks" / "test_rehearsed.py"
    for records in (1, 2):
        rehearse(folder, word_of(*filled(records), read()), "--save")
    text = file.read_text()
    file.write_bytes(text.replace("def test_case_1", "def case_1").replace("\n", "\r\n").encode())

    _, said = rehearse(folder, word_of(*filled(3), read()), "--save")

    assert "Saved as test_case_3" in said
    assert b"def test_case_2() -> None:\r\n" in file.read_bytes()


def test_a_value_that_holds_itself_can_be_shown_and_saved(tmp_path: Path) -> None:
    """Its type is shown instead."""
    source = (
        b"def read_from_shard(name, shard, most=50):\n    a = []\n    a.append(a)\n    return a\n"
    )
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()), "--save")

    assert status == 0
    assert "Saved as test_case_1" in text


@pytest.mark.parametrize(
    "result",
    ["list({str(number) for number in range(50)})", "time.strftime('%d.%m.%Y %H:%M:%S')"],
    ids=["order of a set", "time"],
)
def test_what_differs_each_time_is_not_saved(tmp_path: Path, result: str) -> None:
    """The check would pass without a change of the code."""
    source = f"import time\ndef read_from_shard(name, shard, most=50):\n    return {result}\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source.encode()})

    status, text = rehearse(folder, word_of(*filled(1), read()), "--save")

    assert status == 0
    assert "Not saved: your function does not do the same each time" in text
    assert not (folder / "checks" / "test_rehearsed.py").exists()


def test_a_file_that_cannot_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    """Such as a folder in its place."""
    folder = clone(tmp_path / "clone", SOLUTION.files)
    (folder / "checks" / "test_rehearsed.py").mkdir()

    status, text = rehearse(folder, word_of(*filled(1), read()), "--save")

    assert status == 0
    assert "Not saved: checks/test_rehearsed.py cannot be read: Is a directory." in text


@pytest.mark.parametrize("before", ["", "# test_case_1 was here\n"], ids=["empty", "comment"])
def test_a_case_can_be_saved_into_a_file_without_cases(tmp_path: Path, before: str) -> None:
    """It gets the import that it needs."""
    folder = clone(tmp_path / "clone", files_of("wrong/gives_up_after_three_empty_pages"))
    (folder / "checks" / "test_rehearsed.py").write_text(before)
    word = word_of(*filled(5), cases.ServeEmptyPages("meters", SHARD, 2, 6), read())

    rehearse(folder, word, "--save")
    done = run_checks(folder, "checks/test_rehearsed.py")

    assert "still ends as in the test that you lost" in done.text
