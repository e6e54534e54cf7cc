"""Which submissions are alike: which code counts, and how the share is computed."""

import ast
import random
from collections.abc import Iterable

import pytest

from autograder.cli.similarity import handed_out
from autograder.reports.similar_pairs import (
    MOST_BYTES,
    Comparison,
    SimilarGroup,
    Sources,
    compare,
)
from autograder.tests.reports.made_class import (
    MadeClass,
    disguised_files,
    make_class,
    small_class,
    whole_programs,
)
from autograder.tests.student_repository.clone import ASSIGNMENT, COURSE

FILE = "kinesis_read_shards.py"
HALF = 0.5


def code(seed: int, functions: int = 6) -> str:
    """Make code that is different for each seed."""
    rng = random.Random(seed)
    words = ("get", "put", "list", "merge", "split", "describe", "tag", "count")
    return "\n".join(
        f"def f{number}(client, x):\n"
        + "".join(
            f"    x = client.{rng.choice(words)}_{rng.choice(words)}"
            f"({rng.choice(words)}_to=x, {rng.choice(words)}=[{rng.randrange(9)}])\n"
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
        f"{name}: has too little own code to be compared" for name in "abc"
    )


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
        student("c", code(2)),
        student("d", code(2)),
        student("e", code(3) + code(4)),
        student("f", code(3) + code(5)),
    ]

    found = compare(reversed(students), [], 2)

    assert shares(found) == [("a", "b", 1.0), ("c", "d", 1.0)]
    assert found.found == 3


def test_of_a_submission_with_too_many_files_the_first_are_compared() -> None:
    """The others are reported."""
    files = {f"m{number}.py": code(number, 1).encode() for number in range(50)}

    found = compare([Sources("a", files), student("b", code(1))], [], 50)

    assert "a: has more than 20 files; some are not in" in found.left_out


