"""Classroom 50's scores: hidden grades as overrides, and the times of submissions."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom50.scores import handins_of, read_scores, with_overrides
from autograder.errors import ExportError
from autograder.gradebook.roster import Roster
from autograder.gradebook.standing import CheckpointPoints, Standing
from autograder.gradebook.student import Student
from autograder.tests.classroom50.service import IDENTITY, broken_rules_of_result

COMMIT = "a" * 40


def record(owner: str, score: int = 60, **more: Any) -> dict[str, Any]:
    """Return a submission as the service collects it."""
    return {
        "schema": "classroom50/result/v1",
        "classroom": IDENTITY["CLASSROOM"],
        "assignment_type": "individual",
        "owner": owner,
        "submission": "submit/2026-11-02T23-59-00Z-ab12cd3",
        "commit": f"https://github.com/org/cs-101-m06-{owner}/commit/{COMMIT}",
        "release": "https://github.com/org/x/releases/tag/y",
        "review": "https://github.com/org/x/compare/b...a",
        "datetime": "1999-01-01T00:00:00Z",
        "score": score,
        "max-score": 100,
        "tests": [{"test-name": "writer", "passed": False, "score": score, "max-score": 100}],
        "late": False,
        **more,
    }


def entry(owner: str, *records: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One student's entry."""
    return {"owner": owner, "submissions": list(records or [record(owner)]), **more}


def whole(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a file with these entries for the assignment, and with another assignment."""
    return {
        "schema": "classroom50/scores/v1",
        "assignments": {
            "m05": {"type": "group", "entries": [entry("zed")]},
            "m06": {"type": "individual", "collected_at": "x", "entries": list(entries), **more},
        },
    }


def write(tmp_path: Path, scores: object) -> Path:
    """Write a file of scores."""
    path = tmp_path / "scores.json"
    path.write_text(scores if isinstance(scores, str) else json.dumps(scores), encoding="utf-8")
    return path


def standing(login: str | None, writer: float | None = 22.5, concepts: float = 10) -> Standing:
    """Return a student's points in two checkpoints, of 45."""
    return Standing(
        student=Student(id=(login or "nobody").lower(), login=login),
        checkpoints=(
            CheckpointPoints(id="writer", title="The writer", score=writer, max_score=30),
            CheckpointPoints(id="concepts", title="Concepts", score=concepts, max_score=15),
        ),
    )


def test_hidden_grades_override_the_newest_submission(tmp_path: Path) -> None:
    """Points are whole, and the record is valid; older submissions do not change."""
    older = record("ada", 3)
    scores = read_scores(write(tmp_path, whole(entry("Ada", record("ada"), older))), "m06")

    done = with_overrides(scores, [standing("ada")])

    (ada,) = json.loads(done.text)["assignments"]["m06"]["entries"]
    newest, before = ada["submissions"]
    assert (done.written, done.left) == (("ada",), ())
    assert ada["override"] is True
    assert (newest["score"], newest["max-score"]) == (33, 45)
    assert [(test["score"], test["passed"]) for test in newest["tests"]] == [
        (23, False),
        (10, False),
    ]
    assert before == older
    added = {"late", "visible-checks"}
    result = {key: value for key, value in newest.items() if key not in added}
    assert list(broken_rules_of_result({**result, "assignment": "m06"})) == []


def test_points_of_the_visible_checks_are_kept(tmp_path: Path) -> None:
    """They are kept even if grades are written again."""
    once = with_overrides(
        read_scores(write(tmp_path, whole(entry("ada"))), "m06"), [standing("ada")]
    )

    twice = with_overrides(
        read_scores(write(tmp_path, once.text), "m06"), [standing("ada", writer=30)]
    )

    (ada,) = json.loads(twice.text)["assignments"]["m06"]["entries"]
    assert ada["submissions"][0]["score"] == 40
    assert ada["submissions"][0]["visible-checks"]["score"] == 60


def test_everything_else_is_unchanged(tmp_path: Path) -> None:
    """This includes other assignments, other students and unknown keys."""
    before = whole(entry("ada", note="x", member_usernames=["ada"]), entry("eve"), extra=[1])
    scores = read_scores(write(tmp_path, before), "m06")

    after = json.loads(with_overrides(scores, [standing("ada")]).text)

    ada = after["assignments"]["m06"]["entries"][0]
    assert (ada["note"], ada["member_usernames"]) == ("x", ["ada"])
    after["assignments"]["m06"]["entries"][0] = before["assignments"]["m06"]["entries"][0]
    assert after == before


def test_students_without_an_override_are_reported_with_the_reason(tmp_path: Path) -> None:
    """Their entries do not change."""
    before = whole(entry("eve"), entry("dan", override=True))
    scores = read_scores(write(tmp_path, before), "m06")

    done = with_overrides(
        scores, [standing("eve", writer=None), standing("dan"), standing("cyd"), standing(None)]
    )

    assert json.loads(done.text) == before
    assert done.written == ()
    assert done.left == (
        "eve: there is no total yet (undecided)",
        "dan: has an override that was made by hand",
        "cyd: Classroom 50 has collected no submission",
        "nobody: the roster has no GitHub login",
    )


def test_a_request_to_collect_again_does_not_prevent_an_override(tmp_path: Path) -> None:
    """`override: false` only means that nothing is overridden yet."""
    scores = read_scores(write(tmp_path, whole(entry("ada", override=False))), "m06")

    assert with_overrides(scores, [standing("ada")]).written == ("ada",)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ('{"a": NaN}', "is not valid JSON"),
        ("\x00\xff", "is not valid JSON"),
        ("[]", "not scores of Classroom 50"),
        ({**whole(), "schema": "classroom50/scores/v2"}, "not scores of Classroom 50: schema"),
        (whole({"owner": "x", "submissions": []}), "not scores of Classroom 50"),
        ({"schema": "classroom50/scores/v1", "assignments": {}}, "no assignment 'm06'"),
        (whole(type="group"), "handed in by groups"),
    ],
)
def test_an_invalid_file_is_refused(scores: object, message: str, tmp_path: Path) -> None:
    """The error is one line that says what is wrong."""
    path = write(tmp_path, scores)

    with pytest.raises(ExportError, match=message) as caught:
        read_scores(path, "m06")

    assert "\n" not in str(caught.value)


