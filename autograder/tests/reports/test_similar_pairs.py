"""Which submissions are alike: which code counts, and how the share is computed."""

import random
from collections.abc import Iterable

from autograder.reports.similar_pairs import FEWEST_COMMON, Comparison, Sources, compare

FILE = "kinesis_read_shards.py"


def code(seed: int, functions: int = 6) -> str:
    """Make code that is different for each seed."""
    rng = random.Random(seed)
    words = ("get", "put", "list", "merge", "split", "describe", "tag", "count")
    return "\n".join(
        f"def f{number}(client, x):\n"
        + "".join(
            f"    x = client.{rng.choice(words)}_{rng.choice(words)}"
            f"({rng.choice(words)}=x, {rng.choice(words)}=[{rng.randrange(9)}])\n"
            for _ in range(6)
        )
        for number in range(functions)
    )


def student(name: str, *sources: str) -> Sources:
    """Make a student with a file, and perhaps helpers."""
    names = (FILE, "helper.py", "more.py")
    return Sources(name, {at: source.encode() for at, source in zip(names, sources, strict=False)})


def compared(*students: Sources, handed_out: Iterable[str] = ()) -> Comparison:
    """Compare some students."""
    return compare(students, [source.encode() for source in handed_out], 50)


def shares(comparison: Comparison) -> list[tuple[str, str, float]]:
    """Return the pairs with their shares in percent."""
    return [
        (pair.first.student, pair.second.student, round(pair.share, 2)) for pair in comparison.pairs
    ]


def test_renamed_code_is_found_among_others() -> None:
    """And nothing else."""
    renamed = code(1).replace("x", "total").replace("client", "c")

    found = compared(
        *(student(f"s{number}", code(number)) for number in range(5)), student("z", renamed)
    )

    assert shares(found) == [("s1", "z", 1.0)]
    assert (found.students, found.left_out) == (6, ())


def test_code_in_another_order_or_file_is_found() -> None:
    """A helper module is part of a submission."""
    first, second = code(1), code(2)

    found = compared(student("a", first + second), student("b", "import helper\n" + second, first))

    ((*_, share),) = shares(found)
    assert share > 0.9


def test_the_share_is_that_of_the_smaller_one() -> None:
    """Copying a part of a large submission ranks as high as copying a whole small submission."""
    found = compared(student("a", code(1) + code(2) + code(3)), student("b", code(2)))

    assert shares(found) == [("a", "b", 1.0)]


def test_code_that_was_handed_out_does_not_count() -> None:
    """Two students who only kept it are not alike."""
    found = compared(
        student("a", code(1) + code(2)), student("b", code(1) + code(3)), handed_out=[code(1)]
    )

    assert found.pairs == ()


def test_students_who_wrote_too_little_are_named_and_not_compared() -> None:
    """They handed in only the stubs, or nothing."""
    found = compared(
        student("a", code(1)), student("b", code(1)), student("c"), handed_out=[code(1)]
    )

    assert found.pairs == ()
    assert found.left_out == tuple(
        f"{name}: has too little code of its own to be compared" for name in "abc"
    )


def test_code_that_many_share_does_not_count() -> None:
    """With one student fewer, the pairs would be found."""
    many = [
        student(f"s{number:02}", code(number) + code(99)) for number in range(FEWEST_COMMON + 1)
    ]

    assert compared(*many).pairs == ()
    assert len(compared(*many[1:]).pairs) == FEWEST_COMMON * (FEWEST_COMMON - 1) // 2


def test_a_file_that_cannot_be_read_is_named_and_skipped() -> None:
    """The student's other files are compared."""
    found = compared(student("a", code(1), "x = ("), student("b", code(1), "\0"))

    assert shares(found) == [("a", "b", 1.0)]
    assert "a: helper.py: it is not Python" in found.left_out


def test_the_most_alike_come_first_and_the_rest_are_counted() -> None:
    """Equal pairs are sorted by name, so the page is the same each time."""
    students = [
        student("a", code(1)),
        student("b", code(1)),
        student("c", code(1) + code(2)),
        student("d", code(2) + code(3)),
    ]

    found = compare(reversed(students), [], 2)

    assert [share for *_, share in shares(found)] == [1.0, 1.0]
    assert found.found > len(found.pairs) == 2


def test_of_a_submission_with_too_many_files_the_first_are_compared() -> None:
    """The others are reported."""
    files = {f"m{number}.py": code(number, 1).encode() for number in range(50)}

    found = compare([Sources("a", files), student("b", code(1))], [], 50)

    assert "a: has more than 20 files; some are not in" in found.left_out
