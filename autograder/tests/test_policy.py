"""A course's policy: deadlines, penalties, stages of feedback, attempts."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.course.grade_pushes import next_attempt
from autograder.errors import PolicyError
from autograder.feedback.content import Detail
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student
from autograder.grading.judge.plan import read_plan
from autograder.lateness import after_penalty, lateness
from autograder.policy import (
    EVERYTHING_COUNTS,
    Deadline,
    LatePenalty,
    Policy,
    Ruling,
    read_policy,
    student_repositories,
)
from autograder.policy_names import check_names

EXAMPLE = Path(__file__).parents[1] / "docs" / "reference" / "course.example.toml"
ADA = Student(id="ada", login="Ada")
BOB = Student(id="bob", login="bob")
NOBODY = Student(id="4711")
TEXT = """
organization = "course"
repository = "m06-{login}"
timezone = "Europe/Berlin"
attempts_per_hour = 2
[deadline]
at = 2026-12-01T23:59:00
grace_minutes = 15
[late]
percent_per_day = 10
days = 3
[extensions]
ADA = 2026-12-08T23:59:00
[[feedback]]
detail = "titles"
[[feedback]]
detail = "full"
from = 2026-12-05T12:00:00Z
"""
DUE = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)


def policy(folder: Path, text: str = TEXT) -> Policy:
    """Read a policy."""
    (folder / "course.toml").write_text(text)
    return read_policy(folder / "course.toml")


def test_times_without_a_zone_are_those_of_the_course(tmp_path: Path) -> None:
    """Times with a zone are not changed."""
    read = policy(tmp_path)

    assert read.deadline is not None
    assert read.deadline.at == DUE
    assert read.feedback[1].begins == datetime(2026, 12, 5, 12, tzinfo=UTC)
    assert read.roster == tmp_path / "roster.csv"


@pytest.mark.parametrize(
    ("late_by", "days", "percent", "counts"),
    [
        (timedelta(hours=-1), 0, 0, True),
        (timedelta(minutes=15), 0, 0, True),
        (timedelta(minutes=16), 1, 10, True),
        (timedelta(days=1), 1, 10, True),
        (timedelta(days=1, seconds=1), 2, 20, True),
        (timedelta(days=3), 3, 30, True),
        (timedelta(days=3, seconds=1), 4, 100, False),
    ],
)
def test_each_day_begun_costs(
    tmp_path: Path, late_by: timedelta, days: int, percent: float, *, counts: bool
) -> None:
    """The grace period costs nothing, and pushes after the last day do not count."""
    late = lateness(policy(tmp_path), BOB, DUE + late_by)

    assert (late.days, late.percent, late.counts) == (days, percent, counts)


@pytest.mark.parametrize(
    ("due", "pushed", "days"),
    [
        pytest.param("2026-10-24T23:59:00", "2026-10-25T23:59:00+01:00", 1, id="25 hours"),
        pytest.param("2026-10-24T23:59:00", "2026-10-26T00:00:00+01:00", 2, id="after 25 hours"),
        pytest.param("2026-03-28T23:59:00", "2026-03-29T23:59:00+02:00", 1, id="23 hours"),
        pytest.param("2026-03-28T23:59:00", "2026-03-30T00:30:00+02:00", 2, id="after 23 hours"),
        pytest.param("2026-10-24T02:30:00", "2026-10-25T02:30:00+01:00", 1, id="hour twice"),
        pytest.param("2026-10-24T02:30:00", "2026-10-25T02:31:00+01:00", 2, id="after both"),
        pytest.param("2026-03-28T02:30:00", "2026-03-29T03:30:00+02:00", 1, id="hour missing"),
        pytest.param("2026-03-28T02:30:00", "2026-03-29T03:31:00+02:00", 2, id="after the gap"),
        pytest.param("2026-10-20T23:59:00", "2026-10-30T23:59:00+01:00", 10, id="in between"),
        pytest.param("2026-10-20T23:59:00Z", "2026-10-31T00:59:00+01:00", 10, id="other zone"),
    ],
)
def test_a_late_day_ends_at_the_deadline_s_time_by_the_clock(
    tmp_path: Path, due: str, pushed: str, days: int
) -> None:
    """In the course's zone, also on a day on which the clocks are changed."""
    read = policy(tmp_path, TEXT.replace("2026-12-01T23:59:00", due))

    late = lateness(read, BOB, datetime.fromisoformat(pushed))

    assert late.days == days


