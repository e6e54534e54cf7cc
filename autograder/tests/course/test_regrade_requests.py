"""Students' requests: who may ask and answer, what is shown, and that an answer closes one."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course.regrade_requests import first_named, request_names
from autograder.github import client as github
from autograder.github import comments
from autograder.tests.course.classroom import INSTRUCTOR, Classroom
from autograder.tests.course.command_line import CommandLine, CommandResult
from autograder.tests.feedback.nasty import NASTY
from autograder.tests.github_stand_in import Fault, StandIn
from autograder.tests.gradebook.students import ASSIGNMENT, PLAN

TEST = PLAN.of("reader")[0]
NAMES = request_names(ASSIGNMENT, PLAN)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Classroom]:
    """Make a course of two students, who have pushed."""
    with StandIn(tmp_path / "github") as stand_in:
        made = Classroom(stand_in, tmp_path / "course", ["ada", "bob"])
        for name, value in stand_in.environment(made.token).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(github, "WRITE_PAUSE", 0.0)
        monkeypatch.setattr(github, "FAILURE_PAUSE", 0.0)
        yield made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return a function that runs commands."""
    return CommandLine(monkeypatch, capsys)


@pytest.fixture
def requests(course: Classroom, run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> "Requests":
    """Return what runs the commands of the course."""
    return Requests(course, run, monkeypatch)


class Requests:
    """Runs `requests list` and `requests answer`, and comments as students do."""

    def __init__(
        self, course: Classroom, run: CommandLine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._course = course
        self._run = run
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str) -> CommandResult:
        """Run a command with the token, which the command removes from the environment."""
        self._monkeypatch.setenv("GITHUB_TOKEN", self._course.token)
        return self._run("requests", *arguments, "--course", f"{self._course.folder}/course.toml")

    def numbers(self) -> list[int]:
        """Return the numbers in the list."""
        lines = self("list").out.splitlines()
        return [int(line.split("  ")[0]) for line in lines if line[:1].isdigit() and "  " in line]

    def ask(self, text: str, *, of: str = "ada", actor: str = "ada") -> int:
        """Comment on a new push of a student; return the comment's number."""
        name = self._course.name(of)
        commit = self._course.github.repository(name).head or self._course.push(of)
        return self._course.github.comment(name, commit, text, actor=actor)


def test_a_request_is_listed_with_its_test_and_a_link(requests: Requests) -> None:
    """The link leads to the commit with the grade, at the comment."""
    number = requests.ask(f"/regrade {TEST.id}: the handout\nsays otherwise")

    listed = requests("list")

    assert listed.status == 0
    first, link, last = listed.out.splitlines()
    assert first == f"{number}  ada {TEST.id}: {TEST.id}: the handout\\nsays otherwise"
    assert link.strip().endswith(f"#commitcomment-{number}")
    assert last == "1 open request"
    assert "GITHUB_TOKEN" not in os.environ


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (f"please look at {TEST.id.upper()}.", TEST.id),
        (f"({TEST.requirement.lower()}) is not in the handout", TEST.requirement),
        ("the Reader is right", "reader"),
        ("the readers are right", ""),
        ("", ""),
    ],
)
def test_a_request_is_about_what_it_names_first(text: str, about: str) -> None:
    """A test, a requirement or a checkpoint; it may name none."""
    assert first_named(text, NAMES) == about


def test_a_request_begins_with_its_word(requests: Requests) -> None:
    """Blanks before it, and what follows it, do not matter."""
    for text in ("thanks!", "see /regrade", "/regraded", "regrade", " "):
        requests.ask(text)
    texts = ("/regrade", "\n /regrade: W1", "/regrade\r\nW1", "/regrade, as")

    expected = [requests.ask(text) for text in texts]

    assert requests.numbers() == expected


def test_only_the_student_and_staff_may_ask(course: Classroom, requests: Requests) -> None:
    """No other student, and no stranger; a renamed account is known by its number."""
    own = requests.ask("/regrade W1")
    from_staff = requests.ask("/regrade W2", actor=INSTRUCTOR)
    requests.ask("/regrade W3", actor="bob")
    requests.ask("/regrade W3", actor="stranger")

    assert requests.numbers() == [own, from_staff]
    course.github.rename_account("ada", "ada-new")
    assert requests.numbers() == [from_staff]
    number = course.github.account("ada-new")["id"]
    (course.folder / "roster.csv").write_text(f"login,github_id\nada,{number}\nbob,\n")
    assert requests.numbers() == [own, from_staff]


def test_an_answer_closes_the_request_and_reaches_the_student(
    course: Classroom, requests: Requests
) -> None:
    """It is a comment on the same commit; a second answer is refused."""
    number, other = requests.ask("/regrade W1"), requests.ask("/regrade W2")

    answered = requests("answer", str(number), "--text", "You are right: 3 points more.")
    again = requests("answer", str(number), "--text", "You are right: 3 points more.")

    repository = course.github.repository(course.name("ada"))
    assert (answered.status, answered.out) == (0, f"ada: request {number} is answered\n")
    assert again.status == 2
    assert f"no open request has the number {number}" in again.err
    last = course.comments(repository.head or "")[-1]
    assert last.startswith("**Answer to [your request](")
    assert "You are right: 3 points more." in last
    assert len(repository.comments) == 3
    assert requests.numbers() == [other]


def test_an_answer_whose_confirmation_is_lost_is_written_once(
    course: Classroom, requests: Requests
) -> None:
    """The command looks before it writes again."""
    number = requests.ask("/regrade W1")
    course.github.faults = [Fault("/comments", method="POST", status=502, acts=True)]

    answered = requests("answer", str(number), "--text", "No: see R2.")

    assert answered.status == 0
    assert len(course.github.repository(course.name("ada")).comments) == 2


