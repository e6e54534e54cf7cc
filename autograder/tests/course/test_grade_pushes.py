"""Each push is graded and published once, whatever fails and however often the command runs."""

import csv
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from autograder.course.find_pushes import PushState
from autograder.gradebook.book import Book
from autograder.grading.grade import Outcome
from autograder.policy import read_policy
from autograder.tests.course.classroom import CONTEXTS, FILE, Classroom, round_elsewhere
from autograder.tests.github_stand_in import Fault, StandIn, broken, secondary_limit
from autograder.tests.gradebook.students import ASSIGNMENT, COURSE, a_grade

FIRST = "writer/create_returns_once_active"
LATE = "[late]\npercent_per_day = 10\ndays = 3\n"
STAGES = (
    '[[feedback]]\ndetail = "titles"\n[[feedback]]\ndetail = "full"\nfrom = 2026-03-12T00:00:00\n'
)


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a stand-in."""
    with StandIn(tmp_path / "github") as made:
        yield made


@pytest.fixture
def course(github: StandIn, tmp_path: Path) -> Classroom:
    """Make a course of one student."""
    return Classroom(github, tmp_path / "course")


def assert_published_once(course: Classroom, sha: str) -> None:
    """Check that there is exactly one comment and one status for each checkpoint."""
    assert len(course.comments(sha)) == 1
    assert {name: state for name, (state, _) in course.statuses(sha).items()} == dict.fromkeys(
        CONTEXTS, "success"
    )


def test_a_push_is_graded_and_published(course: Classroom) -> None:
    """It gets a comment, and a status for each checkpoint."""
    sha = course.push()

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert_published_once(course, sha)
    assert course.pool.graded == [sha]


def test_a_second_round_writes_nothing(course: Classroom) -> None:
    """Nothing is graded, either; the round takes a single request to GitHub."""
    course.push()
    course.done()
    course.github.requests.clear()

    done = course.done()

    assert done == {"ada": PushState.ALREADY}
    assert len(course.pool.graded) == 1
    assert [request.path for request in course.github.requests] == ["/api/graphql"]


def test_each_new_push_is_graded(course: Classroom) -> None:
    """If several pushes are new, the newest is graded."""
    shas = [course.push(text=f"x = {number}\n") for number in range(2)]
    course.done()
    newer = course.push(text="x = 9\n")

    course.done()

    assert course.pool.graded == [shas[1], newer]
    assert course.comments(shas[0]) == []
    assert_published_once(course, newer)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(1, id="before it is graded"),
        pytest.param(3, id="while it is graded"),
    ],
)
def test_a_superseded_push_is_skipped(course: Classroom, after: int) -> None:
    """Nothing is published for it, and the newer push is graded."""
    newer: list[str] = []

    def push() -> None:
        newer.append(course.push(text="x = 2\n"))

    old = course.push()
    # The newer push arrives after the older one was found.
    course.github.faults = [Fault("/graphql", status=502, after=after, then=push)]

    first, second = course.done(), course.done()

    assert (first, second) == ({"ada": PushState.SUPERSEDED}, {"ada": PushState.GRADED})
    assert course.comments(old) == []
    assert_published_once(course, newer[0])


def test_the_reasons_for_nothing_to_grade_are_distinguished(
    github: StandIn, tmp_path: Path
) -> None:
    """Reasons are: no push, no repository, no login, an archived repository."""
    course = Classroom(github, tmp_path / "course", ["ada", "bob"])
    course.push("bob")
    github.repository(course.name("bob")).more["archived"] = True
    roster = course.folder / "roster.csv"
    roster.write_text("login,id\nada,1\nbob,2\ncyd,3\n,4\n")

    done = course.done()

    assert done == {
        "ada": PushState.NO_PUSH,
        "bob": PushState.ARCHIVED,
        "cyd": PushState.NO_REPOSITORY,
        "4": PushState.NO_LOGIN,
    }


def test_many_repositories_are_queried_together(github: StandIn, tmp_path: Path) -> None:
    """There is a request for every 25 repositories."""
    course = Classroom(github, tmp_path / "course", [])
    logins = [f"s{number}" for number in range(51)]
    (course.folder / "roster.csv").write_text("login\n" + "\n".join(logins) + "\n")

    done = course.done()

    assert set(done.values()) == {PushState.NO_REPOSITORY}
    assert [request.path for request in github.requests] == ["/api/graphql"] * 3


def test_a_run_that_was_killed_anywhere_is_completed_by_the_next(
    course: Classroom, tmp_path: Path
) -> None:
    """The run is killed after each request in turn, before the response arrives."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([round_elsewhere.__module__])
    environment = course.github.environment(course.token)
    killed = 0
    while True:
        sha = course.push(text=f"x = {killed}\n")
        state = tmp_path / f"state{killed}"
        process = processes.Process(
            target=round_elsewhere, args=(environment, course.folder, state)
        )
        reached = threading.Event()

        def kill(process: BaseProcess = process, reached: threading.Event = reached) -> None:
            assert process.pid is not None
            reached.set()
            os.kill(process.pid, signal.SIGKILL)

        course.github.faults = [Fault(after=killed, acts=True, then=kill)]
        process.start()
        process.join()
        course.github.faults = []
        if not reached.is_set():
            break
        killed += 1

        again = course.done(state=state)

        assert again["ada"] in (PushState.GRADED, PushState.ALREADY)
        assert_published_once(course, sha)
    assert killed >= 8 + len(CONTEXTS)
    assert_published_once(course, sha)


