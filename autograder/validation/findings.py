"""What trials say about a suite: pure functions from trials to findings, powers and costs."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.assignment import Assignment
from autograder.grading.grade import Outcome
from autograder.grading.judge.plan import Requirements, SuitePlan
from autograder.validation.corpus import DeclaredSubmission
from autograder.validation.report import (
    FEW,
    CaughtAtHome,
    FaultCost,
    Finding,
    FindingKind,
    PlayedCases,
    TestPower,
)
from autograder.validation.trials import Trial

LEAST_PERCENT = 95
"""Of lost tests with a case, and of cases that play at home as the grader saw it."""
CAUGHT_AT_HOME_PERCENT = 70
"""Of wrong submissions. The visible checks do not know the answers to closed questions, and leave
unusual cases to the hidden tests."""
TrialsByName = Mapping[str, Sequence[Trial]]
"""Name of a submission to its trials, one for each repeat."""


def judge(declared: DeclaredSubmission, trials: Sequence[Trial]) -> list[Finding]:
    """Compare the tests that a submission failed with those that it declares."""
    findings = [finding for trial in trials for finding in grader_faults(trial)]
    first = trials[0].failed
    judged = declared.fails - trials[0].grader_failed
    missed, surplus = sorted(judged - first), sorted(first - declared.fails)
    if declared.is_right and surplus:
        findings.append(_finding(FindingKind.RIGHT_REFUSED, declared, "by", surplus))
    elif not declared.is_right and judged and not first:
        findings.append(_finding(FindingKind.WRONG_ACCEPTED, declared, "should fail", missed))
    else:
        if missed:
            findings.append(
                _finding(FindingKind.FAILS_ELSEWHERE, declared, "does not fail", missed)
            )
        if surplus:
            findings.append(_finding(FindingKind.FAILS_ELSEWHERE, declared, "fails also", surplus))
    for trial in trials[1:]:
        differing = sorted(trial.failed ^ first)
        if differing:
            words = f"with the data of {trial.candidate.seed} it differs in"
            findings.append(_finding(FindingKind.UNSTABLE, declared, words, differing))
    return findings


def grader_faults(trial: Trial) -> list[Finding]:
    """Name the tests that the grader failed at; an unreadable test counts as failed instead."""
    tests = sorted(trial.grader_failed)
    explained = Outcome.UNREADABLE in trial.outcomes.values()
    if not tests and (explained or not trial.grader_log):
        return []
    detail = f"at {', '.join(tests) or 'no test'}: {trial.grader_log[-500:]}".rstrip(": ")
    return [Finding(kind=FindingKind.GRADER_FAILED, subject=trial.candidate.name, detail=detail)]


def _finding(
    kind: FindingKind, declared: DeclaredSubmission, words: str, tests: Sequence[str]
) -> Finding:
    return Finding(kind=kind, subject=declared.name, detail=f"{words} {', '.join(tests)}")


def changed_feedback(corpus: Sequence[DeclaredSubmission], by_name: TrialsByName) -> list[Finding]:
    """Name the wrong submissions whose feedback differs from the reviewed file."""
    return [
        Finding(
            kind=FindingKind.FEEDBACK_CHANGED,
            subject=declared.name,
            detail="differs from its .txt file: run with --update and read the difference"
            if declared.feedback_file.is_file()
            else "has no .txt file: run with --update and read what it writes",
        )
        for declared in corpus
        if not declared.is_right
        and by_name[declared.name][0].feedback != declared.reviewed_feedback()
    ]


def passed_by_idle(trials: Iterable[Trial]) -> list[Finding]:
    """Name the tests that functions pass although they do nothing of use."""
    findings = []
    for trial in trials:
        findings += grader_faults(trial)
        passed = sorted(
            test_id for test_id, outcome in trial.outcomes.items() if outcome is Outcome.PASSED
        )
        if passed:
            detail = f"passes {', '.join(passed)}"
            findings.append(
                Finding(
                    kind=FindingKind.POINTS_FOR_NOTHING,
                    subject=trial.candidate.name,
                    detail=detail,
                )
            )
    return findings


def powers_of(
    plan: SuitePlan, corpus: Sequence[DeclaredSubmission], by_name: TrialsByName
) -> tuple[TestPower, ...]:
    """Return for each test which wrong submissions fail it, and how sharply it tells them apart.

    Tests that a person marks are left out: a right answer and a wrong one both wait.
    """
    failed = {
        declared.name: by_name[declared.name][0].failed
        for declared in corpus
        if not declared.is_right
    }
    powers = []
    for test in plan.tests:
        if test.marked_by == "person":
            continue
        caught = sorted(
            (name for name, ids in failed.items() if test.id in ids),
            key=lambda name: (len(failed[name]), name),
        )
        powers.append(
            TestPower(
                id=test.id,
                requirement=test.requirement,
                caught=tuple(caught),
                sharpest=len(failed[caught[0]]) if caught else 0,
            )
        )
    return tuple(powers)


def costs_of(
    plan: SuitePlan, corpus: Sequence[DeclaredSubmission], by_name: TrialsByName
) -> tuple[FaultCost, ...]:
    """Return how many tests and points each wrong submission loses, the costliest first."""
    points = {test.id: test.points for test in plan.tests}
    costs = []
    for declared in corpus:
        if declared.is_right:
            continue
        failed = by_name[declared.name][0].failed
        costs.append(
            FaultCost(
                name=declared.name.removeprefix("wrong/"),
                tests=len(failed),
                points=sum(points[test_id] for test_id in failed),
            )
        )
    return tuple(sorted(costs, key=lambda cost: (-cost.points, -cost.tests, cost.name)))


def weak_tests(tests: Iterable[TestPower]) -> list[Finding]:
    """Name the tests that catch nothing, or nothing that does not fail many others too."""
    findings = []
    for test in tests:
        if not test.caught:
            findings.append(Finding(kind=FindingKind.CATCHES_NOTHING, subject=test.id))
        elif test.sharpest > FEW:
            findings.append(
                Finding(
                    kind=FindingKind.CATCHES_NOTHING_OF_ITS_OWN,
                    subject=test.id,
                    detail=f"even {test.caught[0]} fails {test.sharpest} tests",
                )
            )
    return findings


def weak_checks(at_home: CaughtAtHome) -> list[Finding]:
    """Report visible checks that let too many wrong submissions pass, and surprise students."""
    if at_home.percent >= CAUGHT_AT_HOME_PERCENT:
        return []
    detail = f"{at_home.percent:.0f} % instead of {CAUGHT_AT_HOME_PERCENT} %"
    return [Finding(kind=FindingKind.FEW_CAUGHT_AT_HOME, subject="visible checks", detail=detail)]


def weak_rehearsals(cases: PlayedCases) -> list[Finding]:
    """Report that too few lost tests can be rehearsed, or that rehearsals show something else."""
    return [
        Finding(kind=kind, subject="cases", detail=f"{percent:.1f} % instead of {LEAST_PERCENT} %")
        for kind, percent in (
            (FindingKind.FEW_CASES, cases.percent_with_case),
            (FindingKind.UNLIKE_AT_HOME, cases.percent_same),
            (FindingKind.SOLUTION_UNLIKE_AT_HOME, cases.percent_right),
        )
        if percent < LEAST_PERCENT
    ]


def unchecked(assignment: Assignment, repository: Path) -> list[Finding]:
    """Name the checkpoints for which students lack visible checks.

    Args:
        assignment: Whose checkpoints.
        repository: The student repository.
    """
    return [
        Finding(kind=FindingKind.UNCHECKED, subject=checkpoint.id)
        for checkpoint in assignment.checkpoints
        if not (repository / "checks" / f"test_{checkpoint.id}.py").exists()
    ]


def of_no_checkpoint(assignment: Assignment, folders: Iterable[Path]) -> list[Finding]:
    """Name the files of tests that no checkpoint has, and so nobody runs.

    Args:
        assignment: Whose checkpoints.
        folders: Those of the hidden tests and of the visible checks.
    """
    wanted = {f"test_{checkpoint.id}.py" for checkpoint in assignment.checkpoints}
    return [
        Finding(
            kind=FindingKind.NO_CHECKPOINT,
            subject=f"{folder.name}/{path.name}",
            detail="rename or delete it",
        )
        for folder in folders
        for path in sorted(folder.glob("test_*.py"))
        if path.name not in wanted
    ]


def left_behind(folder: Path, corpus: Sequence[DeclaredSubmission]) -> list[Finding]:
    """Name the files of expected feedback whose submission is gone.

    Args:
        folder: Of the corpus.
        corpus: All its submissions.
    """
    expected = {declared.feedback_file for declared in corpus}
    return [
        Finding(kind=FindingKind.NO_SUBMISSION, subject=path.name, detail="rename or delete it")
        for path in sorted((folder / "wrong").glob("*.txt"))
        if path not in expected
    ]


def untraced(requirements: Requirements, handout: str, plan: SuitePlan) -> list[Finding]:
    """Name the requirements that no test judges, or that the handout does not state."""
    tested = {test.requirement for test in plan.tests}
    findings = [
        Finding(kind=FindingKind.UNTESTED, subject=requirement)
        for requirement in requirements
        if requirement not in tested
    ]
    # The handout states its requirements in a table; links from feedback lead to these anchors.
    findings += [
        Finding(kind=FindingKind.UNSTATED, subject=requirement)
        for requirement in requirements
        if f'<a id="{requirement.lower()}"></a>{requirement} |' not in handout
    ]
    return findings
