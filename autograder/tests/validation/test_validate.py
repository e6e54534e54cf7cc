"""What a validation finds: each kind of finding from made-up trials, and a real run."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.assignment import HANDOUT_FILE, Course
from autograder.cli import main
from autograder.cli.app import app
from autograder.grading.grade import Outcome
from autograder.grading.judge.plan import PlannedTest, SuitePlan
from autograder.submission import Submission, read_submission
from autograder.validation.corpus import DeclaredSubmission, corpus_folder, read_corpus
from autograder.validation.findings import (
    costs_of,
    judge,
    left_behind,
    of_no_checkpoint,
    powers_of,
    unchecked,
    weak_checks,
    weak_tests,
)
from autograder.validation.report import (
    CaughtAtHome,
    FaultCost,
    Finding,
    FindingKind,
    MutationScore,
    TestPower,
    Validation,
    markdown,
    summary,
)
from autograder.validation.trials import Candidate, Trial
from autograder.validation.validate import ValidationOptions, validate
from autograder.validation.visible import problem_of_checks


def declared(name: str, *fails: str) -> DeclaredSubmission:
    """Return a submission that declares these failures."""
    return DeclaredSubmission(
        name, "a.py", frozenset(fails), alone=False, source="", helpers={}, feedback_file=Path()
    )


def trial(name: str, *fails: str, grader_log: str = "", outcome: Outcome = Outcome.WRONG) -> Trial:
    """Return a trial that failed these of the tests a, b, c and d."""
    outcomes = {test: outcome if test in fails else Outcome.PASSED for test in "abcd"}
    return Trial(
        Candidate(name, Submission({}, ()), frozenset({"a.py"}), name), outcomes, "", grader_log
    )


def kinds(findings: list[Finding]) -> list[tuple[FindingKind, str]]:
    """Return the kinds of findings, with their details."""
    return [(finding.kind, finding.detail) for finding in findings]


def test_failures_as_declared_are_not_a_finding() -> None:
    """A wrong submission fails exactly its declared tests, and a right submission fails none."""
    assert judge(declared("wrong/x", "a", "b"), [trial("wrong/x", "a", "b")]) == []
    assert judge(declared("right/x"), [trial("right/x")]) == []


@pytest.mark.parametrize(
    ("submission", "failed", "expected"),
    [
        (declared("right/x"), "b", [(FindingKind.RIGHT_REFUSED, "by b")]),
        (declared("wrong/x", "a", "b"), "", [(FindingKind.WRONG_ACCEPTED, "should fail a, b")]),
        (declared("wrong/x", "a", "b"), "a", [(FindingKind.FAILS_ELSEWHERE, "does not fail b")]),
        (declared("wrong/x", "a"), "acd", [(FindingKind.FAILS_ELSEWHERE, "fails also c, d")]),
    ],
)
def test_other_failures_are_reported(
    submission: DeclaredSubmission, failed: str, expected: list[tuple[FindingKind, str]]
) -> None:
    """The finding names the tests that should have failed, and those that should not have."""
    assert kinds(judge(submission, [trial(submission.name, *failed)])) == expected


def test_results_that_change_with_the_data_are_unstable() -> None:
    """Each repeat has different data, but must give the same verdicts."""
    trials = [trial("wrong/x", "a"), trial("wrong/x", "a"), trial("wrong/x", "a", "c")]

    assert kinds(judge(declared("wrong/x", "a"), trials)) == [
        (FindingKind.UNSTABLE, "with the data of wrong/x it differs in c")
    ]


@pytest.mark.parametrize(
    "failing",
    [
        trial("wrong/x", "a", grader_log="Traceback"),
        trial("wrong/x", "a", outcome=Outcome.GRADER_ERROR),
    ],
)
def test_a_fault_of_the_grader_does_not_count_as_caught(failing: Trial) -> None:
    """A test that breaks has not judged the submission."""
    (finding,) = judge(declared("wrong/x", "a"), [failing])

    assert finding.kind is FindingKind.GRADER_FAILED


def test_an_unreadable_test_counts_as_failed() -> None:
    """Without a declaration it is a finding, whatever the grader's log says."""
    unreadable = trial("wrong/x", "a", grader_log="Traceback", outcome=Outcome.UNREADABLE)

    assert judge(declared("wrong/x", "a"), [unreadable]) == []
    assert kinds(judge(declared("wrong/x", "b"), [unreadable])) == [
        (FindingKind.FAILS_ELSEWHERE, "does not fail b"),
        (FindingKind.FAILS_ELSEWHERE, "fails also a"),
    ]
    assert kinds(judge(declared("right/x"), [unreadable])) == [(FindingKind.RIGHT_REFUSED, "by a")]