def test_no_more_than_the_bound_is_compared_of_one_submission() -> None:
    """What is left out is named; smaller files after it are compared."""
    large = b"x = 1\n" * (MOST_BYTES // 8)
    files = {"large.py": large, "larger.py": large, FILE: code(1).encode()}

    found = compare([Sources("a", files), student("b", code(1))], [], 50)

    assert "a: larger.py: left out, as at most 64 KiB of code are compared" in found.left_out
    assert shares(found) == [("a", "b", 1.0)]


def members(group: SimilarGroup) -> set[str]:
    """Return the students of a group."""
    return {member.student for member in group.members}


@pytest.mark.parametrize("disguised", [False, True])
def test_fourteen_copies_among_forty_others_are_one_group(disguised: bool) -> None:
    """However many share code, it counts: no pair of a copy and another program is as similar."""
    copied, *programs = whole_programs()
    rng = random.Random(0)
    copies = {
        f"copy-{number:02}": disguised_files(copied, rng, 13) if disguised else copied
        for number in range(14)
    }
    others = [*programs, *small_class().submissions.values()][:40]
    students = {**copies, **{f"other-{number:02}": files for number, files in enumerate(others)}}

    found = compare([Sources(name, files) for name, files in students.items()], [], 50)

    assert [members(group) for group in found.groups] == [set(copies)]
    assert not [pair for pair in found.pairs if "copy" in pair.first.student + pair.second.student]


def test_fourteen_who_copied_the_same_file_are_one_group() -> None:
    """What else they wrote, twice as much, is different."""
    copiers = [student(f"s{at:02}", code(99), code(at), code(100 + at)) for at in range(14)]
    others = [student(f"t{at:02}", code(200 + at)) for at in range(40)]

    found = compared(*copiers, *others)

    names = {submission.student for submission in copiers}
    assert [members(group) for group in found.groups] == [names]
    assert not [pair for pair in shares(found) if names.issuperset(pair[:2])]


def test_similar_submissions_form_no_chain() -> None:
    """Each is similar to the next, but the first has nothing of the last."""
    parts = [code(seed, 3) for seed in range(8)]
    students = [student(f"s{at}", "".join(parts[at : at + 3])) for at in range(6)]

    found = compared(*students)

    assert [len(group.members) for group in found.groups] == [3]
    assert min(pair.share_of_larger for pair in found.groups[0].pairs) >= 0.5
    assert found.found > 0


def test_a_submission_with_two_others_in_it_makes_no_group() -> None:
    """The two have nothing in common; each pair is shown."""
    found = compared(
        student("a", code(1) + code(2) + code(3)), student("b", code(1)), student("c", code(2))
    )

    assert found.groups == ()
    assert [pair[:2] for pair in shares(found)] == [("a", "b"), ("a", "c")]


def test_pairs_of_a_group_are_shown_once() -> None:
    """Not those within it; of those with a student outside, the most similar."""
    group = [student(name, code(1)) for name in "abcd"]
    outside = student("x", code(1, 3) + code(2) + code(3) + code(4))

    found = compared(*group, outside)

    assert [members(group) for group in found.groups] == [set("abcd")]
    assert [pair[:2] for pair in shares(found)] == [("a", "x")]


def test_a_class_is_compared_with_known_code_and_known_code_not_with_itself() -> None:
    """Known code is the second of a pair, and in no group."""
    known = [Sources(name, student(name, code(1)).files, "2025") for name in ("k", "l")]

    found = compare([student("a", code(1)), student("b", code(2))], [], 50, known)

    assert shares(found) == [("a", "k", 1.0), ("a", "l", 1.0)]
    assert {pair.second.origin for pair in found.pairs} == {"2025"}
    assert (found.students, found.others, found.groups) == (2, 2, ())


def ranking(made: MadeClass) -> list[tuple[frozenset[str], float]]:
    """Return the pairs of a made class, the most similar first."""
    submissions = [Sources(*submission) for submission in made.submissions.items()]
    found = compare(submissions, handed_out(COURSE, ASSIGNMENT), 1000)
    assert found.groups == ()
    return [
        (frozenset({pair.first.student, pair.second.student}), pair.share) for pair in found.pairs
    ]


@pytest.mark.parametrize("seed", range(2))
def test_twenty_disguised_copies_come_before_all_honest_pairs(seed: int) -> None:
    """Each copy has all disguises; no honest pair is shown at all."""
    made = make_class(seed)

    found = ranking(made)

    assert {pair for pair, _ in found} == made.copies
    assert min(share for _, share in found) > HALF


def test_honest_solutions_of_one_small_exercise_are_not_shown() -> None:
    """They share up to 40 %, as they are short: more is asked of short submissions."""
    assert ranking(small_class()) == []


def test_a_short_part_of_an_honest_program_is_not_shown() -> None:
    """Of a function or two, another program may have two thirds; a copy of them is shown."""
    programs = whole_programs()
    functions = [
        ast.unparse(statement).encode()
        for name, content in programs[0].items()
        for statement in ast.parse(content).body
        if isinstance(statement, ast.FunctionDef) and name.endswith(".py")
    ]
    others = [Sources(f"other-{at}", files) for at, files in enumerate(programs[1:])]
    given = handed_out(COURSE, ASSIGNMENT)

    for function in functions:
        part = Sources("part", {FILE: function})
        copied = Sources("whole", programs[0])
        honest = compare([part, *others], given, 50).pairs
        copies = compare([part, copied], given, 50)

        assert "part" not in {pair.second.student for pair in honest}
        assert copies.left_out or [pair.share for pair in copies.pairs] == [1.0]


def test_comments_do_not_make_a_file_too_large() -> None:
    """Only code counts."""
    padded = code(1) + "#" + "x" * (MOST_BYTES + 1) + "\n"

    found = compared(student("a", code(1)), student("b", padded))

    assert shares(found) == [("a", "b", 1.0)]
    assert found.left_out == ()
