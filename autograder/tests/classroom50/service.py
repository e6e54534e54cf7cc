"""What Classroom 50 does with a bundle, and the rules by which it checks a result.

Written down from foundation50/classroom50: schemas/result-v1.schema.json, and run_entrypoint and
validate_result in cli/gh-teacher/skeleton/dotgithub/scripts/runner.py; limits of a commit status
and a release are GitHub's.
"""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 10 << 20
"""The limit on a bundle that is fetched, and on a result that is collected."""
IDENTITY = {
    "CLASSROOM": "cs-101",
    "ASSIGNMENT": "m06",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "ada",
    "USERNAME": "ada",
    "SUBMISSION_TAG": "submit/2026-11-02T23-59-00Z-ab12cd3",
    "COMMIT_URL": f"https://github.com/org/cs-101-m06-ada/commit/{'a' * 40}",
    "RELEASE_URL": "https://github.com/org/cs-101-m06-ada/releases/tag/submit%2Fx",
    "REVIEW_URL": "https://github.com/org/cs-101-m06-ada/compare/b...a",
}
_KEYS = {
    *("schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit"),
    *("release", "review", "datetime", "score", "max-score", "tests"),
}


@dataclass(frozen=True)
class Published:
    """The files and outputs that the service has after a run."""

    exit_code: int
    result: Any
    """None if it is missing or cannot be read."""
    result_bytes: int
    body: str
    outputs: dict[str, str]
    """The last line of each name in GITHUB_OUTPUT."""
    log: str

    @property
    def scores(self) -> dict[str, int]:
        """The points of each test, by checkpoint id."""
        return {test["test-name"].split(":")[0]: test["score"] for test in self.result["tests"]}


def packed(bundle: Path) -> bytes:
    """Pack a bundle as the service fetches it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        archive.add(bundle, arcname=".")
    return file.getvalue()


def run_bundle(bundle: Path, checkout: Path, home: Path, **environment: str) -> Published:
    """Run a bundle in a student's checkout, as the service's job does.

    Args:
        bundle: The folder of the unpacked bundle.
        checkout: The student's repository.
        home: A folder for the job's files.
        environment: Further variables of the job.
    """
    home.mkdir(exist_ok=True)
    outputs = home / "outputs"
    outputs.touch()
    done = subprocess.run(
        [sys.executable, str(bundle / "autograder.py")],
        cwd=checkout,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(home / "summary"),
            "CLASSROOM50_BUNDLE_DIR": str(bundle),
            **IDENTITY,
            **environment,
        },
        capture_output=True,
        encoding="utf-8",
        timeout=280,
        check=False,
    )
    result, body = checkout / "result.json", checkout / "release-body.md"
    found = re.findall(r"^(\w+)=(.*)$", outputs.read_text("utf-8"), re.MULTILINE)
    return Published(
        exit_code=done.returncode,
        result=json.loads(result.read_text("utf-8")) if _is_plain(result) else None,
        result_bytes=result.stat().st_size if _is_plain(result) else 0,
        body=body.read_text("utf-8") if _is_plain(body) else "",
        outputs=dict(found),
        log=done.stdout + done.stderr,
    )


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def broken_rules(published: Published) -> list[str]:
    """List the rules that a run broke."""
    return list(_broken(published))


def _broken(published: Published) -> Iterator[str]:
    if published.exit_code:
        yield f"exit code {published.exit_code}"
    if published.outputs.get("status") not in ("success", "failure", "error"):
        yield f"status {published.outputs.get('status')}"
    if not 0 < len(published.outputs.get("summary", "")) <= 140:
        yield "a summary of 1 to 140 characters"
    if not 0 < len(published.body) <= 125_000:
        yield "a body of 1 to 125,000 characters"
    if published.result_bytes > MOST_BYTES:
        yield "a result of 10 MiB at most"
    yield from broken_rules_of_result(published.result)


def broken_rules_of_result(result: Any) -> Iterator[str]:
    """Yield the rules that a `result.json` breaks."""
    if not isinstance(result, dict):
        yield "the result is an object"
        return
    if set(result) != _KEYS:
        yield f"keys: {sorted(set(result) ^ _KEYS)}"
        return
    same = {
        "schema": "classroom50/result/v1",
        "classroom": IDENTITY["CLASSROOM"],
        "assignment": IDENTITY["ASSIGNMENT"],
        "assignment_type": "individual",
        "owner": IDENTITY["OWNER"],
    }
    yield from (key for key, value in same.items() if result[key] != value)
    for key in ("submission", "commit", "release", "review", "datetime"):
        if not isinstance(result[key], str) or not result[key]:
            yield f"{key} is a text"
    if not str(result["submission"]).startswith("submit/"):
        yield "a submission begins with submit/"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(result["datetime"])):
        yield "the form of datetime"
    yield from _broken_points(result, "the result")
    if not isinstance(result["tests"], list):
        yield "tests are a list"
        return
    for number, test in enumerate(result["tests"]):
        if not isinstance(test.get("test-name"), str) or not test["test-name"]:
            yield f"test {number} has a name"
        if not isinstance(test.get("passed"), bool):
            yield f"test {number} passed or not"
        yield from _broken_points(test, f"test {number}")


def _broken_points(holder: dict[str, Any], where: str) -> Iterator[str]:
    score, most = holder.get("score"), holder.get("max-score")
    if type(score) is not int or type(most) is not int or not 0 <= score <= most:
        yield f"points of {where}: {score!r} of {most!r}"
