"""The stand-in does what GitHub documents, as far as this project relies on it."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.tests.github_stand_in import (
    Fault,
    StandIn,
    accept_invitation,
    broken,
    invitations,
    secondary_limit,
)
from autograder.tests.github_stand_in.git_client import commit_and_push, run_git

NAME = "course/m06-ada"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a stand-in with one repository."""
    with StandIn(tmp_path / "github") as made:
        made.add_repository(NAME)
        yield made


def ask(github: StandIn, token: str, method: str, path: str, body: object = None) -> Any:
    """Send a request, and return the parsed response, or the status of an error."""
    request = urllib.request.Request(
        f"{github.url}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ConnectionError):
        return "broken"


def query(github: StandIn, token: str, text: str, **variables: object) -> Any:
    """Send a GraphQL query."""
    body = {"query": text, "variables": variables}
    return ask(github, token, "POST", "/api/graphql", body)


def clone(github: StandIn, token: str, target: Path, *more: str) -> int:
    """Clone with a token, and return git's exit code."""
    return run_git(token, "clone", "-q", *more, f"{github.url}/{NAME}.git", str(target)).returncode


def push(github: StandIn, token: str, work: Path, what: str) -> str:
    """Commit and push, and return git's error messages."""
    return commit_and_push(token, work, f"{github.url}/{NAME}.git", what)


def test_git_needs_a_right_to_the_repository(github: StandIn, tmp_path: Path) -> None:
    """A token with a right to another repository cannot read this repository."""
    github.push(NAME, {"a.py": "x = 1\n"})

    reads = clone(github, github.add_token("ada", {NAME: "read"}), tmp_path / "one")
    other = clone(github, github.add_token("bob", {"course/m06-bob": "write"}), tmp_path / "two")

    assert reads == 0
    assert (tmp_path / "one" / "a.py").read_text() == "x = 1\n"
    assert other != 0


def test_a_push_is_an_activity_with_the_server_s_time(github: StandIn, tmp_path: Path) -> None:
    """Also a push that a test makes without HTTP. The newest comes first."""
    token = github.add_token("ada", {NAME: "write"})
    first = github.push(NAME, {"a.py": "x = 1\n"})
    clone(github, token, tmp_path / "work")
    github.wait(hours=1)

    push(github, token, tmp_path / "work", "HEAD:main")

    listed = ask(github, token, "GET", f"/api/v3/repos/{NAME}/activity?ref=main")
    assert [(activity["activity_type"], activity["timestamp"]) for activity in listed] == [
        ("push", "2026-03-01T13:00:00Z"),
        ("branch_creation", "2026-03-01T12:00:00Z"),
    ]
    assert listed[0]["before"] == first


def test_writing_needs_the_right_to_it(github: StandIn) -> None:
    """403 for a token that may only read, 404 for one without rights, 401 for an unknown token."""
    sha = github.push(NAME, {"a.py": ""})
    reader = github.add_token("ada", {NAME: {"contents": "read", "statuses": "read"}})
    writer = github.add_token("grader", {NAME: {"contents": "write", "statuses": "write"}})
    stranger = github.add_token("eve", {})
    status = {"state": "success", "context": "grade/a", "description": "1 / 1"}
    path = f"/api/v3/repos/{NAME}/statuses/{sha}"

    answers = [ask(github, token, "POST", path, status) for token in (reader, stranger, "ghp_none")]
    ask(github, writer, "POST", path, status)

    assert answers == [403, 404, 401]
    assert github.statuses(NAME, sha) == {"grade/a": ("success", "1 / 1")}


def test_a_refusal_names_the_missing_permission(github: StandIn) -> None:
    """In the header that GitHub uses for it."""
    sha = github.push(NAME, {"a.py": ""})
    token = github.add_token("ada", {NAME: {"statuses": "read"}})
    request = urllib.request.Request(
        f"{github.url}/api/v3/repos/{NAME}/statuses/{sha}",
        data=b'{"state": "success"}',
        headers={"Authorization": f"Bearer {token}"},
    )

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)

    assert refused.value.headers["X-Accepted-GitHub-Permissions"] == "statuses=write"


@pytest.mark.parametrize(
    ("method", "path", "body", "complaint"),
    [
        ("POST", "statuses/0", {"state": "failed"}, "'failed' is not one of"),
        ("POST", "statuses/0", {"context": "grade/a"}, "'state' is a required property"),
        ("POST", "statuses/0", {"state": "success", "url": ""}, "'url' was unexpected"),
        ("GET", "activity?per_page=ten", None, "'ten' is not of type 'integer'"),
        ("GET", "activity?per-page=10", None, "'per-page' was unexpected"),
        ("PUT", "statuses/0", {}, "no such operation"),
    ],
)
def test_a_request_that_does_not_match_the_description_is_recorded(
    github: StandIn, method: str, path: str, body: object, complaint: str
) -> None:
    """Names, values and operations must be GitHub's, whatever the response was."""
    token = github.add_token("ada", {NAME: "write"})

    ask(github, token, method, f"/api/v3/repos/{NAME}/{path}", body)

    (recorded,) = github.complaints
    github.complaints.clear()
    assert complaint in recorded


