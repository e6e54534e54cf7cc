"""The stand-in's route that starts a workflow."""

from typing import Any

from autograder.tests.github_stand_in.repositories import Repository
from autograder.tests.github_stand_in.rest import AnswerError, RestCall, route


def dispatches(repository: Repository) -> list[tuple[str, str]]:
    """Return each workflow that was started, with its branch."""
    found: Any = repository.more.setdefault("dispatches", [])
    made: list[tuple[str, str]] = found
    return made


@route("POST", "/repos/{owner}/{repo}/actions/workflows/{file}/dispatches")
def _dispatch(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("actions", "write")
    if "ref" not in call.body:
        raise AnswerError(422, 'Invalid request. "ref" wasn\'t supplied.')
    dispatches(repository).append((call.parts["file"], call.body["ref"]))
    return 204, None
