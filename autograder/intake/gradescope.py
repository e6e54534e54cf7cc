"""Reads whose the submissions of a Gradescope download are, from `submission_metadata.yml`.

    submission_123456:
      :submitters:
      - :name: Ada Lovelace
        :sid: '2044517'
        :email: ada@example.org
      :created_at: 2026-11-30 10:00:00.000000000 Z

The keys are Ruby's symbols, and so begin with a colon (help.gradescope.com, "Export Submissions").
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from autograder.errors import SubmissionError
from autograder.intake.hand_ins import Submitter, keys_of

SUBMITTERS = "submission_metadata.yml"
LARGEST = 20 << 20
MOST_SUBMITTERS = 50
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d:\d\d)(?:\.\d{1,12})? ?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)"
)


@dataclass(frozen=True)
class GradescopeSubmission:
    """What the file says of a submission."""

    submitters: tuple[Submitter, ...]
    """Several if a group handed it in together."""
    created_at: datetime | None
    """When it came, with its zone; None if that is not said."""


def read_submissions(path: Path) -> Mapping[str, GradescopeSubmission]:
    """Read who handed in each submission, and when, by the name of its folder.

    They are named by SID; where there is none, by e-mail address or name.

    Raises:
        SubmissionError: It cannot be read, or has another form.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise SubmissionError(f"{path} is larger than {LARGEST >> 20} MiB")
        # All values stay texts: nothing is made of them.
        submissions = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - makes texts only
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise SubmissionError(f"{path} cannot be read as YAML: {type(error).__name__}") from None
    if not isinstance(submissions, dict):
        raise SubmissionError(f"{path} does not say whose the submissions are")
    return {
        name: GradescopeSubmission(submitters, _moment(facts.get(":created_at")))
        for name, facts in submissions.items()
        if isinstance(name, str) and (submitters := tuple(_submitters(facts)))
    }


def _submitters(facts: Any) -> Iterator[Submitter]:
    listed = facts.get(":submitters") if isinstance(facts, dict) else None
    for submitter in (listed if isinstance(listed, list) else [])[:MOST_SUBMITTERS]:
        if not isinstance(submitter, dict):
            continue
        sid, email, name = (_text(submitter.get(key)) for key in (":sid", ":email", ":name"))
        if sid or email or name:
            keys = keys_of(sis_id=sid, id_number=sid, email=email, name=name)
            known_as = ", ".join(filter(None, (name, email, sid)))
            yield Submitter(sid or email or name, keys, known_as=known_as)


def _moment(value: object) -> datetime | None:
    """Read `2026-11-30 10:00:00.000000000 Z`; a time without a zone says nothing."""
    found = _MOMENT.fullmatch(_text(value))
    if found is None:
        return None
    with suppress(ValueError):
        return datetime.fromisoformat(f"{found['date']}T{found['clock']}{found['zone']}")
    return None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
