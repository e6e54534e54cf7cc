"""The stand-in's routes for pull requests."""

from typing import Any

from autograder.tests.github_stand_in.repositories import Repository
from autograder.tests.github_stand_in.rest import AnswerError, RestCall, route


def pull_requests(repository: Repository) -> list[dict[str, Any]]:
    """Return the pull requests of a repository, oldest first."""
    found: Any = repository.more.setdefault("pulls", [])
    made: list[dict[str, Any]] = found
    heads = repository.heads()
    for pull in made:  # a closed one stays at the commit that it had
        if pull["state"] == "open":
            pull["head"]["sha"] = heads.get(f"refs/heads/{pull['head']['ref']}")
    return made


@route("GET", "/repos/{owner}/{repo}/pulls")
def _pulls(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("pull_requests", "read")
    state, label = call.query.get("state", "open"), call.query.get("head")
    listed = [
        pull
        for pull in reversed(pull_requests(repository))
        if state in ("all", pull["state"]) and label in (None, pull["head"]["label"])
    ]
    return 200, listed[: int(call.query.get("per_page", "30"))]


@route("POST", "/repos/{owner}/{repo}/pulls")
def _open_pull(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("pull_requests", "write")
    made = pull_requests(repository)
    head, base = str(call.body["head"]), str(call.body["base"])
    label = f"{call.parts['owner']}:{head}"
    heads = repository.heads()
    if not {f"refs/heads/{head}", f"refs/heads/{base}"} <= set(heads):
        raise AnswerError(422, "Validation Failed: head or base is invalid")
    if heads[f"refs/heads/{head}"] == heads[f"refs/heads/{base}"]:
        raise AnswerError(422, f"Validation Failed: No commits between {base} and {head}")
    if any(pull["state"] == "open" and pull["head"]["label"] == label for pull in made):
        raise AnswerError(422, f"Validation Failed: A pull request already exists for {label}.")
    number = len(made) + 1
    made.append(
        {
            "number": number,
            "state": "open",
            "title": call.body["title"],
            "body": call.body.get("body"),
            "head": {"ref": head, "label": label, "sha": heads[f"refs/heads/{head}"]},
            "base": {"ref": base},
            "html_url": f"{call.github.url}/{repository.full_name}/pull/{number}",
        }
    )
    return 201, made[-1]