def test_a_complaint_fails_the_test_at_the_end(tmp_path: Path) -> None:
    """So tests need not look for complaints."""
    with pytest.raises(AssertionError, match="no such operation"), StandIn(tmp_path) as github:
        ask(github, github.add_token("ada", {}), "GET", "/api/v3/gists/ada")


def test_a_field_that_the_token_may_not_read_is_an_error(github: StandIn) -> None:
    """The response still has the other fields."""
    sha = github.push(NAME, {"a.py": ""})
    token = github.add_token("ada", {NAME: {"contents": "read"}})

    answer = query(
        github,
        token,
        """query($oid: GitObjectID!) { repository(owner: "course", name: "m06-ada") {
          object(oid: $oid) { ... on Commit { oid status { contexts { state } } } }
        } }""",
        oid=sha,
    )

    assert answer["data"]["repository"]["object"] == {"oid": sha, "status": None}
    assert [error["type"] for error in answer["errors"]] == ["FORBIDDEN"]


def test_a_new_workflow_needs_the_right_to_workflows(github: StandIn, tmp_path: Path) -> None:
    """A workflow that is on another branch already, unchanged, does not need it."""
    github.push(NAME, {".github/workflows/a.yml": "on: push\n", "a.py": ""})
    token = github.add_token("ada", {NAME: {"contents": "write"}})
    clone(github, token, tmp_path / "work")
    workflow = tmp_path / "work" / ".github" / "workflows" / "b.yml"

    unchanged = push(github, token, tmp_path / "work", "HEAD:refs/heads/other")
    workflow.write_text("on: push\n")
    refused = push(github, token, tmp_path / "work", "HEAD:main")
    allowed = push(github, github.add_token("ada", {NAME: "write"}), tmp_path / "work", "HEAD:main")

    assert unchanged == ""
    assert "[remote rejected] HEAD -> main (refusing to allow a Personal Access Token" in refused
    assert "`.github/workflows/b.yml`" in refused
    assert allowed == ""
    assert set(github.repository(NAME).heads()) == {"refs/heads/main", "refs/heads/other"}


def test_a_repository_is_made_from_a_template(github: StandIn) -> None:
    """With its files in one commit. The token must own the organisation."""
    template = github.add_repository("course/template")
    template.is_template = True
    github.push("course/template", {"a.py": "x = 1\n"})
    newest = github.push("course/template", {"a.py": "x = 2\n", "b/c.bin": b"\0\xff"})
    path = "/api/v3/repos/course/template/generate"
    asked = {"owner": "course", "name": "made", "private": True}
    owner = github.add_token("owner", {"course/*": "write"})

    refused = ask(
        github, github.add_token("ada", {"course/template": "write"}), "POST", path, asked
    )
    ask(github, owner, "POST", path, asked)
    again = ask(github, owner, "POST", path, asked)

    assert (refused, again) == (403, 422)
    made = github.repository("course/made")
    assert made.files() == {"a.py": b"x = 2\n", "b/c.bin": b"\0\xff"}
    assert made.head != newest


def test_an_organisation_lists_what_the_token_may_see(github: StandIn) -> None:
    """Only owners may list its members."""
    github.add_repository("course/m06-bob")
    owner = github.add_token("owner", {"course/*": "write"})
    ada = github.add_token("ada", {NAME: "read"})
    given = f"/api/v3/repos/{NAME}/collaborators/ada"

    ask(github, owner, "PUT", given, {"permission": "push"})
    accept_invitation(github.repository(NAME), "ada")
    repositories = [
        ask(github, token, "GET", "/api/v3/orgs/course/repos") for token in (owner, ada)
    ]
    members = [ask(github, token, "GET", "/api/v3/orgs/course/members") for token in (owner, ada)]

    assert repositories == [
        [{"full_name": NAME}, {"full_name": "course/m06-bob"}],
        [{"full_name": NAME}],
    ]
    assert members == [[{"login": "ada"}], 403]