def test_tests_that_catch_no_submission_alone_are_reported() -> None:
    """No submission fails them, or only submissions that fail many other tests, too."""
    tests = tuple(PlannedTest("x", f"test_{letter}", letter, "R1", 1) for letter in "abcde")
    outcomes = {f"x/{letter}": Outcome.WRONG for letter in "abcd"}
    everything = Trial(
        Candidate("wrong/y", Submission({}, ()), frozenset({"a.py"}), ""), outcomes, "", ""
    )
    one_only = Trial(
        Candidate("wrong/z", Submission({}, ()), frozenset({"a.py"}), ""),
        {"x/a": Outcome.WRONG},
        "",
        "",
    )

    powers = powers_of(
        SuitePlan(tests, {}, ""),
        [declared("wrong/y", "x"), declared("wrong/z", "x")],
        {"wrong/y": [everything], "wrong/z": [one_only]},
    )
    findings = weak_tests(powers)

    assert powers[0] == TestPower(
        id="x/a", requirement="R1", caught=("wrong/z", "wrong/y"), sharpest=1
    )
    assert [(finding.kind, finding.subject) for finding in findings] == [
        (FindingKind.CATCHES_NOTHING_OF_ITS_OWN, "x/b"),
        (FindingKind.CATCHES_NOTHING_OF_ITS_OWN, "x/c"),
        (FindingKind.CATCHES_NOTHING_OF_ITS_OWN, "x/d"),
        (FindingKind.CATCHES_NOTHING, "x/e"),
    ]


def test_each_fault_has_its_cost() -> None:
    """The cost is in tests and points, highest first; right submissions cost nothing."""
    tests = tuple(PlannedTest("x", f"test_{name}", name, "R1", 2) for name in "abc")
    outcomes = {"wrong/y": "a", "wrong/z": "abc", "right/x": ""}
    trials = {
        name: [
            Trial(
                Candidate(name, Submission({}, ()), frozenset({"a.py"}), ""),
                {f"x/{test}": Outcome.WRONG for test in failed},
                "",
                "",
            )
        ]
        for name, failed in outcomes.items()
    }

    costs = costs_of(SuitePlan(tests, {}, ""), [declared(name) for name in outcomes], trials)

    assert costs == (FaultCost(name="z", tests=3, points=6), FaultCost(name="y", tests=1, points=2))


def test_a_report_in_markdown_has_no_stray_cells() -> None:
    """A mutant's name may contain a bar or an angle bracket."""
    finding = Finding(kind=FindingKind.MUTANT_SURVIVED, subject="a.py: f: `a | b` -> `a < b`")
    result = Validation(
        assignment="m", right=1, wrong=1, repeats=1, complete=True, requirements=1,
        tests=(TestPower(id="x/a", requirement="R1", caught=("wrong/y",), sharpest=1),),
        costs=(FaultCost(name="y", tests=1, points=0.5),),
        mutants=None, findings=(finding,),
    )  # fmt: skip

    text = markdown(result)

    assert "| mutant survived | a.py: f: `a \\| b` -> `a &lt; b` |  |" in text
    assert "| `x/a` | R1 | y |" in text
    assert "| y | 1 | 0.5 |" in text


@pytest.mark.parametrize(
    ("killed", "survived", "line"),
    [
        (3, 1, "3 of 4 mutants killed (75.0 %), 2 more are equivalent"),
        (0, 0, "the solution gave no mutants to try"),
    ],
)
def test_a_summary_counts_the_mutants(killed: int, survived: int, line: str) -> None:
    """None at all is not a bad score."""
    score = MutationScore(killed=killed, survived=survived, equivalent=2)
    result = Validation(
        assignment="m", right=1, wrong=1, repeats=1, complete=True, requirements=1,
        tests=(), costs=(), mutants=score, findings=(),
    )  # fmt: skip

    assert line in summary(result)


def test_validate_has_no_findings_for_a_submission_of_the_corpus() -> None:
    """The command can check a single submission, including its feedback."""
    done = CliRunner().invoke(app, ["validate", "--only", "stops_at_a_gap", "--format", "json"])

    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert (result["wrong"], result["complete"], result["findings"]) == (1, False, [])
    assert [(cost["name"], cost["tests"]) for cost in result["costs"]] == [("stops_at_a_gap", 3)]


def test_validate_says_when_feedback_has_changed(tmp_path: Path) -> None:
    """Feedback changes only together with a reviewed file, which `--update` writes."""
    ours = Course.of_this_checkout()
    for folder in ("assignments", "solutions", "autograder/suites"):
        shutil.copytree(ours.suites.parents[1] / folder, tmp_path / folder)
    course = Course(tmp_path)
    assignment = course.load("m06_partitioned_logs")
    kept = corpus_folder(course, assignment) / "wrong" / "lists_one_page_of_shards.txt"
    text = kept.read_text()
    kept.write_text("something else\n")
    options = ValidationOptions(only=("lists_one_page_of_shards",))

    (changed,) = validate(assignment, course, options).findings
    updated = validate(assignment, course, replace(options, update=True)).findings

    assert (changed.kind, changed.subject) == (
        FindingKind.FEEDBACK_CHANGED,
        "wrong/lists_one_page_of_shards",
    )
    assert updated == ()
    assert kept.read_text() == text