def test_a_student_cannot_answer(requests: Requests) -> None:
    """Not even with our marker; nor can another student."""
    number = requests.ask("/regrade W1")
    for actor in ("ada", "bob"):
        requests.ask(f"done\n\n<!-- answered request={number} -->", actor=actor)

    assert requests.numbers() == [number]


def test_another_member_of_staff_can_answer(requests: Requests) -> None:
    """With another token than ours."""
    number = requests.ask("/regrade W1")
    requests.ask(f"done\n\n<!-- answered request={number} -->", actor=INSTRUCTOR)

    assert requests.numbers() == []


def test_a_hundred_replies_of_one_student_hide_nobody(requests: Requests) -> None:
    """They are counted, and all are read, page by page."""
    for _ in range(120):
        requests.ask("/regrade W1 " + "please " * 10_000)
    last = requests.ask("/regrade W2")
    other = requests.ask("/regrade R1", of="bob", actor="bob")

    listed = requests("list")

    assert requests.numbers()[-1] == other
    assert len(requests.numbers()) == 6
    assert "ada: 116 more" in listed.out
    assert "122 open requests" in listed.out
    assert len(listed.out) < 10_000
    assert requests("answer", str(last), "--text", "No.").status == 0


def test_endless_comments_are_reported_and_stop_nobody(
    requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command exits with 1 and names the student."""
    monkeypatch.setattr(comments, "MOST_PAGES", 1)
    for _ in range(101):
        requests.ask("hello")
    requests.ask("/regrade R1", of="bob", actor="bob")

    listed = requests("list")

    assert listed.status == 1
    assert "ada: the repository has more than 100 comments" in listed.err
    assert "1 open request" in listed.out


def test_hostile_reasons_are_inert(requests: Requests) -> None:
    """Each takes one line, of characters that can be seen."""
    for text in NASTY:
        requests.ask("/regrade " + text.encode("utf-8", "replace").decode())

    listed = requests("list")

    assert listed.status == 0
    assert all(line.isprintable() for line in listed.out.splitlines())


@pytest.mark.parametrize("text", ["", " \n", "x" * 10_001])
def test_an_answer_must_say_something(requests: Requests, text: str) -> None:
    """And not too much."""
    number = requests.ask("/regrade W1")

    assert requests("answer", str(number), "--text", text).status == 2
    assert requests.numbers() == [number]


FILE = """student;test;reason;seen;answer
ADA@example.org;;"W1 is
wrong";yes;
bob;reader;=1+1;;No.
bob;{test};"says ""no""; why?";;
"""


@pytest.fixture
def lms(tmp_path: Path, course: Classroom, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write requests into a file, for a course whose roster has e-mail addresses."""
    roster = "id,email,login\nada,ada@example.org,ada\nbob,bob@example.org,bob\n"
    (course.folder / "roster.csv").write_text(roster)
    (course.folder / "requests.csv").write_text(FILE.format(test=TEST.id))
    (tmp_path / "out" / "feedback").mkdir(parents=True)
    (tmp_path / "out" / "feedback" / "bob.html").write_text("")
    monkeypatch.delenv("GITHUB_TOKEN")
    return course.folder / "course.toml"


def test_a_course_of_an_lms_has_a_file_of_requests(
    lms: Path, run: CommandLine, tmp_path: Path
) -> None:
    """No token is needed; rows with an answer are closed."""
    out = str(tmp_path / "out")

    listed = run("requests", "list", "--course", str(lms), "--output", out)

    assert listed.out.splitlines() == [
        f"1  ada {PLAN.of('writer')[0].requirement}: W1 is\\nwrong",
        f'3  bob {TEST.id}: says "no"; why?',
        f"    {out}/feedback/bob.html",
        "2 open requests",
    ]


def test_an_answer_goes_into_the_column_of_answers(lms: Path, run: CommandLine) -> None:
    """All other cells stay as they are, in the form of the file."""
    file = lms.with_name("requests.csv")
    before = list(csv.reader(file.read_text().splitlines(keepends=True), delimiter=";"))

    done = run("requests", "answer", "3", "--text", "=No; see R2.", "--course", str(lms))
    closed = run("requests", "answer", "2", "--text", "No.", "--course", str(lms))

    after = list(csv.reader(file.read_text().splitlines(keepends=True), delimiter=";"))
    assert (done.status, done.out) == (0, "bob: request 3 is answered\n")
    assert closed.status == 2
    assert after[:3] == before[:3]
    assert after[3] == [*before[3][:4], "'=No; see R2."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("student,test\nada,W1\n", "has no column 'reason'"),
        ("student,test,reason\nzoe,W1,x\n", "'zoe' is not in the roster"),
        ('student,test,reason\nada,W1,"x\n', "is not valid CSV"),
        ("", "has no column 'student'"),
        ("student,test,reason\n\xff", "cannot be read as UTF-8"),
    ],
)
def test_a_file_with_mistakes_is_one_line(lms: Path, run: CommandLine, text: str, why: str) -> None:
    """Nothing is listed or written."""
    lms.with_name("requests.csv").write_bytes(text.encode("latin-1"))

    done = run("requests", "list", "--course", str(lms))

    assert done.status == 2
    assert why in done.err


def test_without_a_token_and_a_file_there_is_nowhere_to_look(lms: Path, run: CommandLine) -> None:
    """The error names both."""
    lms.with_name("requests.csv").unlink()

    done = run("requests", "list", "--course", str(lms))

    assert done.status == 2
    assert "there is nowhere to look" in done.err