def test_an_unpublished_grade_is_not_computed_again(course: Classroom) -> None:
    """Grades are stored before they are published."""
    sha = course.push()
    course.github.faults = [broken("/comments", times=100)]

    first = course.round()
    course.github.faults = []
    second = course.done()

    assert first["ada"].state is PushState.FAILED
    assert second == {"ada": PushState.GRADED}
    assert course.pool.graded == [sha]
    assert_published_once(course, sha)


@pytest.mark.parametrize("acts", [False, True])
@pytest.mark.parametrize("path", ["/comments", "/statuses/", "/graphql", "/activity"])
def test_a_request_whose_response_is_lost_is_carried_out_once(
    course: Classroom, path: str, *, acts: bool
) -> None:
    """The same round handles it, whether or not the request took effect."""
    sha = course.push()
    course.github.faults = [broken(path, acts=acts)]

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert_published_once(course, sha)


def test_a_fetch_that_fails_is_tried_in_the_next_round(course: Classroom) -> None:
    """It is reported without a name."""
    sha = course.push()
    course.github.faults = [Fault("/git-upload-pack", status=502)]

    first, second = course.round()["ada"], course.done()

    assert first.state is PushState.FAILED
    assert first.problem == (
        "the commit cannot be fetched: the connection broke off, or GitHub is in trouble"
    )
    assert second == {"ada": PushState.GRADED}
    assert_published_once(course, sha)


def test_a_secondary_limit_is_respected(course: Classroom) -> None:
    """The run pauses as GitHub asks, and nothing is written twice."""
    sha = course.push()
    course.github.faults = [
        secondary_limit("/comments", seconds=77),
        secondary_limit("/statuses/", seconds=88, after=2),
    ]

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert {77, 88} <= {round(pause) for pause in course.clock.pauses}
    assert_published_once(course, sha)


def test_two_runs_that_both_wrote_leave_one_comment(course: Classroom, tmp_path: Path) -> None:
    """Two machines share no lock: the second run sees both comments, and removes its comment."""
    sha = course.push()

    def another() -> None:
        assert course.done(state=tmp_path / "elsewhere") == {"ada": PushState.GRADED}

    # The second run begins and ends after the first run looked, and before the first run writes.
    course.github.faults = [Fault("/comments", method="POST", status=502, then=another)]

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert_published_once(course, sha)


def test_a_second_comment_is_removed_by_the_next_run(course: Classroom) -> None:
    """A run may be killed just before it could remove the comment."""
    sha = course.push()
    course.done()
    repository = course.github.repository(course.name("ada"))
    (first,) = repository.comments
    repository.comments.append({**first, "id": course.github.new_id()})

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert [comment["id"] for comment in repository.comments] == [first["id"]]
    assert_published_once(course, sha)


def test_only_one_of_two_concurrent_runs_grades_a_push(
    course: Classroom,
) -> None:
    """They share a lock in the folder of the state."""
    course.push()
    seen: list[PushState] = []
    course.github.faults = [
        Fault("/graphql", status=502, after=2, then=lambda: seen.append(course.done()["ada"]))
    ]

    done = course.done()

    assert seen == [PushState.BUSY]
    assert done == {"ada": PushState.GRADED}
    assert len(course.pool.graded) == 1


def test_comments_and_statuses_of_a_student_are_not_mistaken_for_ours(course: Classroom) -> None:
    """A student may write comments with our marker, and statuses."""
    sha = course.push()
    course.done()
    repository = course.github.repository(course.name("ada"))
    (genuine,) = course.comments(sha)
    newer = course.push(text="wrong\n")
    student = {"login": "ada"}
    forged = genuine.replace(sha, newer)
    repository.comments.append(
        {**repository.comments[0], "id": 9, "commit_id": newer, "body": forged, "user": student}
    )
    repository.statuses += [
        {**status, "sha": newer, "creator": student} for status in repository.statuses
    ]

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert len(course.comments(newer)) == 2
    assert course.statuses(newer)["grade/writer"][0] == "failure"