def test_the_tag_tells_when_work_was_handed_in(tmp_path: Path) -> None:
    """Students can set the date of a commit to any time."""
    roster = Roster(students=(Student(id="ada", login="Ada"),))
    scores = read_scores(write(tmp_path, whole(entry("ADA", record("ada")))), "m06")

    found, left = handins_of(scores, roster)

    assert left == ()
    assert found["ada"].handed_in_at == datetime(2026, 11, 2, 23, 59, tzinfo=UTC)
    assert found["ada"].commit == COMMIT
    assert found["ada"].repository == "https://github.com/org/cs-101-m06-ada"


@pytest.mark.parametrize(
    "more",
    [
        {"submission": "submit/2026-13-02T23-59-00Z-ab12cd3"},
        {"submission": "submit/mine"},
        {"commit": "javascript:alert(1)"},
        {"commit": f"https://github.com/o/=1+1\n/commit/{COMMIT}"},
    ],
)
def test_a_forged_record_is_reported_and_left_out(more: dict[str, Any], tmp_path: Path) -> None:
    """Students can publish releases themselves."""
    roster = Roster(students=(Student(id="ada", login="ada"),))
    path = write(tmp_path, whole(entry("ada", record("ada", **more)), entry("eve")))

    found, left = handins_of(read_scores(path, "m06"), roster)

    assert found == {}
    assert [row.split(":")[0] for row in left] == ["ada", "eve"]
