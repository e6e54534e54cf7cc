"""`extend` and `excuse` change one entry of `course.toml`, and nothing else in the file."""

import difflib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.course.policy_edits import excuse, extend
from autograder.errors import PolicyError, RosterError
from autograder.gradebook.book import Book
from autograder.gradebook.roster import read_roster
from autograder.policy import read_policy
from autograder.tests.course.command_line import CommandLine
from autograder.tests.gradebook.students import ASSIGNMENT, PLAN

EXAMPLE = Path(__file__).parents[2] / "docs/reference/course.example.toml"
ROSTER = """id,name,email,login
ada,Ada Lovelace,ada@example.org,Ada
grace,Grace Hopper,grace@example.org,grace
4711,Jo Roe,jo@example.org,
4712,Jo Roe,jo.roe@example.org,
"""
NOTED = """# The course
timezone = "Europe/Berlin"   # of all times
organization = "course"
repository = "m06-{login}"

[extensions] # by login
ada = 2026-12-08T23:59:00 # was ill

# late work
[late]
percent_per_day = 10
[deadline]
at = 2026-12-01T23:59:59
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Lay out a course with comments in its file."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "course.toml").write_text(NOTED)
    return tmp_path / "course.toml"


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that were removed and added."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def due(course: Path, student: str) -> datetime | None:
    """Return when a student's work is due."""
    policy = read_policy(course)
    return policy.due(read_roster(policy.roster).find(student))


def test_a_date_means_the_time_of_the_deadline(course: Path) -> None:
    """The line says the time before and after; only one line of the file changes."""
    said = extend(course, "grace", "2026-12-09")

    assert said == "grace: due 2026-12-01 23:59:59 -> 2026-12-09 23:59:59 (Europe/Berlin)"
    assert changed_lines(NOTED, course.read_text()) == ["+ grace = 2026-12-09T23:59:59"]
    assert due(course, "grace") == datetime(2026, 12, 9, 22, 59, 59, tzinfo=UTC)


def test_an_extension_is_changed_where_it_stands(course: Path) -> None:
    """By whichever name the student is called; the comment next to it stays."""
    said = extend(course, "ADA@example.org", "2026-12-10T18:00")

    assert said == "ada: due 2026-12-08 23:59 -> 2026-12-10 18:00 (Europe/Berlin)"
    assert changed_lines(NOTED, course.read_text()) == [
        "- ada = 2026-12-08T23:59:00 # was ill",
        "+ ada = 2026-12-10T18:00:00 # was ill",
    ]


def test_a_time_may_have_an_offset(course: Path) -> None:
    """The line says it by the clocks of the course."""
    said = extend(course, "4711", "2026-12-09T12:00+00:00")

    assert said.endswith("-> 2026-12-09 13:00 (Europe/Berlin)")
    assert due(course, "4711") == datetime(2026, 12, 9, 12, tzinfo=UTC)


def test_comments_between_tables_stay_above_what_they_are_about(course: Path) -> None:
    """New entries come below the others of their table, and not below the comments that follow."""
    text = NOTED.replace('}"\n', '}"\n\n# by login\n').replace(
        "# late work", "# late work\n# costs"
    )
    course.write_text(text)

    extend(course, "grace", "2026-12-09")
    excuse(course, "grace", excused=True)

    lines = course.read_text().splitlines()
    assert lines[lines.index("grace = 2026-12-09T23:59:59") - 1].startswith("ada = ")
    assert lines[lines.index('excused = ["grace"]') - 1].startswith("repository = ")
    assert [line for line in lines if "grace" not in line or "=" not in line] == text.splitlines()


def test_the_same_twice_changes_nothing(course: Path) -> None:
    """Also if the file writes it in another form."""
    course.write_text(NOTED.replace("2026-12-08T23:59:00", "2026-12-08 22:59:00Z"))
    before = course.read_bytes()

    said = extend(course, "ada", "2026-12-08T23:59")

    assert said == "ada: due 2026-12-08 23:59 (Europe/Berlin) already, nothing changed"
    assert course.read_bytes() == before


def test_an_extension_can_be_removed(course: Path) -> None:
    """Then the deadline counts again; removing it twice changes nothing."""
    said = [extend(course, "ada", None) for _ in range(2)]

    assert said == [
        "ada: due 2026-12-08 23:59 -> 2026-12-01 23:59:59 (Europe/Berlin)",
        "ada: due 2026-12-01 23:59:59 (Europe/Berlin) already, nothing changed",
    ]
    assert changed_lines(NOTED, course.read_text()) == ["- ada = 2026-12-08T23:59:00 # was ill"]


def test_an_entry_that_the_policy_does_not_find_is_replaced(course: Path) -> None:
    """An e-mail address names no extension, so that the entry had no effect."""
    course.write_text(NOTED.replace("ada =", '"ada@example.org" ='))

    extend(course, "ada", "2026-12-08T23:59")

    assert list(read_policy(course).extensions) == ["ada"]