def test_many_comments_of_a_student_do_not_hide_ours(course: Classroom) -> None:
    """All comments are read before anything is written."""
    sha = course.push()
    repository = course.github.repository(course.name("ada"))
    repository.comments += [
        {
            "id": number,
            "commit_id": sha,
            "body": "hello",
            "created_at": course.github.timestamp(),
            "user": {"login": "ada"},
        }
        for number in range(250)
    ]
    course.done()

    done = course.done()

    assert done == {"ada": PushState.ALREADY}
    assert len(course.comments(sha)) == 251
    assert len(course.pool.graded) == 1


def test_the_late_penalty_follows_githubs_time(course: Classroom) -> None:
    """The date of the commit does not matter; the stand-in's commits are of 1970."""
    course.change_policy(LATE)
    course.github.wait(days=10, hours=1)
    sha = course.push()

    course.done()

    (comment,) = course.comments(sha)
    assert "20% of the points are taken off" in comment
    assert course.statuses(sha)["grade/writer"][1].endswith("up to 2 days late, 20 % off")


def test_a_push_within_an_extension_is_in_time(course: Classroom) -> None:
    """This is so only for the student who has the extension."""
    course.change_policy(f"{LATE}[extensions]\nada = 2026-04-01T00:00:00\n")
    course.github.wait(days=10, hours=1)
    sha = course.push()

    course.done()

    assert "Late" not in course.comments(sha)[0]


def test_a_push_that_comes_again_keeps_its_time(course: Classroom) -> None:
    """Its time is that of the first push, although another commit was pushed in between."""
    course.change_policy(LATE)
    sha = course.push()
    course.push(text="x = 2\n")
    course.github.wait(days=12)
    course.github.point(course.name("ada"), "main", sha, actor="ada")

    course.done()

    assert "Late" not in course.comments(sha)[0]


def test_more_is_shown_once_the_policy_allows_it(course: Classroom) -> None:
    """The existing comment is edited."""
    course.change_policy(STAGES)
    sha = course.push(text="wrong\n")
    course.done()
    (before,) = course.comments(sha)
    course.github.wait(days=12)

    done = course.done()
    again = course.done()

    (after,) = course.comments(sha)
    assert (done, again) == ({"ada": PushState.GRADED}, {"ada": PushState.ALREADY})
    assert "### " not in before
    assert "### " in after
    assert len(course.pool.graded) == 1


def test_attempts_per_hour_are_limited(course: Classroom) -> None:
    """A push beyond the limit is graded later, and its status says so."""
    course.change_policy("attempts_per_hour = 2\n")
    for number in range(2):
        course.push(text=f"x = {number}\n")
        course.done()
        course.github.wait(minutes=10)
    sha = course.push(text="x = 9\n")

    waits, still = course.done(), course.done()
    statuses = course.statuses(sha)
    course.github.wait(minutes=50)
    graded = course.done()

    assert (waits, still, graded) == (
        {"ada": PushState.WAITING},
        {"ada": PushState.WAITING},
        {"ada": PushState.GRADED},
    )
    assert statuses == {"grade/writer": ("pending", statuses["grade/writer"][1])}
    assert "graded after 2026-03-01 13:00" in statuses["grade/writer"][1]
    assert_published_once(course, sha)


def test_a_push_that_cannot_be_graded_does_not_stop_the_others(
    github: StandIn, tmp_path: Path
) -> None:
    """One repository is read-only, one has code that breaks the grader, and one is fine."""
    course = Classroom(github, tmp_path / "course", ["ada", "bob", "cyd"])
    course.push("ada", "explode\n")
    course.push("bob")
    fine = course.push("cyd")
    course.token = github.add_token(
        "grader",
        {course.name("ada"): "write", course.name("bob"): "read", course.name("cyd"): "write"},
    )

    outcomes = course.round()

    assert {name: outcome.state for name, outcome in outcomes.items()} == {
        "ada": PushState.FAILED,
        "bob": PushState.FAILED,
        "cyd": PushState.GRADED,
    }
    assert "the token may not" in outcomes["bob"].problem
    assert "explode" not in outcomes["ada"].problem
    assert "explode" in (course.folder / "state" / "trouble" / "ada.txt").read_text()
    assert len(course.comments(fine, "cyd")) == 1


def test_the_feedback_on_a_hostile_commit_says_what_is_refused(course: Classroom) -> None:
    """It gets a grade like any other, and is not graded again."""
    sha = course.github.push(course.name("ada"), {FILE: ("120000", "/etc/passwd")})

    first, second = course.done(), course.done()

    assert (first, second) == ({"ada": PushState.GRADED}, {"ada": PushState.ALREADY})
    assert_published_once(course, sha)


