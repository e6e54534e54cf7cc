"""The commands that hand things out to students, run as by an instructor or a job."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.github import client
from autograder.policy import DEFAULT_COURSE
from autograder.tests.course.command_line import CommandLine
from autograder.tests.course.repositories import bare_repository, checkout, commit_all, files_of
from autograder.tests.distribution.secrets import ASSIGNMENT, solution_bodies, student_repository
from autograder.tests.github_stand_in import StandIn, pull_requests

TEMPLATE = "course/m06-template"
ROSTER = "id,name,email,login\n1,Ada Lovelace,ada@example.org,ada-l\n2,Bob Ross,bob@example.org,b\n"
NAMES = ("Ada", "Lovelace", "ada@example.org", "ada-l", "Ross")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Work in a checkout of a course whose deadline was yesterday."""
    made = checkout(tmp_path / "course-repository")
    monkeypatch.setattr(Course, "of_this_checkout", lambda: made)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "course").mkdir()
    set_deadline(timedelta(days=-1))
    (tmp_path / "course" / "roster.csv").write_text(ROSTER)
    return made


def set_deadline(span: timedelta, more: str = "") -> None:
    """Write the course's policy into the current folder."""
    when = (datetime.now(UTC) + span).isoformat(timespec="seconds")
    DEFAULT_COURSE.write_text(
        f'assignment = "{ASSIGNMENT.id}"\norganization = "course"\n'
        f'repository = "m06-{{login}}"\ntimezone = "Europe/Berlin"\n'
        f"[deadline]\nat = {when}\n{more}"
    )


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Run a GitHub with a template and a repository of each student."""
    with StandIn(tmp_path / "github") as made:
        names = (TEMPLATE, "course/m06-ada-l", "course/m06-b")
        for name in names:
            made.add_repository(name)
            made.push(name, {"README.md": "old\n"})
        token = made.add_token("staff", dict.fromkeys(names, "write"))
        for name, value in made.environment(token).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
        yield made


@pytest.fixture
def autograder(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Run the command line."""
    return CommandLine(monkeypatch, capsys)


@pytest.mark.usefixtures("course")
def test_the_template_on_github_gets_the_student_repository(
    github: StandIn, autograder: CommandLine
) -> None:
    """The token comes from the environment."""
    done = autograder("publish", "--template", TEMPLATE)

    assert (done.status, done.err) == (0, "")
    assert "files published as" in done.out
    assert files_of(github.repository(TEMPLATE).folder) == student_repository()


@pytest.mark.usefixtures("course")
def test_publishing_twice_says_that_there_is_nothing_to_do(
    github: StandIn, autograder: CommandLine
) -> None:
    """And pushes nothing."""
    autograder("publish", "--template", TEMPLATE)
    github.requests.clear()

    done = autograder("publish", "--template", TEMPLATE)

    assert "nothing to do" in done.out
    assert not any(request.writes for request in github.requests)


@pytest.mark.usefixtures("course")
def test_a_dry_run_of_publishing_names_the_files(github: StandIn, autograder: CommandLine) -> None:
    """And pushes nothing."""
    done = autograder("publish", "--template", TEMPLATE, "--dry-run")

    assert "  README.md" in done.out.splitlines()
    assert "would be published" in done.out
    assert not any(request.writes for request in github.requests)


def test_a_template_can_be_a_folder(
    course: Course, tmp_path: Path, autograder: CommandLine
) -> None:
    """A bare repository on this machine is enough, without GitHub."""
    template = bare_repository(tmp_path / "template.git")

    done = autograder("publish", "--assignment", ASSIGNMENT.id, "--template", str(template))

    assert course
    assert done.status == 0
    assert files_of(template) == student_repository()


@pytest.mark.usefixtures("github")
def test_leaks_are_listed_and_name_no_student(course: Course, autograder: CommandLine) -> None:
    """Each leak is listed with its file."""
    folder = course.assignments / ASSIGNMENT.id
    (folder / "a.md").write_text("Thanks to Ada Lovelace!\n")
    (folder / "b.md").write_text(next(solution_bodies()))
    commit_all(course.assignments.parent)

    done = autograder("publish", "--template", TEMPLATE)

    assert done.status == 2
    assert "  a.md: what the roster says of student 1" in done.err
    assert "  b.md: a solution in solutions/" in done.err
    assert not [name for name in NAMES if name in done.err + done.out]


