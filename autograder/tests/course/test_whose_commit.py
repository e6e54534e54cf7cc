"""It is the student's work that counts: not the handout, not an instructor's push, and not late."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.course.find_pushes import PushState
from autograder.course.pushes import PushedSubmission
from autograder.github import pushes as github_pushes
from autograder.github.commits import committed_files
from autograder.gradebook.book import Book
from autograder.lateness import lateness
from autograder.policy import read_policy
from autograder.tests.course.classroom import FILE, HANDOUT, INSTRUCTOR, Classroom
from autograder.tests.github_stand_in import StandIn
from autograder.tests.gradebook.students import ASSIGNMENT, COURSE

DUE = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATE = "[late]\npercent_per_day = 10\ndays = 3\n"
WORK = HANDOUT | {FILE: "x = 1\n"}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a stand-in."""
    with StandIn(tmp_path / "github") as made:
        yield made


@pytest.fixture
def course(github: StandIn, tmp_path: Path) -> Classroom:
    """Make a course of one student, who was given the handout a week before the deadline."""
    made = Classroom(github, tmp_path / "course", policy=LATE)
    github.now = DUE - 7 * DAY
    made.hand_out()
    return made


def counting(course: Classroom) -> PushedSubmission:
    """Return what counts of the only student."""
    (found,) = course.class_pushes().pushed
    return found


def push(course: Classroom, text: str, at: datetime, *, branch: str = "main") -> str:
    """Push a file as the student, on top of the handout."""
    course.github.now = at
    files = HANDOUT | {FILE: text}
    return course.github.push(course.name("ada"), files, branch=branch, actor="ada")


def test_a_first_push_after_the_deadline_is_late_work(course: Classroom) -> None:
    """The handout was there in time, but it is nobody's work."""
    work = push(course, "x = 1\n", DUE + HOUR)

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert (counting(course).commit, counting(course).handed_in_at) == (work, DUE + HOUR)
    assert "10% of the points are taken off" in course.comments(work)[0]


@pytest.mark.parametrize("more", [{}, {".classroom50.yaml": "x"}, {"README.md": "fixed"}])
def test_an_untouched_copy_is_no_hand_in(course: Classroom, more: dict[str, str]) -> None:
    """Also with files that are not graded, such as those of a service; it gets no comment."""
    github, name = course.github, course.name("ada")
    sha = github.push(name, HANDOUT | more, actor="ada") if more else github.repository(name).head

    done, found = course.done(), course.class_pushes()

    assert sha is not None
    assert done == {"ada": PushState.NOTHING_YET}
    assert (found.pushed, found.missing) == ((), ("ada",))
    assert (course.comments(sha), course.statuses(sha)) == ([], {})


def test_an_older_handout_is_known_by_the_template(github: StandIn, tmp_path: Path) -> None:
    """A repository made from a template begins with what was handed out then."""
    course = Classroom(github, tmp_path / "course")
    name = course.name("ada")
    github.repository(name).more["template"] = {"nameWithOwner": "course/m06-template"}
    github.push(name, {FILE: "raise NotImplementedError\n"}, actor="ada")
    github.wait(hours=1)
    github.push(name, {FILE: "raise NotImplementedError\n", ".github/x.yml": ""}, actor="ada")

    untouched = course.done()
    work = course.push()

    assert untouched == {"ada": PushState.NOTHING_YET}
    assert course.done() == {"ada": PushState.GRADED}
    assert counting(course).commit == work


def test_an_older_handout_is_known_where_github_does_not_list_it(
    github: StandIn, tmp_path: Path
) -> None:
    """Then the first push that is listed says what was there before it."""
    course = Classroom(github, tmp_path / "course")
    name = course.name("ada")
    repository = github.repository(name)
    repository.more["template"] = {"nameWithOwner": "course/m06-template"}
    github.push(name, {FILE: "raise NotImplementedError\n"})
    repository.activities.clear()
    first = course.done()
    github.wait(days=1)
    github.push(name, {FILE: "raise NotImplementedError\n", "README.md": "x"}, actor="ada")

    assert [first, course.done()] == [{"ada": PushState.NOTHING_YET}] * 2
    course.push()
    assert course.done() == {"ada": PushState.GRADED}


