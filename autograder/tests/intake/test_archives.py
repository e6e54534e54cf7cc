"""Archives are opened within bounds, whatever is in them; what cannot be opened is said."""

import bz2
import gzip
import io
import os
import random
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.admission import MAX_ALL_ENTRIES, MAX_FILE_BYTES
from autograder.assignment import Course
from autograder.errors import SubmissionError
from autograder.intake import archives
from autograder.intake.archives import MAX_UNPACKED_BYTES, ArchiveFiles, open_archive
from autograder.intake.hand_ins import StudentHandIn
from autograder.intake.layouts import NOT_GRADED
from autograder.tests.intake.downloads import WRITER, tarred, zipped

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")
FILES = {WRITER: "x = 1\n", "helpers/paging.py": "y = 2\n"}


def names_in(found: ArchiveFiles, folder: str = "") -> list[str]:
    """List all files below a folder."""
    names = []
    for entry in found.entries(folder):
        path = f"{folder}/{entry.name}" if folder else entry.name
        names += names_in(found, path) if entry.is_folder else [path]
    return names


def tar_of(*members: tarfile.TarInfo) -> bytes:
    """Pack members without content."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for member in members:
            archive.addfile(member)
    return packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """Make a member of a tar file."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m06.zip", zipped(FILES)),
        ("m06.ZIP", zipped(FILES)),
        ("m06.tar.gz", tarred(FILES)),
        ("m06.tgz", tarred(FILES)),
        ("m06.tar", gzip.decompress(tarred(FILES))),
        ("m06.tar.bz2", bz2.compress(gzip.decompress(tarred(FILES)))),
    ],
)
def test_usual_archives_are_opened(name: str, content: bytes) -> None:
    """Their files are those that were packed."""
    found = open_archive(name, content)

    assert names_in(found) == ["helpers/paging.py", WRITER]
    assert found.read(WRITER, MAX_FILE_BYTES) == b"x = 1\n"
    assert found.exists("helpers")


@pytest.mark.parametrize("name", ["../x.py", "/x.py", "C:\\x.py", "a/../../x.py", "..\\x.py", "."])
def test_names_that_lead_out_are_left_out(name: str) -> None:
    """Whether by zip or tar."""
    files = {name: "bad", WRITER: "good"}

    found = [open_archive("x.zip", zipped(files)), open_archive("x.tgz", tarred(files))]

    assert [names_in(archive) for archive in found] == [[WRITER], [WRITER]]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_links_and_devices_in_a_tar_file_are_left_out(kind: bytes) -> None:
    """Nothing is followed."""
    content = tar_of(member("x.py", kind, "/etc/passwd"), member(WRITER))

    assert names_in(open_archive("x.tar", content)) == [WRITER]


