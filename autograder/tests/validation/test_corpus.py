"""The corpus: the headers of its files, and how submissions are assembled."""

from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.errors import AssignmentError
from autograder.submission import read_submission
from autograder.validation.corpus import read_corpus

COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load("m06_partitioned_logs")
SOLUTION = read_submission(COURSE.solutions / ASSIGNMENT.id, ASSIGNMENT)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("wrong", "def f(): ...\n", "does not begin with"),
        ("wrong", "# /// submission\n# file = 3\n# ///\n", "its header is wrong"),
        ("wrong", "# /// submission\n# file = \n# ///\n", "its header is wrong"),
        ("wrong", '# /// submission\n# file = "x.py"\n# ///\n', "is not a graded file"),
        (
            "wrong",
            '# /// submission\n# file = "compare_with_sqs.py"\n# ///\n',
            "submissions in wrong/ must list in `fails` what they fail",
        ),
        (
            "right",
            '# /// submission\n# file = "compare_with_sqs.py"\n# fails = ["a"]\n# ///\n',
            "those in right/ must not",
        ),
    ],
)
def test_a_wrong_header_is_named_with_its_file(
    kind: str, text: str, words: str, tmp_path: Path
) -> None:
    """The error tells a maintainer which file to fix, and what is wrong with it."""
    (tmp_path / kind).mkdir()
    (tmp_path / kind / "mine.py").write_text(text)

    with pytest.raises(AssignmentError, match=words) as caught:
        read_corpus(tmp_path, ASSIGNMENT)

    assert "mine.py" in str(caught.value)


def test_a_submission_that_stands_alone_replaces_the_solutions_file(tmp_path: Path) -> None:
    """With `alone = true`, nothing of the solution's file is kept."""
    (tmp_path / "right").mkdir()
    text = '# /// submission\n# file = "compare_with_sqs.py"\n# alone = true\n# ///\nx = 1\n'
    (tmp_path / "right" / "mine.py").write_text(text)

    (declared,) = read_corpus(tmp_path, ASSIGNMENT)

    assert declared.assemble(SOLUTION).files["compare_with_sqs.py"] == text.encode()


def test_a_folder_includes_helper_modules(tmp_path: Path) -> None:
    """The file with the header is graded, and the others are put next to it."""
    folder = tmp_path / "right" / "mine"
    (folder / "package").mkdir(parents=True)
    (folder / "compare_with_sqs.py").write_text(
        '# /// submission\n# file = "compare_with_sqs.py"\n# ///\nimport package.deep\n'
    )
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "deep.py").write_text("x = 1\n")

    (declared,) = read_corpus(tmp_path, ASSIGNMENT)

    files = declared.assemble(SOLUTION).files
    assert files["package/deep.py"] == b"x = 1\n"
    assert files["compare_with_sqs.py"].endswith(b"import package.deep\n")
    assert declared.name == "right/mine"


def test_a_folder_may_hold_a_whole_program(tmp_path: Path) -> None:
    """Each graded file in it replaces the solution's file unchanged."""
    folder = tmp_path / "right" / "mine"
    folder.mkdir(parents=True)
    (folder / "compare_with_sqs.py").write_text(
        '# /// submission\n# file = "compare_with_sqs.py"\n# alone = true\n# ///\n'
    )
    reader = "\ufeffimport compare_with_sqs\r\n".encode()
    (folder / "kinesis_read_shards.py").write_bytes(reader)

    (declared,) = read_corpus(tmp_path, ASSIGNMENT)

    files = declared.assemble(SOLUTION).files
    assert declared.files == {"compare_with_sqs.py", "kinesis_read_shards.py"}
    assert files["kinesis_read_shards.py"] == reader
    assert files["kinesis_multi_shard.py"] == SOLUTION.files["kinesis_multi_shard.py"]
