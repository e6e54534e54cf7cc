"""The zip of feedback pages has the names of the download, and drops no page quietly."""

import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.gradebook.book import Book
from autograder.tests.gradebook.students import a_grade, hand_in, make_book, write_result

FILE = "kinesis_multi_shard.py"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Make a gradebook in which ada and bob have grades."""
    made = make_book(tmp_path / "book", {"ada": "Ada Lovelace", "bob": "Bob Byte", "cyd": "Cyd"})
    for student in ("ada", "bob"):
        write_result(tmp_path / "results", student, a_grade())
    made.sync([tmp_path / "results"])
    return made


def pack(book: Book, download: Path) -> tuple[dict[str, str], str, int]:
    """Write the zip; return its files, what was said on stderr, and the exit code."""
    output = book.folder / "feedback.zip"
    arguments = ["gradebook", "feedback-zip", str(download), str(output)]
    done = CliRunner().invoke(app, [*arguments, "--gradebook", str(book.folder)])
    if not output.exists():
        return {}, done.stderr, done.exit_code
    with zipfile.ZipFile(output) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    return files, done.stderr, done.exit_code


def write(path: Path) -> None:
    """Write a graded file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1\n")


def test_moodle_s_folders_come_back_with_a_page_each(book: Book, tmp_path: Path) -> None:
    """Also where a student only typed text; who handed in nothing has none."""
    download = tmp_path / "download"
    write(download / "Ada Lovelace_11_assignsubmission_file_" / FILE)
    write(download / "Bob Byte_12_assignsubmission_onlinetext_" / "onlinetext.html")

    files, said, code = pack(book, download)

    assert sorted(files) == [
        "Ada Lovelace_11_assignsubmission_file_/feedback.html",
        "Bob Byte_12_assignsubmission_file_/feedback.html",
    ]
    assert all("<title>" in page for page in files.values())
    assert (said, code) == ("", 0)


def test_loose_files_of_moodle_come_back_as_loose_files(book: Book, tmp_path: Path) -> None:
    """The names begin as in the download."""
    download = tmp_path / "download"
    for start in ("Ada Lovelace_11", "Bob Byte_12"):
        write(download / f"{start}_assignsubmission_file_{FILE}")

    files, _, code = pack(book, download)

    assert sorted(files) == [
        "Ada Lovelace_11_assignsubmission_file_feedback.html",
        "Bob Byte_12_assignsubmission_file_feedback.html",
    ]
    assert code == 0


def test_canvas_gets_both_of_its_numbers_back(book: Book, tmp_path: Path) -> None:
    """That of the student, and that of a file that was handed in; text alone has no such file."""
    download = tmp_path / "download"
    write(download / f"lovelaceada_LATE_100_4711_{FILE}")
    write(download / "bytebob_101_text.html")

    files, said, code = pack(book, download)

    assert list(files) == ["lovelaceada_100_4711_feedback.html"]
    assert "bob: 'bytebob_101' is not a name that Moodle or Canvas gives" in said
    assert code == 1


def test_pages_without_a_name_to_upload_them_under_are_named(book: Book, tmp_path: Path) -> None:
    """Folders that a person named lead back to no LMS, so nothing is written."""
    hand_in(tmp_path / "download", "ada")

    files, said, code = pack(book, tmp_path / "download")

    assert files == {}
    assert "ada: 'ada' is not a name that Moodle or Canvas gives" in said
    assert "bob: the download lacks a hand-in of this student" in said
    assert code == 1
