"""Students' requests: who may ask and answer, what is shown, and that answers close them."""

import csv
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.course.regrade_requests import (
    answer_comment,
    find_request,
    find_requests,
    first_named,
    request_names,
)
from autograder.course.request_file import answer_row, read_requests
from autograder.errors import AutograderError, GitHubError
from autograder.github import client as github
from autograder.github import comments
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.roster import read_roster
from autograder.policy import read_policy
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


def listed_in(file: Path, run: CommandLine) -> tuple[CommandResult, list[int]]:
    """List the requests of a course of an LMS; return the result, and the numbers in it."""
    done = run("requests", "list", "--course", str(file.with_name("course.toml")))
    rows = [line.split("  ") for line in done.out.splitlines()]
    return done, [int(row[0]) for row in rows if row[0].isdigit()]


def test_a_course_of_an_lms_has_a_file_of_requests(
    lms: Path, run: CommandLine, tmp_path: Path
) -> None:
    """No token is needed; rows with an answer are closed."""
    out = str(tmp_path / "out")
    _, numbers = listed_in(lms.with_name("requests.csv"), run)

    listed = run("requests", "list", "--course", str(lms), "--output", out)

    assert listed.out.splitlines() == [
        f"{numbers[0]}  ada {PLAN.of('writer')[0].requirement}: W1 is\\nwrong",
        f'{numbers[1]}  bob {TEST.id}: says "no"; why?',
        f"    {out}/feedback/bob.html",
        "2 open requests",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_answer_changes_its_own_row_and_nothing_else(
    lms: Path, run: CommandLine, mark: str, end: str
) -> None:
    """Byte order mark, line ends, blank lines, further columns, odd rows: all stay as they are."""
    file = lms.with_name("requests.csv")
    lines = [
        *("\n", "Student;test ;reason;seen;seen;answer\n", "\n"),
        *("zoe;;gone;\n", "ada;W1;a;b;c;d;e;f\n", 'ADA@example.org;W1;"quoted";"yes"\n'),
        f'bob;{TEST.id};"says ""no""; why?"\n',
        "\n",
    ]
    before = mark + "".join(lines).replace("\n", end)
    file.write_bytes(before.encode())
    _, numbers = listed_in(file, run)

    answer = ("--text", "=No; see R2.", "--course", str(lms))
    done = run("requests", "answer", str(numbers[1]), *answer)
    closed = run("requests", "answer", str(numbers[1]), *answer)

    old, new = (text.split(end) for text in (before, file.read_bytes().decode()))
    assert (done.status, done.out) == (0, f"bob: request {numbers[1]} is answered\n")
    assert closed.status == 2
    assert [number for number, line in enumerate(old) if line != new[number]] == [6]
    row = next(csv.reader([new[6]], delimiter=";"))
    assert row == ["bob", TEST.id, 'says "no"; why?', "", "", "'=No; see R2."]


def test_a_file_without_a_column_of_answers_gets_one(lms: Path, run: CommandLine) -> None:
    """It is the last; rows that are not answered keep their text."""
    file = lms.with_name("requests.csv")
    file.write_text("student,test,reason\nada,W1,no\nbob,W1,no")
    _, numbers = listed_in(file, run)

    run("requests", "answer", str(numbers[1]), "--text", "Yes.", "--course", str(lms))

    assert file.read_text() == "student,test,reason,answer\nada,W1,no\nbob,W1,no,Yes."


def test_a_number_stays_that_of_its_request(lms: Path, run: CommandLine) -> None:
    """Wherever its row is in the file, and if others are added or answered."""
    file = lms.with_name("requests.csv")
    rows = ["ada,W1,no,\n", "bob,W1,no,\n", "bob,W2,no,\n", "ada,W1,no,\n"]
    header = "student,test,reason,answer\n"
    file.write_text(header + "".join(rows))
    _, numbers = listed_in(file, run)

    file.write_text(header + "ada,R1,new,\n" + "".join(sorted(rows, reverse=True)))
    _, sorted_numbers = listed_in(file, run)
    run("requests", "answer", str(numbers[1]), "--text", "Yes.", "--course", str(lms))

    assert len(set(numbers)) == 4
    assert set(numbers) < set(sorted_numbers)
    assert [line for line in file.read_text().splitlines() if "Yes" in line] == ["bob,W1,no,Yes."]


def test_answers_at_the_same_time_are_all_kept(lms: Path) -> None:
    """Each waits for the one before it, and two answers to one request are not both taken."""
    file = lms.with_name("requests.csv")
    rows = "".join(f"ada,W1,reason {number},\n" for number in range(20))
    file.write_text("student,test,reason,answer\n" + rows)
    policy = read_policy(lms)
    found = read_requests(file, read_roster(policy.roster), NAMES).requests

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda request: answer_row(file, request.number, "Yes."), found))

    assert file.read_text().count(",Yes.\n") == 20
    with pytest.raises(AutograderError, match="any more"):
        answer_row(file, found[0].number, "No.")


def test_two_answers_on_github_are_not_both_taken(course: Classroom, requests: Requests) -> None:
    """The second is refused, as there is one already; the same again is written once."""
    number = requests.ask("/regrade W1")
    policy = read_policy(course.folder / "course.toml")
    with GitHubClient(GitHubServer.from_environment()) as client:
        found = find_requests(client, policy, read_roster(policy.roster), NAMES)
        request = find_request(found.requests, number)

        for _ in range(2):
            answer_comment(client, request, "Yes.")
        with pytest.raises(GitHubError, match="was answered meanwhile: see http"):
            answer_comment(client, request, "No.")

    assert len(course.github.repository(course.name("ada")).comments) == 2


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (
            "zoe,W1,x,",
            "line 3: 'zoe' is not in the roster: correct it, or write an",
        ),
        ("ada,W1,no, the handout says so,", "line 3: has 5 cells, and the header 4: put a text"),
        ("ada,W1,no, the handout says so", "line 3: the answer begins with a blank, as the rest"),
        (
            "ada,reader/nothing_much,x,",
            "line 3: 'reader/nothing_much' is not a test, requirement or",
        ),
        (f"ada,{TEST.id[:-1]},x,", f"did you mean '{TEST.id}'?"),
    ],
)
def test_odd_rows_are_named_by_their_line(lms: Path, run: CommandLine, row: str, why: str) -> None:
    """The other rows are listed, and the exit code is 1."""
    file = lms.with_name("requests.csv")
    file.write_text(f"student,test,reason,answer\nbob,W1,x,\n{row}\nzoe,,gone,answered\n")

    done, numbers = listed_in(file, run)

    assert done.status == 1
    assert len(numbers) == (2 if "not a test" in done.err else 1)
    assert why in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("student,test\nada,W1\n", "lacks the column 'reason'"),
        ("student,test,reason,answer,Answer\n", "has two columns 'answer': rename one of them"),
        ('student,test,reason\nada,W1,x\nada,W1,"x\n', "is not valid CSV from line 3 on"),
        ("", "lacks the column 'student'"),
        ("student,test,reason\n\xff", "is not in UTF-8: save it again"),
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
