"""A small stand-in for GitHub: git over HTTP, REST and GraphQL, with rights, a log, and faults.

    with StandIn(tmp_path) as github:
        github.add_repository("course/m06-ada")
        sha = github.push("course/m06-ada", {"a.py": "x = 1"})
        token = github.add_token("grader", {"course/m06-ada": "write"})
        ... run something with the environment `github.environment(token)` ...
        assert github.comments("course/m06-ada", sha) == []

It knows what this project asks for and answers 404 to all else. A request to the REST API that is
not as GitHub's OpenAPI description has it fails the test. `rest.py` holds the routes: a new
one is a function with a decorator. `graphql.py` evaluates queries over plain dicts, and a field
that GitHub's schema has but `objects.py` lacks is an error, as a misspelt one is.
"""

from autograder.tests.github_stand_in.dispatches import dispatches
from autograder.tests.github_stand_in.faults import Fault, broken, secondary_limit
from autograder.tests.github_stand_in.organizations import collaborators
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
    "broken",
    "collaborators",
    "dispatches",
    "pull_requests",
    "secondary_limit",
]
