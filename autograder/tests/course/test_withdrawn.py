"""A result does not outlive its hand-in: it is kept aside, and the student loses the grade."""

import shutil
from pathlib import Path

import pytest

from autograder.course.class_pages import files_to_sync
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.results import RESULTS
from autograder.course.withdrawn import refuse_withdrawing_most
from autograder.errors import AutograderError
from autograder.gradebook.ungraded import Ungraded, read_ungraded
from autograder.intake.hand_ins import StudentHandIn
from autograder.tests.course.test_class_of_folders import folder, run, states
from autograder.tests.gradebook.students import a_grade, write_result
from autograder.tests.intake.downloads import WRITER

__all__ = ["folder"]

ADA, CYD = "Ada Lovelace_1_assignsubmission_file_", "Cyd Ng_3_assignsubmission_file_"
ZOE = "Zoe Nobody_5_assignsubmission_file_"
WITHDRAWN = "the result of an earlier hand-in was withdrawn: see withdrawn/"


@pytest.fixture
def output(folder: Path) -> Path:
    """Grade the class once; Zoe's hand-in is given to Eve by mistake."""
    settle(folder, "eve")
    run(folder)
    return folder.with_name("out")


def settle(folder: Path, student: str) -> None:
    """Say whose Zoe's hand-in is."""
    folder.with_name("matches.csv").write_text(f"hand_in,student\n{ZOE},{student}\n")


def files_of(output: Path, student: str) -> list[str]:
    """Return the files about a student."""
    found = output.rglob(f"{student}.*")
    return sorted(path.relative_to(output).as_posix() for path in found)


def test_a_corrected_match_takes_the_result_away(folder: Path, output: Path) -> None:
    """The student has handed in nothing; the result is kept aside."""
    settle(folder, "-")

    done = run(folder)

    assert files_of(output, "eve") == ["withdrawn/feedback/eve.html", "withdrawn/results/eve.json"]
    assert states(folder)["eve"] == ("not handed in", WITHDRAWN)
    assert "1 earlier result withdrawn, since no readable hand-in counts now: eve" in done.output


def test_a_hand_in_that_cannot_be_read_any_more_takes_the_result_away(
    folder: Path, output: Path
) -> None:
    """All that belongs to the result goes with it."""
    (folder / ADA / WRITER).unlink()
    (folder / ADA / "work.rar").write_bytes(b"Rar!")
    (output / "notebooks" / "ada.ipynb").write_text("{}")
    (output / "trouble").mkdir(exist_ok=True)
    (output / "trouble" / "ada.txt").write_text("x")

    run(folder)

    assert files_of(output, "ada") == [
        "withdrawn/feedback/ada.html",
        "withdrawn/notebooks/ada.ipynb",
        "withdrawn/results/ada.json",
        "withdrawn/trouble/ada.txt",
    ]
    state, reason = states(folder)["ada"]
    assert state == "not readable"
    assert reason == (
        "work.rar cannot be opened: it is of a kind that is not opened here: hand in a zip file; "
        + WITHDRAWN
    )


def test_the_table_says_it_as_long_as_there_is_no_other_result(folder: Path, output: Path) -> None:
    """Also in later runs; once the student hands in again, the grade counts."""
    shutil.move(folder / ADA, folder.with_name("aside"))
    run(folder)
    run(folder)
    second = states(folder)["ada"]
    shutil.move(folder.with_name("aside"), folder / ADA)

    run(folder)

    assert second == ("not handed in", WITHDRAWN)
    assert states(folder)["ada"] == ("complete", "")
    assert "results/ada.json" in files_of(output, "ada")


def test_a_second_withdrawn_result_replaces_the_first(folder: Path, output: Path) -> None:
    """Nothing of the first is left among the files of the second."""
    (output / "trouble").mkdir(exist_ok=True)
    (output / "trouble" / "eve.txt").write_text("x")
    settle(folder, "-")
    run(folder)
    settle(folder, "eve")
    run(folder)
    settle(folder, "-")

    run(folder)

    assert files_of(output, "eve") == ["withdrawn/feedback/eve.html", "withdrawn/results/eve.json"]


def test_a_run_that_would_withdraw_most_results_is_refused(tmp_path: Path) -> None:
    """Nothing is touched: it may have been given a part of the class."""
    students = ["ada", "bob", "cyd", "dan", "eve"]
    for student in students:
        write_result(tmp_path / RESULTS, student, a_grade())

    refuse_withdrawing_most(["ada", "bob", "no result"], tmp_path)
    with pytest.raises(AutograderError) as refused:
        refuse_withdrawing_most(students[2:], tmp_path)

    assert str(refused.value) == (
        f"3 of the 5 students with a result in {tmp_path} lack a hand-in here: cyd, dan, eve:"
        " give the hand-ins of the whole class; if these are really gone, give another --output"
    )


def test_a_run_for_one_student_leaves_the_others_results(folder: Path, output: Path) -> None:
    """It has looked at nobody else."""
    shutil.rmtree(folder / ADA)
    settle(folder, "-")

    run(folder, "--only", "bob")

    assert "results/ada.json" in files_of(output, "ada")
    assert "results/eve.json" in files_of(output, "eve")


def test_students_without_a_grade_are_listed_next_to_the_results(
    folder: Path, output: Path
) -> None:
    """A run for one student changes that student's row alone."""
    settle(folder, "-")
    run(folder)
    before = read_ungraded(output / "results")
    (folder / CYD / "m06.rar").unlink()
    (folder / CYD / WRITER).touch()
    shutil.rmtree(folder / ADA)

    run(folder, "--only", "cyd")

    reason = "m06.rar cannot be opened: it is of a kind that is not opened here: hand in a zip file"
    assert before == {
        "cyd": Ungraded("cyd", "not readable", reason),
        "eve": Ungraded("eve", "not handed in", WITHDRAWN, before["eve"].withdrawn),
    }
    assert before["eve"].withdrawn.startswith("sha256:")
    assert read_ungraded(output / "results") == {"eve": before["eve"]}


def test_a_gradebook_takes_the_list_even_if_no_result_is_left(tmp_path: Path) -> None:
    """Otherwise the points of the last student would stay in it."""
    (tmp_path / "results").mkdir()
    submissions = ClassSubmissions([StudentHandIn.of_folder("ada", tmp_path / "ada")])
    before = files_to_sync(submissions, tmp_path)
    (tmp_path / "results" / "ada.json").touch()

    after = files_to_sync(submissions, tmp_path)

    assert before == [tmp_path / "results"]
    assert after == [tmp_path / "results" / "ada.json"]