def test_a_fault_of_the_grader_is_reported_and_logged(course: Classroom) -> None:
    """The log is for the instructor only, since it may contain code."""
    course.push()
    course.pool.grader_log = "E  secret code"
    course.pool.always = a_grade({FIRST: Outcome.GRADER_ERROR})

    outcome = course.round()["ada"]

    assert outcome.state is PushState.GRADED
    assert outcome.problem == "the grader failed at 1 test, whose points are open"
    assert "secret code" in (course.folder / "state" / "trouble" / "ada.txt").read_text()


def test_a_push_that_the_grader_failed_at_is_graded_again(course: Classroom) -> None:
    """Its stored grade does not count, even if only a part of it was published."""
    sha = course.push()
    course.pool.always = a_grade({FIRST: Outcome.GRADER_ERROR})
    course.github.faults = [broken("/comments", times=99)]
    failed = course.done()
    course.github.faults = []
    course.pool.always = None

    done = course.done()

    assert (failed, done) == ({"ada": PushState.FAILED}, {"ada": PushState.GRADED})
    assert course.pool.graded == [sha, sha]
    assert_published_once(course, sha)


def test_unreadable_tests_are_counted_and_do_not_fail_the_round(course: Classroom) -> None:
    """Otherwise a student could make every run fail."""
    course.push()
    course.pool.grader_log = "E  secret code"
    course.pool.always = a_grade({FIRST: Outcome.UNREADABLE})

    outcome = course.round()["ada"]

    assert (outcome.state, outcome.problem, outcome.unreadable) == (PushState.GRADED, "", 1)
    assert "secret code" in (course.folder / "state" / "trouble" / "ada.txt").read_text()


def test_a_graded_push_can_be_graded_again(course: Classroom) -> None:
    """With changed hidden tests, for example; the comment is edited only if the grade changes."""
    sha = course.push()
    course.done()
    course.github.requests.clear()
    same = course.done(regrade=True)
    written = [request for request in course.github.requests if request.writes]
    course.pool.suite = "sha256:2"

    other = course.done(regrade=True, suite="sha256:2")

    assert (same, other) == ({"ada": PushState.GRADED}, {"ada": PushState.GRADED})
    assert written == []
    assert "suite=sha256:2" in course.comments(sha)[0]
    assert_published_once(course, sha)


def test_a_single_commit_can_be_graded(course: Classroom) -> None:
    """It need not be the last push."""
    old = course.push()
    newer = course.push(text="x = 2\n")

    done = course.done(commit=old)

    assert done == {"ada": PushState.GRADED}
    assert_published_once(course, old)
    assert course.comments(newer) == []


def test_grades_and_push_times_go_into_the_gradebook(course: Classroom, tmp_path: Path) -> None:
    """A push that is too late does not replace one that was in time."""
    course.change_policy(LATE)
    folder = tmp_path / "gradebook"
    folder.mkdir()
    (folder / "roster.csv").write_text((course.folder / "roster.csv").read_text())
    book = Book(folder, ASSIGNMENT)
    sha = course.push()
    course.done(book=book)
    course.github.wait(days=20)
    course.push(text="wrong\n")

    course.done(book=book)

    (row,) = csv.DictReader((folder / "handins.csv").read_text().splitlines())
    assert row == {
        "student": "ada",
        "handed_in_at": "2026-03-01T12:00:00+00:00",
        "commit": sha,
        "repository": "course/m06-ada",
    }
    assert sha in (folder / "results" / "ada.json").read_text()


def test_work_that_is_too_late_goes_into_the_gradebook_if_there_is_no_other(
    course: Classroom, tmp_path: Path
) -> None:
    """The newest does, with its time; its comment says that it does not count."""
    course.change_policy(LATE)
    folder = tmp_path / "gradebook"
    folder.mkdir()
    (folder / "roster.csv").write_text((course.folder / "roster.csv").read_text())
    policy = read_policy(course.folder / "course.toml")
    book = Book(folder, ASSIGNMENT, policy)
    course.github.wait(days=20)
    sha = course.push()

    course.done(book=book)

    (entry,) = book.entries()
    assert (entry.standing.status, entry.standing.total) == ("too late", 0.0)
    assert entry.standing.commit == sha
    assert "**Too late.**" in course.comments(sha)[0]


def test_the_students_job_shows_the_published_grade(course: Classroom, tmp_path: Path) -> None:
    """Its token may only read, like the token of a job."""
    sha = course.push(text="wrong\n")
    course.done()
    name = course.name("ada")
    token = course.github.add_token("ada", {name: {"contents": "read", "statuses": "read"}})
    checks = COURSE.assignments / ASSIGNMENT.id / "checks"

    done = subprocess.run(
        [sys.executable, checks / "show_grade.py"],
        env={
            **course.github.environment(token),
            "GITHUB_REPOSITORY": name,
            "GITHUB_SHA": sha,
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "GRADE_WAIT_SECONDS": "0",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert "grade/writer failure 0 / 30" in done.stdout
    assert course.comments(sha)[0] in (tmp_path / "summary").read_text()