def test_a_student_is_excused_once(course: Path) -> None:
    """The key is written above the tables."""
    said = [excuse(course, "Grace", excused=True) for _ in range(2)]

    assert said == ["grace: counts -> excused", "grace: excused already, nothing changed"]
    assert changed_lines(NOTED, course.read_text()) == ['+ excused = ["grace"]']
    assert read_policy(course).excused == ("grace",)


def test_an_excuse_can_be_removed(course: Path) -> None:
    """The entries of others stay as they are written."""
    text = NOTED.replace("\n[ext", 'excused = [\n  "4711", # moved away\n  "GRACE",\n]\n\n[ext')
    course.write_text(text)

    said = [excuse(course, "grace", excused=False) for _ in range(2)]

    assert said == ["grace: excused -> counts", "grace: counts already, nothing changed"]
    assert changed_lines(text, course.read_text()) == ['-   "GRACE",']


def test_entries_of_somebody_who_left_can_be_removed(course: Path) -> None:
    """Until then, no command can use the file."""
    text = NOTED.replace("ada =", "gone =").replace("\n[ext", 'excused = ["gone"]\n\n[ext')
    course.write_text(text)

    extend(course, "gone", None)
    excuse(course, "gone", excused=False)

    assert read_policy(course).extensions == {}
    assert read_policy(course).excused == ()
    with pytest.raises(PolicyError, match="'gone' is not in the roster"):
        extend(course, "gone", None)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(NOTED, id="a table"),
        pytest.param(EXAMPLE.read_text(), id="the example"),
        pytest.param(
            re.sub(r"(?m)^(\[extensions\]|#LOGIN).*\n", "", EXAMPLE.read_text()),
            id="only other tables",
        ),
        pytest.param(
            NOTED.replace("# was ill\n", "# was ill\nAda = 2026-12-09T12:00:00Z\n"), id="twice"
        ),
        pytest.param(NOTED.replace("\n", "\r\n"), id="lines of Windows"),
        pytest.param(NOTED.rstrip(), id="no last line end"),
        pytest.param(
            NOTED.replace("[extensions] # by login\nada", "extensions.ada"), id="dotted keys"
        ),
        pytest.param(
            NOTED.replace("[extensions] # by login\n", "").replace(
                "ada = 2026-12-08T23:59:00", "extensions = {ada = 2026-12-08T23:59:00}"
            ),
            id="an inline table",
        ),
        pytest.param(NOTED.replace("[extensions] # by login\nada", "# ada"), id="none yet"),
        pytest.param(
            NOTED.replace("[extensions] # by login", "")
            .replace("ada = 2026-12-08T23:59:00 # was ill", "")
            + "[extensions]\nada = 2026-12-08T23:59:00",
            id="at the end",
        ),
    ],
)  # fmt: skip
def test_every_form_of_the_file_keeps_its_lines(course: Path, form: str) -> None:
    """Adding and removing entries leaves all comments, and a file that says what was asked."""
    course.write_bytes(form.encode())

    extend(course, "4711", "2026-12-09T12:00Z")
    extend(course, "ada", "2026-12-10T12:00Z")
    excuse(course, "4711", excused=True)

    text = course.read_bytes().decode()
    policy = read_policy(course)
    assert policy.extensions == {
        "4711": datetime(2026, 12, 9, 12, tzinfo=UTC),
        "ada": datetime(2026, 12, 10, 12, tzinfo=UTC),
    }
    assert "4711" in policy.excused
    comments = [line.partition("#")[2].strip() for line in form.splitlines() if "#" in line]
    assert [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line] == comments
    assert text.count("\r\n") == (text.count("\n") if "\r\n" in form else 0)
    extend(course, "4711", None)
    extend(course, "ada", None)
    assert read_policy(course).extensions == {}


def test_many_at_the_same_time_lose_nothing(course: Path) -> None:
    """Each waits for the one before it, and reads what that has written."""
    names = [f"s{number}" for number in range(12)]
    course.with_name("roster.csv").write_text("id,name\n" + "".join(f"{n},{n}\n" for n in names))
    course.write_text(NOTED.replace("ada = 2026-12-08T23:59:00 # was ill\n", ""))

    with ThreadPoolExecutor(6) as pool:
        excused = pool.map(lambda name: excuse(course, name, excused=True), names)
        extended = pool.map(lambda name: extend(course, name, "2026-12-09"), names)
        said = [*excused, *extended]

    assert len(said) == 24
    policy = read_policy(course)
    assert (set(policy.excused), set(policy.extensions)) == ({*names}, {*names})
    assert sorted(path.name for path in course.parent.iterdir()) == ["course.toml", "roster.csv"]


