"""A small stand-in for GitHub: git over HTTP, REST and GraphQL, with permissions, a log and faults.

    with StandIn(tmp_path) as github:
        github.add_repository("course/m06-ada")
        sha = github.push("course/m06-ada", {"a.py": "x = 1"})
        token = github.add_token("grader", {"course/m06-ada": "write"})
        ... run something with the environment `github.environment(token)` ...
        assert github.comments("course/m06-ada", sha) == []

It has the routes that this project uses, and answers 404 to all others. A request to the REST API
that does not match GitHub's OpenAPI description fails the test. Routes are functions with a
decorator, most of them in `rest.py`. `graphql.py` evaluates queries over plain dicts. A field that
is not in `objects.py` is an error, even if GitHub has it.
"""

from autograder.tests.github_stand_in.dispatches import dispatches
from autograder.tests.github_stand_in.faults import Fault, broken, secondary_limit
from autograder.tests.github_stand_in.organizations import (
    accept_invitation,
    collaborators,
    invitations,
)
from autograder.tests.github_stand_in.pulls import pull_requests
from autograder.tests.github_stand_in.repositories import GITLINK, LINK, Repository
from autograder.tests.github_stand_in.stand_in import Request, StandIn

__all__ = [
    "GITLINK",
    "LINK",
    "Fault",
    "Repository",
    "Request",
    "StandIn",
    "accept_invitation",
    "broken",
    "collaborators",
    "dispatches",
    "invitations",
    "pull_requests",
    "secondary_limit",
]
