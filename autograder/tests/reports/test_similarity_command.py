"""`autograder similarity`, from a class's folder to the page."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.cli.similarity import handed_out
from autograder.reports.similar_pairs import Sources, compare
from autograder.tests.reports.test_similar_pairs import code
from autograder.tests.student_repository.clone import ASSIGNMENT, COURSE, REPOSITORY, SOLUTION

Run = Callable[..., tuple[int, str, str]]
WRITER = "kinesis_multi_shard.py"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line and returns the exit code and output."""

    def run_it(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["autograder", "similarity", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return code if isinstance(code, int) else 0, *capsys.readouterr()

    return run_it


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Make a class: two students with alike code, one with other code, one with only the stubs."""
    folder = tmp_path / "class"
    for name, seed in {"ada": 1, "bob": 1, "cyd": 2, "dan": None}.items():
        shutil.copytree(REPOSITORY, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        if seed is not None:
            with (folder / name / WRITER).open("a") as file:
                file.write(code(seed))
    return folder


def test_a_class_becomes_a_page(run: Run, school: Path, tmp_path: Path) -> None:
    """Stubs and visible checks do not count."""
    code, out, err = run(school, "--output", tmp_path / "page.html")

    page = (tmp_path / "page.html").read_text("utf-8")
    assert (code, out) == (0, "3 submissions compared, 1 similar pair found\n")
    assert "dan: has too little own code" in err
    assert "<bdi>ada</bdi></td><td><bdi>bob</bdi></td>" in page
    assert "<bdi>cyd</bdi>" not in page


def test_names_can_be_hidden(run: Run, school: Path, tmp_path: Path) -> None:
    """They are hidden on the page; the instructor still sees them in the terminal."""
    run(school, "--output", tmp_path / "page.html", "--anonymous")

    assert "bob" not in (tmp_path / "page.html").read_text("utf-8")


def test_a_bad_submission_does_not_stop_the_comparison(
    run: Run, school: Path, tmp_path: Path
) -> None:
    """It has links, folders instead of files, broken code, and names that look like commands."""
    (school / "cyd" / WRITER).unlink()
    (school / "cyd" / WRITER).symlink_to("/etc/passwd")
    (school / "eve").mkdir()
    (school / "eve" / WRITER).mkdir()
    (school / "eve" / "kinesis_read_shards.py").write_bytes(b"x = (")
    (school / "::error::x").mkdir()

    code, out, err = run(school, "--output", tmp_path / "page.html")

    assert code == 0
    assert "1 similar pair found" in out
    assert "eve: kinesis_read_shards.py: it is not Python" in err
    assert "::" not in err
    assert "root:" not in (tmp_path / "page.html").read_text("utf-8")


def test_the_class_is_compared_with_a_solution_and_with_another_year(
    run: Run, school: Path, tmp_path: Path
) -> None:
    """`--against` takes the folder of one solution, or of a class, and may be repeated."""
    shutil.copytree(school / "cyd", tmp_path / "solution")
    shutil.copytree(school / "ada", tmp_path / "year-2025" / "zoe")
    shutil.copytree(school / "ada", tmp_path / "year-2025" / "yan")

    code, out, _ = run(
        *(school, "--output", tmp_path / "page.html", "--against", tmp_path / "solution"),
        *("--against", tmp_path / "year-2025"),
    )

    page = (tmp_path / "page.html").read_text("utf-8")
    assert (code, out) == (0, "3 submissions compared, 6 similar pairs found\n")
    assert "<bdi>cyd</bdi></td><td><bdi>solution</bdi> from <bdi>solution</bdi></td>" in page
    assert "<bdi>ada</bdi></td><td><bdi>zoe</bdi> from <bdi>year-2025</bdi></td>" in page
    assert "<bdi>yan</bdi> from <bdi>year-2025</bdi></td><td>" not in page


def test_a_roster_gives_names_and_who_is_not_in_it_is_compared_too(
    run: Run, school: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The course file's, or another one; hand-ins may be packed."""
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "course.toml").write_text('timezone = "UTC"\n')
    (tmp_path / "course" / "roster.csv").write_text("id,name\nada,Ada Lovelace\ncyd,Cyd Roe\n")
    shutil.copy(tmp_path / "course" / "roster.csv", tmp_path / "other.csv")
    shutil.make_archive(str(tmp_path / "packed"), "zip", school / "bob")
    shutil.rmtree(school / "bob")
    (school / "bob").mkdir()
    shutil.move(tmp_path / "packed.zip", school / "bob" / "all.zip")
    monkeypatch.chdir(tmp_path)

    run(school, "--output", "page.html", "--assignment", ASSIGNMENT.id)
    shutil.rmtree(tmp_path / "course")
    run(school, "--output", "p.html", "--assignment", ASSIGNMENT.id, "--roster", "other.csv")

    for name in ("page.html", "p.html"):
        page = (tmp_path / name).read_text("utf-8")
        assert "<bdi>Ada Lovelace (ada)</bdi></td><td><bdi>bob</bdi></td>" in page


def test_what_is_said_to_students_is_not_said_to_the_instructor(
    run: Run, school: Path, tmp_path: Path
) -> None:
    """A packed hand-in is compared; the lines say that there is nothing to do about it."""
    shutil.make_archive(str(tmp_path / "packed"), "zip", school / "bob")
    shutil.rmtree(school / "bob")
    (school / "bob").mkdir()
    shutil.move(tmp_path / "packed.zip", school / "bob" / "all.zip")

    code, out, err = run(school, "--output", tmp_path / "page.html")

    assert (code, out) == (0, "3 submissions compared, 1 similar pair found\n")
    lines = err.splitlines()
    told = "bob's feedback says: the files are taken from 'all.zip': hand them in unpacked"
    assert told in lines
    assert lines[-1] == (
        "nothing to unpack or move: all files are compared, except those that are left out"
    )


def test_groups_are_counted(run: Run, school: Path, tmp_path: Path) -> None:
    """They come before the pairs."""
    shutil.copytree(school / "ada", school / "eve")

    _, out, _ = run(school, "--output", tmp_path / "page.html")

    assert out == "4 submissions compared, 1 group and 0 similar pairs found\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-folder", "--output", "x.html", "--assignment", ASSIGNMENT.id], "cannot be read"),
        (
            [".", "--output", "no/such/x.html", "--assignment", ASSIGNMENT.id],
            "give a file in a folder that",
        ),
        ([".", "--output", "x.html", "--assignment", "m99"], "unknown assignment"),
        (
            [".", "--output", "x.html", "--assignment", ASSIGNMENT.id, "--against", "no-such"],
            "cannot be read",
        ),
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


def test_two_copies_of_the_solution_are_alike_and_stubs_are_not_compared() -> None:
    """With the real assignment, the code that replaces the stubs is enough to compare."""
    files = {name: text for name, text in SOLUTION.files.items() if name.endswith(".py")}
    stubs = {name: (REPOSITORY / name).read_bytes() for name in files}
    renamed = {name: text.replace(b"stream_name", b"log") for name, text in files.items()}
    given = handed_out(COURSE, ASSIGNMENT)

    found = compare([Sources("a", files), Sources("b", renamed), Sources("c", stubs)], given, 50)

    ((first, second, share),) = [
        (pair.first.student, pair.second.student, pair.share) for pair in found.pairs
    ]
    assert (first, second) == ("a", "b")
    assert share > 0.9
    assert found.left_out == ("c: has too little own code to be compared",)
