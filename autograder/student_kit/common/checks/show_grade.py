"""Shows the grade of this commit in the job's summary, as far as it is there.

Hidden tests run elsewhere. What they say is published on the commit: a status `grade/<checkpoint>`
for each checkpoint, and a comment with the feedback. This script asks GitHub for both and never
fails: a push without a grade is no error. It asks once, or again and again for as long as
GRADE_WAIT_SECONDS says, where a grade can be expected that soon. It needs nothing but Python.
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
"""Of one answer."""
LONGEST_COMMENT = 100_000
"""Characters; GitHub takes a summary of 1 MiB."""
PREFIX = "grade/"


class NoAnswerError(Exception):
    """GitHub could not be asked, or did not say what it should."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final
        """Whether it makes no sense to ask again."""


@dataclass(frozen=True)
class Settings:
    """What Actions sets for a job."""

    api: str
    repository: str
    commit: str
    token: str
    wait: float
    """Seconds to wait for the grade, in all. Most grades come minutes later: then 0."""
    pause: float
    """Seconds between two questions."""

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read them.

        Raises:
            NoAnswerError: One is missing.
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
    """What is graded by hidden tests."""

    id: str
    checkpoints: frozenset[str]

    @classmethod
    def read(cls) -> "Assignment":
        """Read assignment.toml.

        Raises:
            NoAnswerError: It does not say.
        """
        try:
            read = tomllib.loads((ROOT / "assignment.toml").read_text("utf-8"))
            return cls(str(read["id"]), frozenset(str(one["id"]) for one in read["checkpoints"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise NoAnswerError("assignment.toml cannot be read", final=True) from None


@dataclass(frozen=True)
class Status:
    """What is known of one checkpoint."""

    checkpoint: str
    state: str
    """`success`, `failure`, `error` or `pending`."""
    description: str


def main() -> int:
    """Show the grade, if it is there or comes in time."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # not every console knows every letter
    try:
        settings = Settings.from_environment()
        assignment = Assignment.read()
        statuses = wait_for_statuses(settings, assignment.checkpoints)
        comment = feedback(settings, assignment.id) if statuses else None
    except (NoAnswerError, ValueError) as trouble:
        say(f"The grade cannot be shown here: {trouble}. Open your commit on GitHub to see it.")
        return 0
    if not statuses:
        say(
            "Not graded yet. The grade will appear on your commit on GitHub; "
            "to see it here, run this job again."
        )
        return 0
    for one in statuses:
        print(on_actions.in_log(f"{PREFIX}{one.checkpoint}  {one.state}  {one.description}"))
    on_actions.add_to_summary(as_markdown(statuses, comment))
    return 0


def say(line: str) -> None:
    """Print one line, and put it into the summary."""
    print(on_actions.in_log(line))
    on_actions.add_to_summary(f"## Grade\n\n{on_actions.cell(line)}")


def wait_for_statuses(settings: Settings, wanted: Iterable[str]) -> list[Status]:
    """Ask until each checkpoint is graded or the time is up; return what there is by then.

    Raises:
        NoAnswerError: GitHub did not answer the last time, and had said nothing before.
    """
    wanted = set(wanted)
    end = time.monotonic() + settings.wait
    found: list[Status] = []
    while True:
        trouble = None
        try:
            found = statuses_of(settings)
        except NoAnswerError as error:
            trouble = error
        done = wanted <= {one.checkpoint for one in found if one.state != "pending"}
        late = time.monotonic() + settings.pause > end
        if done or late or (trouble and trouble.final):
            if trouble and not found:
                raise trouble
            return found
        time.sleep(settings.pause)


def statuses_of(settings: Settings) -> list[Status]:
    """Ask for the statuses of the commit; each checkpoint has its newest one."""
    answer = ask(settings, "status?per_page=100")
    try:
        return [
            Status(
                str(one["context"])[len(PREFIX) :], str(one["state"]), str(one["description"] or "")
            )
            for one in answer["statuses"]
            if str(one["context"]).startswith(PREFIX)
        ]
    except (KeyError, TypeError):
        raise NoAnswerError("GitHub's response could not be read") from None


def feedback(settings: Settings, assignment: str) -> str | None:
    """Ask for the newest comment whose heading names the assignment: that is the feedback.

    It may come a moment later than the statuses, so it is asked for twice.
    """
    for pause in (settings.pause, None):
        try:
            comments = [str(one["body"]) for one in ask(settings, "comments?per_page=100")]
        except (NoAnswerError, KeyError, TypeError):
            comments = []  # the states are shown anyway
        for body in reversed(comments):
            heading = body.lstrip().partition("\n")[0]
            if heading.startswith("# ") and assignment in re.sub(r"[`\\]", "", heading):
                return body[:LONGEST_COMMENT]
        if pause is not None:
            time.sleep(pause)
    return None


def ask(settings: Settings, what: str) -> Any:
    """Ask GitHub's API about the commit.

    Raises:
        NoAnswerError: There was no answer, or none that makes sense.
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
    """Write states and feedback for the summary."""
    lines = ["## Grade by the hidden tests", "", "| checkpoint | state | |", "|---|---|---|"]
    lines += [
        f"| {on_actions.cell(one.checkpoint)} | {on_actions.cell(one.state)} "
        f"| {on_actions.cell(one.description)} |"
        for one in statuses
    ]
    return "\n".join([*lines, "", comment or "There is no feedback yet."])


if __name__ == "__main__":
    raise SystemExit(main())