def test_links_in_a_zip_file_are_left_out() -> None:
    """They are files whose mode says that they are links."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("x.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(WRITER, "")

    assert names_in(open_archive("x.zip", packed.getvalue())) == [WRITER]


def test_names_in_utf_8_that_are_not_marked_as_such_are_read() -> None:
    """Many programs write them so."""
    content = zipped({"größe.py": ""})
    # The flag that says UTF-8, in the local header and in the list of members.
    plain = content.replace(struct.pack("<HH", 20, 0x800), struct.pack("<HH", 20, 0))

    assert plain != content
    assert names_in(open_archive("x.zip", plain)) == ["größe.py"]


def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(300):
            archive.writestr(f"{number}.py", bytes(MAX_FILE_BYTES))
    return packed.getvalue()


def _tar_bomb() -> bytes:
    giant = member("video.mp4")
    giant.size = 4 * MAX_UNPACKED_BYTES
    header = giant.tobuf()
    zeros = gzip.compress(bytes(64 << 20))
    return gzip.compress(header) + zeros * 16


def _too_many() -> bytes:
    return gzip.compress(tar_of(*(member(f"{number}.py") for number in range(MAX_ALL_ENTRIES + 2))))


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("x.zip", _zip_bomb, "holds too much"),
        ("x.tgz", _tar_bomb, "holds too much"),
        ("x.tgz", _too_many, "holds too much"),
        ("x.rar", lambda: b"Rar!", "hand in a zip file"),
        ("x.7z", lambda: b"7z", "hand in a zip file"),
        ("x.zip", lambda: b"not a zip file", "damaged, or no archive"),
        ("x.zip", lambda: zipped(FILES)[:-30], "damaged, or no archive"),
        ("x.tar.gz", lambda: b"not a tar file", "damaged, or no archive"),
        ("x.tar.gz", lambda: tarred(FILES)[:40], "damaged, or no archive"),
    ],
)
def test_what_cannot_be_opened_is_said(name: str, make: Callable[[], bytes], message: str) -> None:
    """And takes little memory to find out."""
    content = make()
    tracemalloc.start()

    with pytest.raises(SubmissionError, match=message):
        open_archive(name, content)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * MAX_UNPACKED_BYTES


def test_a_list_of_members_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member would take a kilobyte of memory."""
    content = zipped({f"{number}.py": "" for number in range(50)})
    monkeypatch.setattr(archives, "MAX_DIRECTORY_BYTES", 1000)

    with pytest.raises(SubmissionError, match="holds too much"):
        open_archive("x.zip", content)


def test_a_password_is_said() -> None:
    """The flag of encryption is in the list of members."""
    content = zipped({WRITER: "x = 1\n"})
    at = content.rfind(b"PK\x01\x02")
    locked = content[: at + 8] + b"\x01" + content[at + 9 :]

    with pytest.raises(SubmissionError, match="password"):
        open_archive("x.zip", locked)


@given(st.sampled_from([".zip", ".tar", ".tgz", ".tar.bz2"]), st.integers(0, 2**32))
def test_damaged_archives_never_raise_anything_else(ending: str, seed: int) -> None:
    """Bytes of real archives, changed at random."""
    rng = random.Random(seed)
    make = zipped if ending == ".zip" else tarred
    content = bytearray(make(FILES))
    if ending == ".tar":
        content = bytearray(gzip.decompress(bytes(content)))
    for _ in range(rng.randint(1, 8)):
        content[rng.randrange(len(content))] = rng.randrange(256)

    try:
        found = names_in(open_archive(f"x{ending}", bytes(content)))
    except SubmissionError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert len(found) <= len(FILES)


def test_a_student_who_packs_the_files_is_graded_with_a_note(tmp_path: Path) -> None:
    """The archive may have a folder around the files."""
    (tmp_path / "m06.zip").write_bytes(zipped({f"m06/{WRITER}": "x = 1\n", "__MACOSX/._m06": ""}))

    submission = StudentHandIn.of_folder("ada", tmp_path).read(ASSIGNMENT)

    assert submission.files == {WRITER: b"x = 1\n"}
    assert submission.notes == ("the files are taken from 'm06.zip': hand them in unpacked",)


def test_an_archive_beside_the_graded_files_is_not_opened(tmp_path: Path) -> None:
    """What lies at the top counts."""
    (tmp_path / "old.zip").write_bytes(zipped({WRITER: "old"}))
    (tmp_path / WRITER).write_text("new")

    submission = StudentHandIn.of_folder("ada", tmp_path).read(ASSIGNMENT)

    assert submission.files[WRITER] == b"new"
    assert submission.notes == (f"'old.zip' {NOT_GRADED}",)


def test_two_folders_with_graded_files_are_not_chosen_between(tmp_path: Path) -> None:
    """The missing files are named as for any other hand-in."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / WRITER).touch()

    submission = StudentHandIn.of_folder("ada", tmp_path).read(ASSIGNMENT)

    assert WRITER not in submission.files
    assert WRITER in submission.missing


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    """The others are still graded."""
    (tmp_path / "ada").mkdir(mode=0)

    with pytest.raises(SubmissionError, match="cannot be read"):
        StudentHandIn.of_folder("ada", tmp_path / "ada").read(ASSIGNMENT)