@pytest.mark.usefixtures("course", "github")
def test_without_a_roster_a_note_says_that_names_are_not_looked_for(
    autograder: CommandLine,
) -> None:
    """An assignment may be published before the roster is known."""
    done = autograder("publish", "--template", TEMPLATE, "--course", "none.toml", "--dry-run")

    assert done.status == 0
    assert "names are not looked for" in done.err


@pytest.mark.usefixtures("course", "github")
@pytest.mark.parametrize(
    "template", ["template", "https://github.com/a/b", "../x", "-a/b", "a/b/c"]
)
def test_an_invalid_template_is_reported(template: str, autograder: CommandLine) -> None:
    """A token is never sent to another server."""
    done = autograder("publish", f"--template={template}")

    assert done.status == 2
    assert "OWNER/NAME" in done.err


@pytest.mark.usefixtures("course")
def test_releasing_lists_each_student_and_writes_a_page(
    github: StandIn, autograder: CommandLine
) -> None:
    """The output and the page have the addresses of the pull requests."""
    done = autograder("release-solutions", "--output", "page.md")

    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[-1] == "2 released"
    assert f"ada-l: released {github.url}/course/m06-ada-l/pull/1" in done.out
    assert "| b |" in Path("page.md").read_text("utf-8")
    assert len(pull_requests(github.repository("course/m06-b"))) == 1