def test_an_invitation_gives_access_once_it_is_accepted(github: StandIn) -> None:
    """A second one changes nothing; an expired one stays expired until it is deleted."""
    owner = github.add_token("owner", {NAME: {"administration": "write"}})
    access = f"/api/v3/repos/{NAME}/collaborators/ada"
    listed = f"/api/v3/repos/{NAME}/invitations"
    repository = github.repository(NAME)

    def permission() -> str:
        return str(ask(github, owner, "GET", f"{access}/permission")["permission"])

    before = permission()
    for _ in range(2):
        ask(github, owner, "PUT", access, {"permission": "push"})
    (invited,) = ask(github, owner, "GET", listed)
    invitations(repository)[0]["expired"] = True
    ask(github, owner, "PUT", access, {"permission": "push"})
    (expired,) = ask(github, owner, "GET", listed)
    ask(github, owner, "DELETE", f"{listed}/{expired['id']}")
    ask(github, owner, "PUT", access, {"permission": "push"})
    accept_invitation(repository, "ada")

    assert (before, invited["expired"], expired["expired"]) == ("none", False, True)
    assert (permission(), ask(github, owner, "GET", listed)) == ("write", [])
    github.unknown_logins.add("nobody")
    assert ask(github, owner, "GET", "/api/v3/users/nobody") == 404


def test_github_s_limits_hold(github: StandIn) -> None:
    """A description of 141 characters and a comment of 65,537 are refused."""
    sha = github.push(NAME, {"a.py": ""})
    token = github.add_token("grader", {NAME: "write"})
    repository = f"/api/v3/repos/{NAME}"

    status = {"state": "success", "context": "a", "description": "x" * 141}
    long_status = ask(github, token, "POST", f"{repository}/statuses/{sha}", status)
    comments = f"{repository}/commits/{sha}/comments"
    long_comment = ask(github, token, "POST", comments, {"body": "x" * 65_537})

    assert (long_status, long_comment) == (422, 422)


def test_a_comment_can_be_edited_and_deleted(github: StandIn) -> None:
    """By its id."""
    sha = github.push(NAME, {"a.py": ""})
    token = github.add_token("grader", {NAME: "write"})
    repository = f"/api/v3/repos/{NAME}"
    made = [
        ask(github, token, "POST", f"{repository}/commits/{sha}/comments", {"body": text})["id"]
        for text in ("one", "two")
    ]

    ask(github, token, "PATCH", f"{repository}/comments/{made[0]}", {"body": "three"})
    ask(github, token, "DELETE", f"{repository}/comments/{made[1]}")

    assert github.comments(NAME, sha) == ["three"]


def test_graphql_answers_aliases_fragments_and_pages(github: StandIn) -> None:
    """A repository that does not exist is null, with an error of the type NOT_FOUND."""
    sha = github.push(NAME, {"a.py": ""})
    token = github.add_token("grader", {NAME: "write"})
    for text in ("one", "two"):
        ask(github, token, "POST", f"/api/v3/repos/{NAME}/commits/{sha}/comments", {"body": text})

    answer = query(
        github,
        token,
        """query($owner: String!, $name: String!) {
          viewer { login }
          a: repository(owner: $owner, name: $name) { ...Head }
          b: repository(owner: $owner, name: "none") { ...Head }
        }
        fragment Head on Repository {
          defaultBranchRef { target { oid ... on Commit {
            comments(first: 1) { nodes { body viewerDidAuthor } pageInfo { hasNextPage } }
          } } }
        }""",
        owner="course",
        name="m06-ada",
    )

    assert answer["data"]["viewer"] == {"login": "grader"}
    assert answer["data"]["b"] is None
    assert [error["type"] for error in answer["errors"]] == ["NOT_FOUND"]
    assert answer["data"]["a"]["defaultBranchRef"]["target"] == {
        "oid": sha,
        "comments": {
            "nodes": [{"body": "one", "viewerDidAuthor": True}],
            "pageInfo": {"hasNextPage": True},
        },
    }


def test_a_misspelt_field_is_an_error(github: StandIn) -> None:
    """GitHub's schema lacks a field of that name."""
    token = github.add_token("grader", {NAME: "write"})

    answer = query(github, token, "{ viewer { logn } }")

    assert "data" not in answer
    assert "logn" in answer["errors"][0]["message"]


def test_faults_affect_the_requests_that_they_name(github: StandIn) -> None:
    """A rate limit, an error, and a connection that breaks after the request took effect."""
    sha = github.push(NAME, {"a.py": ""})
    token = github.add_token("grader", {NAME: "write"})
    path = f"/api/v3/repos/{NAME}/commits/{sha}/comments"
    github.faults = [
        secondary_limit("/comments"),
        Fault("/comments", status=502, after=1),
        broken("/comments", acts=True),
    ]

    answers = [ask(github, token, "POST", path, {"body": str(number)}) for number in range(4)]

    assert answers[0] == 403
    assert "broken" in answers
    assert 502 in answers
    assert len(github.comments(NAME, sha)) == 2
    assert {request.status for request in github.requests} == {403, 502, None, 201}
