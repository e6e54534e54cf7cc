"""Shows the grade of this commit in the job's summary, if it has been published.

Hidden tests run elsewhere. Their results are published on the commit: a status
`grade/<checkpoint>` for each checkpoint, and a comment with the feedback. This script asks GitHub
for both. It never fails, because a push without a grade is not an error. It asks once by default,
or repeatedly for up to GRADE_WAIT_SECONDS. It needs only Python's standard library.
"""

import http.client
import json
import os
import re
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import on_actions

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 1 << 22
"""The most that is read of one response."""
LONGEST_COMMENT = 100_000
"""Characters; GitHub accepts a summary of 1 MiB."""
PREFIX = "grade/"


class NoAnswerError(Exception):
    """GitHub could not be asked, or its response was not as expected."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final
        """Whether asking again would give the same response."""


@dataclass(frozen=True)
class Settings:
    """The environment variables that Actions sets for a job."""

    api: str
    repository: str
    commit: str
    token: str
    wait: float
    """Seconds to wait for the grade, in all. 0 where grades come minutes later, as most do."""
    pause: float
    """Seconds between two requests."""

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings.

        Raises:
            NoAnswerError: A variable is not set.
        """

        def needed(name: str) -> str:
            if value := os.environ.get(name):
                return value
            raise NoAnswerError(f"{name} is not set", final=True)

        return cls(
            api=needed("GITHUB_API_URL"),
            repository=needed("GITHUB_REPOSITORY"),
            commit=needed("GITHUB_SHA"),
            token=needed("GITHUB_TOKEN"),
            wait=float(os.environ.get("GRADE_WAIT_SECONDS", "0")),
            pause=float(os.environ.get("GRADE_PAUSE_SECONDS", "10")),
        )


@dataclass(frozen=True)
class Assignment:
    """The assignment's id and the ids of its checkpoints."""

    id: str
    checkpoints: frozenset[str]

    @classmethod
    def read(cls) -> "Assignment":
        """Read assignment.toml.

        Raises:
            NoAnswerError: The file cannot be read, or an id is missing.
        """
        try:
            content = tomllib.loads((ROOT / "assignment.toml").read_text("utf-8"))
            checkpoints = [str(checkpoint["id"]) for checkpoint in content["checkpoints"]]
            return cls(str(content["id"]), frozenset(checkpoints))
        except (OSError, ValueError, KeyError, TypeError):
            raise NoAnswerError("assignment.toml cannot be read", final=True) from None


@dataclass(frozen=True)
class Status:
    """The published status of one checkpoint."""

    checkpoint: str
    state: str
    """`success`, `failure`, `error` or `pending`."""
    description: str


def main() -> int:
    """Show the grade, if it is published in time."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # some consoles cannot show all letters
    try:
        settings = Settings.from_environment()
        assignment = Assignment.read()
        statuses = wait_for_statuses(settings, assignment.checkpoints)
        comment = feedback(settings, assignment.id) if statuses else None
    except (NoAnswerError, ValueError) as error:
        say(f"The grade cannot be shown here: {error}. Open your commit on GitHub to see it.")
        return 0
    if not statuses:
        say(
            "Not graded yet. The grade will appear on your commit on GitHub; "
            "to see it here, run this job again."
        )
        return 0
    for status in statuses:
        print(
            on_actions.in_log(f"{PREFIX}{status.checkpoint}  {status.state}  {status.description}")
        )
    on_actions.add_to_summary(as_markdown(statuses, comment))
    return 0


def say(line: str) -> None:
    """Print one line, and add it to the summary."""
    print(on_actions.in_log(line))
    on_actions.add_to_summary(f"## Grade\n\n{on_actions.cell(line)}")


def wait_for_statuses(settings: Settings, wanted: Iterable[str]) -> list[Status]:
    """Ask until each checkpoint is graded or the time is up. Returns the statuses found.

    Raises:
        NoAnswerError: The last request failed, and no request before it found a status.
    """
    wanted = set(wanted)
    end = time.monotonic() + settings.wait
    found: list[Status] = []
    while True:
        failure = None
        try:
            found = statuses_of(settings)
        except NoAnswerError as error:
            failure = error
        done = wanted <= {status.checkpoint for status in found if status.state != "pending"}
        late = time.monotonic() + settings.pause > end
        if done or late or (failure and failure.final):
            if failure and not found:
                raise failure
            return found
        time.sleep(settings.pause)


def statuses_of(settings: Settings) -> list[Status]:
    """Ask for the commit's statuses. GitHub returns only the newest status of each checkpoint."""
    answer = ask(settings, "status?per_page=100")
    try:
        return [
            Status(
                str(status["context"])[len(PREFIX) :],
                str(status["state"]),
                str(status["description"] or ""),
            )
            for status in answer["statuses"]
            if str(status["context"]).startswith(PREFIX)
        ]
    except (KeyError, TypeError):
        raise NoAnswerError("GitHub's response could not be read") from None


def feedback(settings: Settings, assignment: str) -> str | None:
    """Return the feedback: the newest comment whose heading names the assignment.

    It may be published a moment after the statuses, so this asks twice.
    """
    for pause in (settings.pause, None):
        try:
            answer = ask(settings, "comments?per_page=100")
            comments = [str(comment["body"]) for comment in answer]
        except (NoAnswerError, KeyError, TypeError):
            comments = []  # the statuses are shown anyway
        for body in reversed(comments):
            heading = body.lstrip().partition("\n")[0]
            if heading.startswith("# ") and assignment in re.sub(r"[`\\]", "", heading):
                return body[:LONGEST_COMMENT]
        if pause is not None:
            time.sleep(pause)
    return None


def ask(settings: Settings, what: str) -> Any:
    """Ask GitHub's API about the commit, and return the decoded JSON.

    Raises:
        NoAnswerError: GitHub did not respond, or the response is an error or not JSON.
    """
    url = f"{settings.api}/repos/{settings.repository}/commits/{settings.commit}/{what}"
    if not url.startswith(("https://", "http://127.0.0.1")):
        raise NoAnswerError("GITHUB_API_URL is not a valid web address", final=True)
    request = urllib.request.Request(url, headers={"Accept": "application/vnd.github+json"})
    request.add_unredirected_header("Authorization", f"Bearer {settings.token}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        raise NoAnswerError(
            f"GitHub answered {error.code}", final=400 <= error.code < 500 and error.code != 429
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(f"GitHub did not answer ({type(error).__name__})") from None
    except ValueError:
        raise NoAnswerError("GitHub's response could not be read") from None


def as_markdown(statuses: list[Status], comment: str | None) -> str:
    """Write the statuses and the feedback for the summary."""
    lines = ["## Grade by the hidden tests", "", "| checkpoint | state | |", "|---|---|---|"]
    lines += [
        f"| {on_actions.cell(status.checkpoint)} | {on_actions.cell(status.state)} "
        f"| {on_actions.cell(status.description)} |"
        for status in statuses
    ]
    return "\n".join([*lines, "", comment or "The feedback is not published yet."])


if __name__ == "__main__":
    raise SystemExit(main())
