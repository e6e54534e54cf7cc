"""`autograder classroom50`: the files that it writes, and its errors."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.gradebook.handins import Handin, read_handins, write_handins
from autograder.tests.classroom50.test_scores import entry, whole, write
from autograder.tests.gradebook.students import ID, a_grade, make_book, write_result

Run = Callable[..., tuple[int, str, str]]
ASSIGNED, SLUG = ("--assignment", ID), ("--slug", "m06")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line and returns the exit code and output."""

    def run_it(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["autograder", "classroom50", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return code if isinstance(code, int) else 0, *capsys.readouterr()

    return run_it


def test_a_bundle_and_a_roster_are_written(run: Run, tmp_path: Path) -> None:
    """The output says how much was written."""
    make_book(tmp_path / "book")

    bundle = run("bundle", *ASSIGNED, "--output", tmp_path / "out" / "m06")
    roster = run("roster", tmp_path / "book" / "roster.csv", "--output", tmp_path / "roster.csv")

    assert (bundle[0], bundle[2]) == (0, "")
    assert (tmp_path / "out" / "m06" / "autograder.py").is_file()
    assert roster == (0, "5 students written\n", "")
    assert (tmp_path / "roster.csv").read_text().startswith("username,first_name,last_name,")


def test_scores_go_into_the_gradebook_and_grades_come_back(run: Run, tmp_path: Path) -> None:
    """Students without a grade are named, and the exit code is 1; the others get their grades."""
    book = make_book(tmp_path / "book")
    write_handins(book.folder / "handins.csv", {"eve": Handin(commit="b" * 40)})
    write_result(tmp_path / "results", "ada", a_grade())
    book.sync([tmp_path / "results"])
    scores = write(tmp_path, whole(entry("ada"), entry("mallory::error::")))
    place = ("--slug", "m06", "--gradebook", book.folder)

    noted = run("handins", scores, *place)
    overridden = run("override", scores, *place, "--output", tmp_path / "new.json")

    assert (noted[0], noted[1]) == (1, "1 student noted\n")
    assert "is not in the roster" in noted[2]
    assert "::" not in noted[2]
    handins = read_handins(book.folder / "handins.csv", book.roster())
    assert handins["ada"].commit == "a" * 40
    assert handins["eve"].commit == "b" * 40
    assert overridden[0] == 1
    assert "ada: the total is not known yet (6 points open)" in overridden[2]
    assert json.loads((tmp_path / "new.json").read_text()) == json.loads(scores.read_text())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["handins", "missing.json", *SLUG, "--gradebook", ".", *ASSIGNED],
            "missing.json cannot be",
        ),
        (["roster", "missing.csv", "--output", "x.csv"], "missing.csv does not exist"),
        (["handins", "x", *SLUG, "--gradebook", "no-such-folder", *ASSIGNED], "is not a folder"),
        (["bundle", "--assignment", "m99", "--output", "x"], "unknown assignment 'm99'"),
        (["bundle", "--output", ".", *ASSIGNED], "which no bundle has"),
    ],
)
def test_a_wrong_argument_is_reported_in_one_line(
    run: Run, arguments: list[str], message: str
) -> None:
    """The exit code is 2."""
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