@pytest.mark.parametrize(
    ("name", "until", "than"),
    [
        ("grace", "2026-11-30", "the deadline, 2026-12-01 23:59:59"),
        ("ada", "2026-12-07", "the present extension, 2026-12-08 23:59"),
        ("ada", "2026-11-30", "the deadline, 2026-12-01 23:59:59"),
    ],
)
def test_an_earlier_time_must_be_meant(course: Path, name: str, until: str, than: str) -> None:
    """Earlier than the deadline, or than what the student was promised."""
    with pytest.raises(PolicyError, match=f"is before {than}: nothing changed. Add --shorten"):
        extend(course, name, until)

    assert course.read_text() == NOTED
    said = extend(course, name, until, shorten=True)
    assert f"-> {until} 23:59" in said


def test_a_time_that_cannot_be_written_changes_nothing(course: Path) -> None:
    """Not even if its fault shows only when it is calculated with."""
    for until in ("9999-12-31T23:59-10:00", "0001-01-01T00:00+10:00"):
        with pytest.raises(PolicyError, match="the year is not in"):
            extend(course, "ada", until)

    assert course.read_text() == NOTED


@pytest.mark.parametrize(
    ("name", "until", "why"),
    [
        ("adda", "2026-12-08", "{folder}/roster.csv: did you mean 'ada'?"),
        ("Grace Hopper", "2026-12-08", "did you mean 'grace'?"),
        ("Jo Roe", "2026-12-08", "'Jo Roe' is not in the roster {folder}/roster.csv"),
        ("\x1b[2J", "2026-12-08", "'\\x1b[2J' is not in the roster {folder}/roster.csv"),
        ("ada", "next week", "'next week' is not a time: give a date such as 2026-12-08,"),
        ("ada", "2026-10-25T02:30", "{folder}/course.toml: extensions.ada: the clocks change then"),
        ("ada", "2027-03-28T02:30", "{folder}/course.toml: extensions.ada: the clocks change then"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(course: Path, name: str, until: str, why: str) -> None:
    """The file stays as it is; a student is suggested only if no other is meant."""
    with pytest.raises(PolicyError) as raised:
        extend(course, name, until)

    message = str(raised.value)
    assert why.format(folder=course.parent) in message
    assert "\n" not in message
    assert message.count("?") == why.count("?")
    assert course.read_text() == NOTED


@pytest.mark.parametrize(
    "text", ["[deadline", "at = 2026-13-01\n", "\ufefftimezone = 'UTC'\n", "x = 1\n"]
)
def test_a_file_that_is_no_policy_is_left_alone(course: Path, text: str) -> None:
    """The error is that of reading it."""
    course.write_text(text)

    with pytest.raises(PolicyError, match=r"course\.toml"):
        excuse(course, "ada", excused=True)

    assert course.read_text() == text


def test_a_roster_may_be_in_the_encoding_that_the_file_names(course: Path) -> None:
    """Without the key, the error says so."""
    roster = course.with_name("roster.csv")
    roster.write_bytes("id,name\njoerg,Jörg Müller\n".encode("cp1252"))

    with pytest.raises(
        RosterError, match=r"is not in UTF-8, as line 2 shows: .* `roster_encoding`"
    ):
        excuse(course, "joerg", excused=True)

    course.write_text(f'roster_encoding = "windows-1252"\n{NOTED}'.replace("ada =", "joerg ="))
    assert excuse(course, "joerg", excused=True) == "joerg: counts -> excused"
    policy = read_policy(course)
    book = Book(course.parent / "gradebook", ASSIGNMENT, policy)
    assert [student.full_name for student in book.roster().students] == ["Jörg Müller"]


def test_the_names_that_the_file_may_give_tests_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As they are written there, with requirement, points and title."""
    done = CommandLine(monkeypatch, capsys)("tests", "--assignment", ASSIGNMENT.id)

    lines = done.out.splitlines()
    assert [line.partition("  ")[0] for line in lines] == [f'"{test.id}"' for test in PLAN.tests]
    first = PLAN.tests[0]
    assert lines[0].endswith(f"  {first.requirement}, {first.points:g} points: {first.title}")


def test_the_commands_print_the_change(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command without anything to do is refused."""
    run = CommandLine(monkeypatch, capsys)
    options = ("--course", str(course))

    shortened = run("extend", "grace", "2026-11-09", "--shorten", *options)
    extended = run("extend", "grace", "2026-12-09", *options)
    removed = run("extend", "grace", "--remove", *options)
    excused = run("excuse", "grace", *options)
    refused = run("extend", "grace", *options)

    assert shortened.out.endswith("-> 2026-11-09 23:59:59 (Europe/Berlin)\n")
    assert extended.out == "grace: due 2026-11-09 23:59:59 -> 2026-12-09 23:59:59 (Europe/Berlin)\n"
    assert removed.out == "grace: due 2026-12-09 23:59:59 -> 2026-12-01 23:59:59 (Europe/Berlin)\n"
    assert excused.out == "grace: counts -> excused\n"
    assert (refused.status, refused.out) == (2, "")
    assert "give either the time until which to extend, or --remove" in refused.err