@pytest.mark.usefixtures("course", "github")
def test_on_actions_the_log_has_counts_only(
    autograder: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This is so even if a student's repository fails."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (Path("course") / "roster.csv").write_text(f"{ROSTER}3,Eve Lost,eve@example.org,eve-lost\n")

    done = autograder("release-solutions", "--output", "page.md")

    assert (done.status, done.out, done.err) == (1, "2 released\n1 failed\n", "")
    assert "eve-lost" in Path("page.md").read_text("utf-8")


@pytest.fixture
def class_of_five(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StandIn]:
    """Run a GitHub with a template alone; it does not know one login, and one is missing."""
    assert course
    rows = "1,A,a@x.org,ada\n2,B,b@x.org,bob\n3,C,c@x.org,cyd\n4,D,d@x.org,\n5,E,e@x.org,eve\n"
    (Path("course") / "roster.csv").write_text(f"id,name,email,login\n{rows}")
    monkeypatch.setattr(client, "WRITE_PAUSE", 0.0)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    with StandIn(tmp_path / "github") as made:
        made.unknown_logins.add("eve")
        made.add_repository(TEMPLATE).is_template = True
        made.push(TEMPLATE, {"README.md": "old\n"})
        for name, value in made.environment(made.add_token("staff", {"course/*": "write"})).items():
            monkeypatch.setenv(name, value)
        yield made


def test_making_names_those_who_could_not_be_served(
    class_of_five: StandIn, autograder: CommandLine
) -> None:
    """With the reason; a second run finds nothing else to do."""
    first = autograder("make-repositories", "--template", TEMPLATE, "--output", "made.md")
    class_of_five.requests.clear()
    again = autograder("make-repositories", "--template", TEMPLATE)

    assert (first.status, again.status) == (1, 1)
    assert first.out.splitlines() == [
        *(
            f"{name}: made, student invited {class_of_five.url}/course/m06-{name}"
            for name in ("ada", "bob", "cyd")
        ),
        "4: no login known",
        "eve: no such login on GitHub eve",
        "3 made, student invited",
        "1 no login known",
        "1 no such login on GitHub",
    ]
    assert again.out.splitlines()[-3:] == [
        "3 invited before, not accepted yet",
        "1 no login known",
        "1 no such login on GitHub",
    ]
    assert not any(request.writes for request in class_of_five.requests)
    assert "| eve |" in Path("made.md").read_text("utf-8").splitlines()[-5]


def test_making_for_those_who_can_be_served_ends_with_0(
    class_of_five: StandIn, autograder: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Actions, the log has counts only; a dry run writes nothing."""
    arguments = ["make-repositories", "--template", TEMPLATE, "--only", "ada", "--only", "bob"]
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    dry = autograder(*arguments, "--dry-run")
    wrote = [request for request in class_of_five.requests if request.writes]
    done = autograder(*arguments)

    assert (dry.status, dry.out, wrote) == (0, "2 to be made\n", [])
    assert (done.status, done.out) == (0, "2 made, student invited\n")


def test_a_class_that_was_made_gets_an_update(
    class_of_five: StandIn, course: Course, autograder: CommandLine
) -> None:
    """A leak stops it, as it stops `publish`, and each file with a secret is listed."""
    update = ["update-repositories", "--template", TEMPLATE]
    notes = course.assignments / ASSIGNMENT.id / "notes.md"
    autograder("publish", "--template", TEMPLATE)
    autograder("make-repositories", "--template", TEMPLATE)
    notes.write_text(next(solution_bodies()))
    commit_all(course.assignments.parent)
    leaking = autograder(*update)
    notes.write_text("New!\n")
    commit_all(course.assignments.parent)
    unpublished = autograder(*update)
    autograder("publish", "--template", TEMPLATE)

    done = autograder(*update)

    assert (leaking.status, unpublished.status, done.status) == (2, 2, 1)
    assert "  notes.md: a solution in solutions/" in leaking.err
    assert "run `autograder publish` first" in unpublished.err
    assert f"ada: new handout offered {class_of_five.url}/course/m06-ada/pull/1" in done.out
    assert "3 new handout offered" in done.out.splitlines()
    for name in ("ada", "bob", "cyd"):
        assert len(pull_requests(class_of_five.repository(f"course/m06-{name}"))) == 1


@pytest.mark.usefixtures("course", "github")
@pytest.mark.parametrize(
    "command",
    [
        ["release-solutions"],
        ["publish", "--template", TEMPLATE],
        ["make-repositories", "--template", TEMPLATE],
        ["update-repositories", "--template", TEMPLATE],
    ],
)
def test_on_actions_mistakes_in_the_roster_are_not_in_the_log(
    command: list[str], autograder: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They name students; outside of Actions they are printed."""
    (Path("course") / "roster.csv").write_text(f"{ROSTER}3,Ada Twin,ada@example.org,ada-l\n")
    on_my_machine = autograder(*command)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    on_actions = autograder(*command)

    assert on_my_machine.status == on_actions.status == 2
    assert "ada-l" in on_my_machine.err
    assert "your own machine" in on_actions.err
    assert not [name for name in NAMES if name in on_actions.err]


@pytest.mark.usefixtures("course")
def test_before_the_deadline_nothing_is_released(github: StandIn, autograder: CommandLine) -> None:
    """With `--force`, solutions are released anyway."""
    set_deadline(timedelta(days=1))

    refused = autograder("release-solutions")
    forced = autograder("release-solutions", "--force")

    assert refused.status == 2
    assert "work counts until" in refused.err
    assert forced.status == 0
    assert len(pull_requests(github.repository("course/m06-b"))) == 1


@pytest.mark.usefixtures("course")
def test_one_student_alone_can_be_released_to(github: StandIn, autograder: CommandLine) -> None:
    """By id or login; a name that is not in the roster is reported."""
    done = autograder("release-solutions", "--only", "B")
    unknown = autograder("release-solutions", "--only", "nobody")

    assert done.out.splitlines()[-1] == "1 released"
    assert pull_requests(github.repository("course/m06-ada-l")) == []
    assert (unknown.status, "nobody" in unknown.err) == (2, True)


@pytest.mark.usefixtures("course", "github")
def test_an_extension_for_an_unknown_student_is_reported(autograder: CommandLine) -> None:
    """With a misspelt name, solutions would be released too early."""
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    set_deadline(timedelta(days=-1), f"[extensions]\nadal = {later}\n")

    done = autograder("release-solutions")

    assert done.status == 2
    assert "extensions.adal" in done.err


@pytest.mark.usefixtures("course", "github")
def test_a_missing_token_is_reported_before_any_request(
    autograder: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the missing variable."""
    monkeypatch.delenv("GITHUB_TOKEN")

    published = autograder("publish", "--template", TEMPLATE)
    released = autograder("release-solutions")

    assert (published.status, released.status) == (2, 2)
    assert "GITHUB_TOKEN is not set" in published.err
    assert "GITHUB_TOKEN is not set" in released.err