def test_an_instructors_push_makes_nobody_late(course: Classroom) -> None:
    """The work stays as it was handed in, whatever is fixed on top of it."""
    work = push(course, "x = 1\n", DUE - DAY)
    course.done()
    course.github.now = DUE + DAY
    first = course.done()  # now with the verdicts on closed answers
    fixed = WORK | {"README.md": "fixed", "kinesis_multi_shard.py": "fixed = True\n"}
    fix = course.github.push(course.name("ada"), fixed, actor=INSTRUCTOR)

    second = course.done()

    assert (first, second) == ({"ada": PushState.GRADED}, {"ada": PushState.ALREADY})
    assert course.comments(fix) == []
    assert (counting(course).commit, counting(course).handed_in_at) == (work, DUE - DAY)


def test_a_student_s_push_with_an_instructor_s_fix_is_no_new_hand_in(course: Classroom) -> None:
    """The files are the instructor's, until the student changes more."""
    work = push(course, "x = 1\n", DUE - DAY)
    course.github.now = DUE - HOUR
    fixed = WORK | {"kinesis_multi_shard.py": "fixed = True\n"}
    course.github.push(course.name("ada"), fixed, actor=INSTRUCTOR)
    course.github.push(course.name("ada"), fixed | {"notes.txt": ""}, actor="ada")
    before = counting(course).commit
    newer = course.github.push(course.name("ada"), fixed | {FILE: "x = 2\n"}, actor="ada")

    assert (before, counting(course).commit) == (work, newer)


@pytest.mark.parametrize(
    ("actor", "policy"),
    [
        pytest.param("GRACE", LATE, id="named by the policy"),
        pytest.param("helper[bot]", LATE, id="a bot"),
        pytest.param("grader", LATE, id="owner of the token"),
        pytest.param("olga", LATE, id="owner of the organisation"),
        pytest.param("course", LATE, id="the account that owns the repositories"),
    ],
)
def test_staff_is_known_by_the_account(
    github: StandIn, tmp_path: Path, actor: str, policy: str
) -> None:
    """Their pushes are not hand-ins, even if the repository is otherwise empty."""
    course = Classroom(github, tmp_path / "course", policy=policy)
    github.admins["course"] = {"Olga"}
    course.token = github.add_token("grader", {"course/*": "write"})
    github.push(course.name("ada"), {FILE: "x = 1\n"}, actor=actor)

    assert course.done() == {"ada": PushState.NOTHING_YET}


def test_an_instructor_on_the_roster_is_a_student_there(github: StandIn, tmp_path: Path) -> None:
    """So that the course can be tried out."""
    course = Classroom(github, tmp_path / "course", ["grace"])
    course.push("grace")

    assert course.done() == {"grace": PushState.GRADED}


def test_merged_solutions_are_no_hand_in(course: Classroom) -> None:
    """The student merges them long after the deadline, in a course without late days."""
    course.change_policy("")
    name = course.name("ada")
    solved = HANDOUT | {FILE: "solved = True\n"}
    course.github.now = DUE + 9 * DAY
    course.github.push(name, solved, branch="solutions", actor=INSTRUCTOR)
    before = course.done()
    course.github.push(name, solved, actor="ada")

    assert [before, course.done()] == [{"ada": PushState.NOTHING_YET}] * 2
    assert course.class_pushes().missing == ("ada",)
    assert course.class_pushes().notes == ()


def test_work_that_staff_merges_came_when_the_student_pushed_it(course: Classroom) -> None:
    """A pull request of the student's own branch, merged by an instructor after the deadline."""
    push(course, "x = 1\n", DUE - HOUR, branch="work")
    course.github.now = DUE + 2 * DAY
    merged = course.github.push(course.name("ada"), WORK, actor=INSTRUCTOR)

    assert (counting(course).commit, counting(course).handed_in_at) == (merged, DUE - HOUR)
    assert course.done() == {"ada": PushState.GRADED}
    assert "Late" not in course.comments(merged)[0]


def test_work_on_another_branch_is_said_to_student_and_instructor(course: Classroom) -> None:
    """Once to the student, by a comment at the commit; each time to the instructor."""
    work = push(course, "x = 1\n", DUE - DAY, branch="submission")

    rounds = [course.round()["ada"] for _ in range(2)]

    (comment,) = course.comments(work)
    assert [outcome.state for outcome in rounds] == [PushState.NOTHING_YET] * 2
    assert {outcome.note for outcome in rounds} == {"has work on a branch that is not graded"}
    assert "**Not graded.** This is on the branch `submission`" in comment
    assert "Only the default branch `main` is graded" in comment
    assert course.class_pushes().missing == ("ada",)
    assert course.class_pushes().notes == (
        ("ada", "has work on the branch 'submission', which is not graded"),
    )
    course.github.push(course.name("ada"), WORK, actor="ada")
    assert course.done() == {"ada": PushState.GRADED}
    assert course.class_pushes().notes == ()