def test_late_work_counts_until_its_last_day_ends(tmp_path: Path) -> None:
    """The last day has 25 hours here; without a rule for late work, it always counts."""
    text = TEXT.replace("2026-12-01T23:59:00", "2026-10-24T23:59:00").replace(
        "days = 3", "days = 1"
    )

    read = policy(tmp_path, text)
    last = datetime.fromisoformat("2026-10-25T23:59:00+01:00")

    assert read.counts_until(BOB) == last
    assert lateness(read, BOB, last).counts
    assert not lateness(read, BOB, last + timedelta(seconds=1)).counts
    assert policy(tmp_path, text.replace("days = 1", "")).counts_until(BOB) is None


def test_the_terms_change_with_what_decides_on_lateness(tmp_path: Path) -> None:
    """So that what was published can be corrected; other students' extensions do not matter."""
    read = policy(tmp_path)
    others = [
        policy(tmp_path, TEXT.replace(old, new))
        for old, new in [
            ("2026-12-01T23:59:00", "2026-12-01T23:58:00"),
            ("grace_minutes = 15", "grace_minutes = 16"),
            ("percent_per_day = 10", "percent_per_day = 11"),
            ("days = 3", "days = 4"),
            ("timezone", 'excused = ["bob"]\ntimezone'),
            ("[late]", '[tests]\n"writer/a" = "dropped"\n[late]'),
            ("[extensions]", "[extensions]\nbob = 2026-12-02T23:59:00"),
        ]
    ]
    same = policy(tmp_path, TEXT.replace("12-08T23", "12-09T23").replace('"full"', '"score"'))

    assert all(other.terms(BOB) != read.terms(BOB) for other in others)
    assert same.terms(BOB) == read.terms(BOB)
    assert same.terms(ADA) != read.terms(ADA)


def test_an_extension_moves_what_is_due(tmp_path: Path) -> None:
    """For the one student, by login or id in upper or lower case."""
    read = policy(tmp_path)
    pushed = DUE + timedelta(days=7)

    assert lateness(read, ADA, pushed).days == 0
    assert lateness(read, BOB, pushed).days == 7


def test_without_a_rule_lateness_costs_nothing(tmp_path: Path) -> None:
    """It is only reported."""
    text = TEXT.replace("[late]\npercent_per_day = 10\ndays = 3\n", "")

    late = lateness(policy(tmp_path, text), BOB, DUE + timedelta(days=100))

    assert (late.days, late.percent, late.counts) == (100, 0, True)
    assert after_penalty(50, late.percent) == 50


def test_a_penalty_is_taken_off_the_points(tmp_path: Path) -> None:
    """As a part of the points that the code got."""
    late = lateness(policy(tmp_path), BOB, DUE + timedelta(days=2))

    assert after_penalty(94, late.percent) == 75.2


def test_how_much_is_shown_depends_on_the_moment(tmp_path: Path) -> None:
    """From a stage's time on, that time included."""
    read = policy(tmp_path)
    moment = datetime(2026, 12, 5, 12, tzinfo=UTC)

    assert read.detail_at(moment - timedelta(seconds=1)) is Detail.TITLES
    assert read.detail_at(moment.astimezone(timezone(timedelta(hours=9)))) is Detail.FULL


def test_without_stages_everything_is_shown(tmp_path: Path) -> None:
    """Before a first stage that has a time, only the score is shown."""
    start, _, later = TEXT.partition("[[feedback]]")
    none = policy(tmp_path, start)
    late = policy(tmp_path, start + later[later.index("[[feedback]]") :])

    assert none.detail_at(DUE) is Detail.FULL
    assert late.detail_at(DUE) is Detail.SCORE


def test_closed_answers_are_withheld_until_a_push_would_be_late(tmp_path: Path) -> None:
    """That is until the grace period is over, and until the student's extension ends."""
    read = policy(tmp_path)
    last = DUE + timedelta(minutes=15)
    extended = last + timedelta(days=7)

    assert read.withheld_until(BOB, DUE - timedelta(days=9)) == last
    assert read.withheld_until(BOB, last) == last
    assert read.withheld_until(BOB, last + timedelta(seconds=1)) is None
    assert read.withheld_until(ADA, extended) == extended
    assert read.withheld_until(ADA, extended + timedelta(seconds=1)) is None


def test_closed_answers_can_be_shown_immediately(tmp_path: Path) -> None:
    """If the policy says so."""
    read = policy(tmp_path, f'closed_answers = "immediately"\n{TEXT}')

    assert read.withheld_until(BOB, DUE - timedelta(days=9)) is None


def test_attempts_are_counted_over_an_hour(tmp_path: Path) -> None:
    """The next one is allowed when the oldest of the counted ones is an hour old."""
    read = policy(tmp_path)
    before = [DUE - timedelta(minutes=minutes) for minutes in (90, 50, 10)]

    assert next_attempt(read, before[:2], DUE) is None
    assert next_attempt(read, before, DUE) == DUE + timedelta(minutes=10)
    assert next_attempt(read, before, DUE + timedelta(minutes=10)) is None