def test_without_a_handout_validate_reports_it_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is reported in one line, before any submission is graded."""
    ours = Course.of_this_checkout()
    for folder in ("assignments", "solutions", "autograder/suites"):
        shutil.copytree(ours.suites.parents[1] / folder, tmp_path / folder)
    course = Course(tmp_path)
    assignment = course.load("m06_partitioned_logs")
    handout = course.assignments / assignment.id / HANDOUT_FILE
    handout.unlink()
    wrong = corpus_folder(course, assignment) / "wrong"
    only = "stops_at_a_gap"
    for path in wrong.iterdir():
        if path.is_file() and path.stem != only:
            path.unlink()
    expected_feedback = wrong / f"{only}.txt"
    expected_feedback.write_text("something else\n")
    monkeypatch.setattr(Course, "of_this_checkout", lambda: course)
    monkeypatch.setattr(sys, "argv", ["autograder", "validate", "--update"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert capsys.readouterr().err.strip() == (
        f"autograder: {handout}: cannot be read: No such file or directory"
    )
    assert expected_feedback.read_text() == "something else\n"


def test_the_visible_checks_can_be_run_on_the_corpus() -> None:
    """The report has the share of wrong submissions that they catch, and names the others."""
    arguments = ["validate", "--checks", "--workers", "2"]
    for name in ("stops_at_a_gap", "deletes_by_prefix"):
        arguments += ["--only", name]

    done = CliRunner().invoke(app, arguments)

    assert done.exit_code == 0, done.output
    assert "the visible checks catch 1 of 2 wrong submissions (50 %)" in done.output
    assert "they miss wrong/deletes_by_prefix" in done.output


def test_a_right_submission_that_the_visible_checks_refuse_is_reported(tmp_path: Path) -> None:
    """A student with the same solution would look for a bug that does not exist."""
    ours = Course.of_this_checkout()
    for folder in ("assignments", "solutions", "autograder/suites"):
        shutil.copytree(ours.suites.parents[1] / folder, tmp_path / folder)
    course = Course(tmp_path)
    assignment = course.load("m06_partitioned_logs")
    check = course.assignments / assignment.id / "checks" / "test_brokers.py"
    check.write_text("def test_refuse():\n    assert False\n")
    options = ValidationOptions(only=("queue_in_batches_by_resource",), checks=True)

    result = validate(assignment, course, options)

    assert kinds(list(result.findings)) == [(FindingKind.RIGHT_REFUSED_AT_HOME, "")]


@pytest.mark.parametrize(("caught", "findings"), [(7, 0), (6, 1)])
def test_visible_checks_that_catch_too_little_are_reported(caught: int, findings: int) -> None:
    """They should catch at least 70 % of the wrong submissions."""
    at_home = CaughtAtHome(caught=caught, missed=("wrong/x",) * (10 - caught))

    assert len(weak_checks(at_home)) == findings


def test_a_checkpoint_without_visible_checks_is_named(tmp_path: Path) -> None:
    """Its students could not try anything at home."""
    course = Course.of_this_checkout()
    assignment = course.load("m06_partitioned_logs")
    shutil.copytree(course.assignments / assignment.id / "checks", tmp_path / "checks")
    (tmp_path / "checks" / "test_reader.py").unlink()

    assert kinds(unchecked(assignment, tmp_path)) == [(FindingKind.UNCHECKED, "")]


def test_files_that_a_renamed_checkpoint_or_submission_left_behind_are_named(
    tmp_path: Path,
) -> None:
    """Nobody would run the hidden tests, or read the feedback."""
    course = Course.of_this_checkout()
    assignment = course.load("m06_partitioned_logs")
    shutil.copytree(course.assignments / assignment.id / "checks", tmp_path / "checks")
    (tmp_path / "checks" / "test_greeting.py").write_text("def test(greeting): pass\n")
    (tmp_path / "test_greeting.py").write_text("def test_it(greeting): pass\n")
    shutil.copytree(course.suites / assignment.id / "submissions", tmp_path / "submissions")
    (tmp_path / "submissions" / "wrong" / "is_gone.txt").write_text("lost\n")
    corpus = read_corpus(tmp_path / "submissions", assignment)

    found = [
        *of_no_checkpoint(assignment, (tmp_path, tmp_path / "checks")),
        *left_behind(tmp_path / "submissions", corpus),
    ]

    assert [(finding.kind, finding.subject) for finding in found] == [
        (FindingKind.NO_CHECKPOINT, f"{tmp_path.name}/test_greeting.py"),
        (FindingKind.NO_CHECKPOINT, "checks/test_greeting.py"),
        (FindingKind.NO_SUBMISSION, "is_gone.txt"),
    ]


def test_a_visible_check_that_the_solution_fails_is_reported(tmp_path: Path) -> None:
    """Here its fixture is missing."""
    repository = tmp_path / "repository"
    (repository / "checks").mkdir(parents=True)
    (repository / "checks" / "test_x.py").write_text("def test(greeting): pass\n")
    course = Course.of_this_checkout()
    assignment = course.load("m06_partitioned_logs")
    solution = read_submission(course.solutions / assignment.id, assignment)

    problem = problem_of_checks(repository, solution)

    assert problem is not None
    assert "fixture 'greeting' not found" in problem