def test_work_beside_a_hand_in_is_said_once_the_deadline_is_over(course: Classroom) -> None:
    """Until then, a branch is a place to work at."""
    push(course, "x = 1\n", DUE - 2 * DAY)
    other = push(course, "x = 2\n", DUE - DAY, branch="more")
    before = course.round()["ada"]
    course.github.now = DUE + HOUR
    after = course.round()["ada"]

    assert (before.state, before.note) == (PushState.GRADED, "")
    assert after.note == "has work on a branch that is not graded"
    assert len(course.comments(other)) == 1
    assert course.done() == {"ada": PushState.ALREADY}


def test_work_on_the_former_default_branch_is_said(course: Classroom) -> None:
    """What came in time is on `main`; after the deadline, `trunk` is the default branch."""
    push(course, "x = 1\n", DUE - DAY)
    late = push(course, "x = 2\n", DUE + HOUR, branch="trunk")
    course.github.repository(course.name("ada")).default_branch = "trunk"

    found = course.class_pushes()

    assert found.pushed[0].commit == late
    assert found.notes == (("ada", "has work on the branch 'main', which is not graded"),)


def test_the_new_default_branch_is_graded(course: Classroom) -> None:
    """If it held the work in time."""
    push(course, "x = 1\n", DUE - DAY)
    work = push(course, "x = 2\n", DUE - HOUR, branch="master")
    course.github.repository(course.name("ada")).default_branch = "master"

    assert counting(course).commit == work


@pytest.mark.parametrize("pushes", [101, 250])
def test_pushes_after_the_deadline_hide_nothing(course: Classroom, pushes: int) -> None:
    """All pages of the list are read."""
    work = push(course, "x = 1\n", DUE - DAY)
    repository = course.github.repository(course.name("ada"))
    push(course, "x = 2\n", DUE + HOUR)
    (last,) = repository.activities[-1:]
    repository.activities += [
        {**last, "before": last["after"], "timestamp": "2026-03-11T12:00:00Z"}
    ] * (pushes - 1)

    assert counting(course).commit == work
    asked = [request for request in course.github.requests if "/activity" in request.path]
    assert len(asked) == pushes // 100 + 1