@pytest.mark.parametrize("pattern", ["{login}", "m06-{login}-2026", "M06_{login}"])
def test_a_repository_s_name_may_have_more_around_the_login(tmp_path: Path, pattern: str) -> None:
    """Before it, after it, or nothing at all."""
    read = policy(tmp_path, TEXT.replace("m06-{login}", pattern))

    assert read.repository_of(BOB) == pattern.replace("{login}", "bob")


def test_a_repository_is_named_after_the_login(tmp_path: Path) -> None:
    """In lower case. For a student without a login, it is unknown."""
    read = policy(tmp_path)

    assert [read.repository_of(student) for student in (ADA, NOBODY)] == ["m06-ada", None]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'timezone = "Europe/Berlin"',
            'timezone = "Berlin"',
            "timezone: 'Berlin' is not a time zone",
        ),
        ('timezone = "Europe/Berlin"', 'timezone = "../../x"', "timezone: '../../x' is not a time"),
        ('timezone = "Europe/Berlin"', "", "timezone: Field required"),
        ("m06-{login}", "m06-ada", "repository: "),
        ("m06-{login}", "../{login}", "repository: "),
        ("grace_minutes = 15", "grace = 15", "deadline.grace: Extra inputs"),
        ("grace_minutes = 15", 'grace_minutes = "15"', "deadline.grace_minutes: "),
        ("percent_per_day = 10", "percent_per_day = 101", "late.percent_per_day: "),
        ("2026-12-01T23:59:00", "2026-10-25T02:30:00", "deadline.at: the clocks change then"),
        ("2026-12-01T23:59:00", "2026-03-29T02:30:00", "deadline.at: the clocks change then"),
        ("2026-12-01T23:59:00", "2026-12-01", "deadline.at: "),
        ("2026-12-01T23:59:00", "23:59:00", "deadline.at: "),
        ("m06-{login}", "m06/{login}", "repository: "),
        ("m06-{login}", "m06 {login}", "repository: "),
        ("m06-{login}", "m06-{id}", "repository: "),
        ("timezone", "staff = 3\ntimezone", "staff: "),
        ("2026-12-08T23:59:00", "3", "extensions.ADA: "),
        ('detail = "titles"', 'detail = "some"', "feedback.0.detail: "),
        ("from = 2026-12-05T12:00:00Z", "", "feedback: each but the first"),
        ("organization", "organisation", "organisation: Extra inputs"),
        ('organization = "course"', "", "organization: a course on GitHub names both"),
        ('repository = "m06-{login}"', "", "repository: a course on GitHub names both"),
        ("[deadline]\nat = 2026-12-01T23:59:00\ngrace_minutes = 15", "", "closed_answers: "),
        ("timezone", "excused = 3\ntimezone", "excused: "),
        ("[late]", '[tests]\n"writer/a" = "gone"\n[late]', "tests.writer/a: "),
        ("timezone", 'closed_answers = "never"\ntimezone', "closed_answers: "),
        ("[late]", "[late", "cannot be read as TOML"),
        ("[late]", f"x = {'[' * 5000}\n[late]", "cannot be read as TOML"),
        ("[late]", f"x{'.x' * 2000} = 1\n[late]", "cannot be read as TOML"),
        ("[late]", f"x = {'9' * 5000}\n[late]", "cannot be read as TOML"),
        ("2026-12-01T23:59:00", "9999-12-31T23:59:00", "deadline.at: the year is not"),
        ("2026-12-01T23:59:00", "0001-01-01T00:00:00", "deadline.at: the year is not"),
        ("2026-12-08T23:59:00", "9999-12-31T23:59:00-10:00", "extensions.ADA: the year is not"),
        ("days = 3", "days = 100000000", "late.days: "),
    ],
)
def test_a_mistake_is_reported_with_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    """In one line that begins with the file."""
    assert old in TEXT

    with pytest.raises(PolicyError) as caught:
        policy(tmp_path, TEXT.replace(old, new))

    lines = str(caught.value).splitlines()
    assert any(said in line for line in lines)
    assert all(line.startswith(f"{tmp_path / 'course.toml'}") for line in lines)


