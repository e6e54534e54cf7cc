"""Reads whose the submissions of a Gradescope download are, from `submission_metadata.yml`.

    submission_123456:
      :submitters:
      - :name: Ada Lovelace
        :sid: '2044517'
        :email: ada@example.org

The keys are Ruby's symbols, and so begin with a colon (help.gradescope.com, "Export Submissions").
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from autograder.errors import SubmissionError
from autograder.intake.hand_ins import Submitter, keys_of

SUBMITTERS = "submission_metadata.yml"
LARGEST = 20 << 20
MOST_SUBMITTERS = 50


def read_submitters(path: Path) -> Mapping[str, tuple[Submitter, ...]]:
    """Read who handed in each submission, by the name of its folder.

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
        name: submitters
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
            yield Submitter(sid or email or name, keys)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