def test_a_flood_of_pushes_ends_with_an_error(
    course: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the limit, and other students are not affected."""
    monkeypatch.setattr(github_pushes, "MOST_PUSHES", 100)
    push(course, "x = 1\n", DUE - DAY)
    repository = course.github.repository(course.name("ada"))
    repository.activities += repository.activities[-1:] * 200

    (unseen,) = course.class_pushes().unseen
    outcome = course.round()["ada"]

    assert unseen == ("ada", "the repository has more than 100 pushes (reading push times)")
    assert (outcome.state, outcome.problem) == (PushState.FAILED, unseen[1])


def test_a_forced_push_after_the_deadline_replaces_nothing(course: Classroom) -> None:
    """GitHub still has the commit that was handed in."""
    work = push(course, "x = 1\n", DUE - DAY)
    course.github.now = DUE + DAY
    forced = {FILE: "wrong\n"}
    late = course.github.push(course.name("ada"), forced, force=True, actor="ada")

    done = course.done()

    assert counting(course).commit == work
    assert set(counting(course).read(ASSIGNMENT).files) >= {FILE}
    assert done == {"ada": PushState.GRADED}
    assert "What counts is what you had pushed 2026-03-09 12:00" in course.comments(late)[0]
    assert course.statuses(late)["grade/writer"][1].endswith("late: an earlier push counts")
    assert len(course.comments(work)) == 1
    assert course.pool.graded == [work, late]


def test_a_forced_push_of_the_handout_takes_no_work_away(course: Classroom) -> None:
    """Not even if it was not graded before."""
    work = push(course, "x = 1\n", DUE - DAY)
    course.github.push(course.name("ada"), HANDOUT, force=True, actor="ada")

    assert [course.done(), course.done()] == [
        {"ada": PushState.GRADED},
        {"ada": PushState.ALREADY},
    ]
    assert len(course.comments(work)) == 1
    assert counting(course).commit == work


def test_a_commit_that_github_has_no_more_is_said(course: Classroom) -> None:
    """The student had forced it away, and GitHub removed it: no guess is made."""
    push(course, "x = 1\n", DUE - DAY)
    repository = course.github.repository(course.name("ada"))
    repository.activities[-1]["after"] = gone = "1234567890" * 4
    push(course, "x = 2\n", DUE + DAY)

    assert counting(course).commit == gone
    assert course.round()["ada"].state is PushState.FAILED


def test_squashed_work_keeps_its_time(course: Classroom) -> None:
    """The same files are the same hand-in; the feedback is at the new commit, too."""
    work = push(course, "x = 1\n", DUE - DAY)
    course.done()
    course.github.now = DUE + 2 * DAY
    squashed = course.github.push(course.name("ada"), WORK, force=True, actor="ada")

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert "Late" not in course.comments(squashed)[0]
    assert (counting(course).commit, counting(course).handed_in_at) == (work, DUE - DAY)


def test_work_that_is_pushed_again_keeps_its_time(course: Classroom) -> None:
    """The student goes back to it after the deadline."""
    first = push(course, "x = 1\n", DUE - DAY)
    push(course, "wrong\n", DUE - HOUR)
    course.github.now = DUE + DAY
    course.github.point(course.name("ada"), "main", first, actor="ada")

    done = course.done()

    assert done == {"ada": PushState.GRADED}
    assert "Late" not in course.comments(first)[0]
    assert (counting(course).commit, counting(course).handed_in_at) == (first, DUE - DAY)


def test_an_extension_that_is_granted_afterwards_corrects_the_comment(course: Classroom) -> None:
    """Without `--regrade`, and once; so does its end."""
    push(course, "wrong\n", DUE - DAY)
    late = push(course, "x = 1\n", DUE + 5 * DAY)
    extended = f"{LATE}[extensions]\nada = 2026-03-20T12:00:00\n"
    course.done()
    seen = [course.comments(late)[0]]
    for policy in (extended, LATE, LATE.replace("days = 3", "days = 9")):
        course.change_policy(policy)
        assert [course.done(), course.done()] == [
            {"ada": PushState.GRADED},
            {"ada": PushState.ALREADY},
        ]
        seen += course.comments(late)

    assert len(seen) == 4
    assert ["What counts is what you had pushed" in comment for comment in seen] == [
        True, False, True, True,
    ]  # fmt: skip
    assert "Late" not in seen[1]


def test_a_changed_penalty_changes_what_was_published(course: Classroom) -> None:
    """Comment and statuses show the new penalty."""
    late = push(course, "x = 1\n", DUE + HOUR)
    course.done()
    course.change_policy(LATE.replace("10", "25"))

    done = course.done()

    (comment,) = course.comments(late)
    assert done == {"ada": PushState.GRADED}
    assert "25% of the points are taken off" in comment
    assert course.statuses(late)["grade/writer"][1].endswith("late, 25 % off")
    assert course.pool.graded == [late]


def test_the_gradebook_gets_what_counts(course: Classroom, tmp_path: Path) -> None:
    """Neither an instructor's push nor late work replaces what was handed in in time."""
    folder = tmp_path / "gradebook"
    folder.mkdir()
    (folder / "roster.csv").write_text((course.folder / "roster.csv").read_text())
    book = Book(folder, ASSIGNMENT)
    work = push(course, "x = 1\n", DUE - DAY)
    late = push(course, "x = 2\n", DUE + DAY)
    fixed = {"README.md": "fixed", FILE: "x = 2\n"}
    course.github.push(course.name("ada"), HANDOUT | fixed, actor=INSTRUCTOR)

    course.done(book=book)

    (row,) = csv.DictReader((folder / "handins.csv").read_text().splitlines())
    assert (row["handed_in_at"], row["commit"]) == ("2026-03-09T12:00:00+00:00", work)
    assert work in (folder / "results" / "ada.json").read_text()
    assert course.pool.graded == [work, late]


def test_what_an_instructor_pushes_for_a_student_can_be_named(
    course: Classroom, tmp_path: Path
) -> None:
    """The student could not push; with the commit's id, it is graded and counts."""
    folder = tmp_path / "gradebook"
    folder.mkdir()
    (folder / "roster.csv").write_text((course.folder / "roster.csv").read_text())
    book = Book(folder, ASSIGNMENT)
    course.github.now = DUE - HOUR
    sent = course.github.push(course.name("ada"), WORK, actor=INSTRUCTOR)

    states = course.done(), course.done(commit=sent, book=book)

    assert states == ({"ada": PushState.NOTHING_YET}, {"ada": PushState.GRADED})
    assert sent in (folder / "handins.csv").read_text()


def test_a_renamed_repository_is_found(course: Classroom) -> None:
    """GitHub redirects from the old name to the new name."""
    work = push(course, "x = 1\n", DUE - DAY)
    course.github.rename_repository(course.name("ada"), "course/m06-lovelace")
    course.token = course.github.add_token("grader", {"course/*": "write"})

    assert course.done() == {"ada": PushState.GRADED}
    assert counting(course).commit == work
    assert len(course.github.comments("course/m06-lovelace", work)) == 1


def test_a_day_late_is_a_day_by_the_clock(tmp_path: Path) -> None:
    """On the day after the deadline, the clocks are set back."""
    (tmp_path / "course.toml").write_text(
        'organization = "c"\nrepository = "m06-{login}"\ntimezone = "Europe/Berlin"\n'
        f"[deadline]\nat = 2026-10-24T23:59:00\n{LATE.replace('days = 3', 'days = 1')}"
    )

    late = lateness(
        read_policy(tmp_path / "course.toml"), None, datetime(2026, 10, 25, 22, 58, tzinfo=UTC)
    )

    assert (late.days, late.percent, late.counts) == (1, 10, True)


def rename_in_roster(course: Classroom, github_id: object = "") -> None:
    """Write the new login into the roster, as an instructor does who hears of it."""
    (course.folder / "roster.csv").write_text(
        f"identifier,github_username,github_id,name\n1,ada-lovelace,{github_id},Ada\n2,bob,99,Bob\n"
    )


def test_a_renamed_student_is_found_by_the_number_of_the_account(
    github: StandIn, tmp_path: Path
) -> None:
    """The repository is still named after the former login; another one is nobody's, too."""
    course = Classroom(github, tmp_path / "course", ["ada", "eve"], LATE)
    course.token = github.add_token("grader", {"course/*": "write"})
    github.now = DUE - DAY
    course.push("eve")
    work = course.push()
    github.rename_account("ada", "ada-lovelace")
    rename_in_roster(course, github.account("ada-lovelace")["id"])

    outcomes, found = course.round(), course.class_pushes()

    assert outcomes["ada-lovelace"].state is PushState.GRADED
    assert "named after another login" in outcomes["ada-lovelace"].note
    assert [(push.student, push.commit) for push in found.pushed] == [("ada-lovelace", work)]
    assert len(course.comments(work)) == 1
    assert outcomes["bob"].state is PushState.NO_REPOSITORY
    assert "may have been renamed" in outcomes["bob"].note


def test_a_renamed_student_without_a_number_is_not_guessed(github: StandIn, tmp_path: Path) -> None:
    """There may be a repository that is nobody's, but nothing says whose it is."""
    course = Classroom(github, tmp_path / "course")
    course.token = github.add_token("grader", {"course/*": "write"})
    course.push()
    rename_in_roster(course)

    assert course.done()["ada-lovelace"] is PushState.NO_REPOSITORY
    assert "ada-lovelace" in course.class_pushes().missing


def test_pushes_of_a_renamed_account_are_the_students(course: Classroom) -> None:
    """Whatever the account is called now."""
    course.github.rename_account("ada", "ada-lovelace")
    course.github.now = DUE - DAY
    work = course.github.push(course.name("ada"), WORK, actor="ada-lovelace")

    assert course.done() == {"ada": PushState.GRADED}
    assert counting(course).commit == work


@pytest.mark.parametrize(
    ("state", "requests"),
    [
        pytest.param("untouched", 1, id="an untouched copy"),
        pytest.param("graded", 1, id="a graded push"),
        pytest.param("fixed", 4, id="an instructor's push on top of it"),
        pytest.param("branch", 3, id="work on another branch that was told"),
    ],
)
def test_a_round_that_changes_nothing_takes_few_requests(
    github: StandIn, tmp_path: Path, state: str, requests: int
) -> None:
    """One for 25 repositories, and at most three more for one that needs a closer look."""
    course = Classroom(github, tmp_path / "course")
    name = course.name("ada")
    whole = {
        name: file.content
        for name, file in committed_files(COURSE.assignments / ASSIGNMENT.id).items()
    }
    github.push(name, whole, actor=INSTRUCTOR)
    github.wait(hours=1)
    if state in ("graded", "fixed"):
        github.push(name, whole | {FILE: "x = 1\n"}, actor="ada")
    if state == "branch":
        github.push(name, whole | {FILE: "x = 1\n"}, branch="other", actor="ada")
    course.done()
    if state == "fixed":
        github.push(name, whole | {FILE: "x = 1\n", "README.md": ""}, actor=INSTRUCTOR)
    github.requests.clear()

    course.done()

    assert len(github.requests) == requests
    assert not [request for request in github.requests if request.writes]