def test_an_unknown_student_or_test_is_a_mistake(tmp_path: Path) -> None:
    """A misspelt login must not cost a student the extension, nor a misspelt test its ruling."""
    text = TEXT.replace("timezone", 'excused = ["eve", "bob"]\ntimezone')
    read = policy(
        tmp_path, f'{text}[tests]\n"writer/b" = "full"\n"writer/a" = "dropped"\n"x" = "full"\n'
    )

    with pytest.raises(PolicyError) as caught:
        check_names(read, Roster(students=(BOB,)), {"writer/a"})

    assert str(caught.value).splitlines() == [
        "extensions.ADA: is not in the roster: correct it or, if the student left, remove it:"
        " `autograder extend ADA --remove`",
        "excused.eve: is not in the roster: correct it or, if the student left, remove it:"
        " `autograder excuse eve --remove`",
        "tests.\"writer/b\": is not a hidden test: did you mean 'writer/a'?",
        'tests."x": is not a hidden test: `autograder tests` lists their names',
    ]


def test_a_student_is_named_as_the_policy_knows_students(tmp_path: Path) -> None:
    """Another name, such as an address, would be in the roster and yet have no effect."""
    text = TEXT.replace("timezone", 'excused = ["bob@example.org"]\ntimezone')
    student = Student(id="bob", email="bob@example.org")
    roster = Roster(students=(student, Student(id="ada", login="ada")))

    with pytest.raises(PolicyError) as caught:
        check_names(policy(tmp_path, text), roster)

    assert str(caught.value) == f"excused.bob@example.org: write the student's id: {BOB.id}"


def test_a_course_of_an_lms_names_no_repositories(tmp_path: Path) -> None:
    """Without a deadline nothing is late; a command that needs GitHub ends with one line."""
    read = policy(tmp_path, 'timezone = "UTC"\nexcused = ["BOB"]\n')

    assert (read.due(BOB), read.in_time_until(BOB), read.counts_until(BOB)) == (None, None, None)
    assert lateness(read, BOB, DUE).days == 0
    assert read.withheld_until(BOB, DUE) is None
    assert (read.excuses(BOB), read.excuses(ADA)) == (True, False)
    assert read.gradebook == tmp_path / "gradebook"
    assert read.repository_of(ADA) is None
    with pytest.raises(PolicyError, match="names no organization and repository on GitHub"):
        student_repositories(read)


def test_an_extension_needs_no_deadline_of_the_course(tmp_path: Path) -> None:
    """Then only this student can be late."""
    read = policy(tmp_path, 'timezone = "UTC"\n[extensions]\nada = 2026-12-01T22:59:00\n')

    late = [lateness(read, student, DUE + timedelta(hours=1)).days for student in (ADA, BOB)]

    assert late == [1, 0]


def test_what_came_at_an_unknown_time_is_not_late(tmp_path: Path) -> None:
    """A download of an LMS may not say when."""
    assert lateness(policy(tmp_path), BOB, None).days == 0


def test_without_a_course_file_everything_counts() -> None:
    """So the gradebook works for a folder of submissions alone."""
    assert lateness(EVERYTHING_COUNTS, BOB, DUE).counts
    assert not EVERYTHING_COUNTS.excuses(BOB)


def test_the_example_file_has_every_key(tmp_path: Path) -> None:
    """A course copies it, so each key is in it, with a comment; all can be used together."""
    text = re.sub(r"(?m)^#(?! )", "", EXAMPLE.read_text(encoding="utf-8"))
    read = policy(tmp_path, text)
    keys = {
        *Policy.model_fields,
        *Deadline.model_fields,
        *LatePenalty.model_fields,
        "from",
        "cases",
    }

    assert not [key for key in keys if not re.search(rf"(?m)^\[*{key}\b.*#", text)]
    assert read.model_fields_set == set(Policy.model_fields)
    assert set(read.tests.values()) == set(Ruling)
    check_names(read, Roster(students=(Student(id="login"),)), read_plan_of_example())


def test_a_copy_of_the_example_decides_nothing_but_the_deadline() -> None:
    """It names no student, no test and no organisation; whatever the class, it can be used."""
    read = read_policy(EXAMPLE)

    assert read.model_fields_set == {
        *("timezone", "assignment", "deadline", "extensions", "tests"),
        "roster",
        "gradebook",
    }
    check_names(read, Roster(students=()), ())
    assert (read.deadline and read.deadline.grace_minutes, read.late) == (0, None)


def read_plan_of_example() -> frozenset[str]:
    """Return the names of the hidden tests to which the example's `[tests]` belong."""
    course = Course.of_this_checkout()
    assignment = course.load("m06_partitioned_logs")
    plan = read_plan(assignment, course.suites / assignment.id)
    return frozenset(test.id for test in plan.tests)


def test_a_missing_policy_is_reported(tmp_path: Path) -> None:
    """The message says which option to give."""
    with pytest.raises(PolicyError, match="does not exist: give the course's policy"):
        read_policy(tmp_path / "course.toml")
