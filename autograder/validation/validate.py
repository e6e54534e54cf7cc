"""Holds a suite against its corpus and against mutants of the solution, and names what is off."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import HANDOUT_FILE, Assignment, Course
from autograder.errors import AssignmentError
from autograder.grading.grade import Outcome
from autograder.grading.judge.plan import Plan, read_plan, read_requirements
from autograder.submission import Submission, read_submission
from autograder.validation.corpus import DeclaredSubmission, corpus_folder, read_corpus
from autograder.validation.idle import idle_entries
from autograder.validation.mutants import Mutant, make_mutants, read_equivalents
from autograder.validation.report import (
    FEW,
    FaultCost,
    Finding,
    Kind,
    MutationScore,
    Rehearsal,
    TestPower,
    Validation,
)
from autograder.validation.suite_rules import detours
from autograder.validation.trials import Entry, Trial, try_all
from autograder.validation.visible import refused_by_checks


@dataclass(frozen=True)
class Scope:
    """How much is to be done."""

    only: tuple[str, ...] = ()
    """Parts of names of submissions; empty for all."""
    repeats: int = 1
    """How often each submission is graded, each time with other data."""
    mutants: bool = False
    checks: bool = False
    """Run the visible checks on each submission as well."""
    update: bool = False
    """Write the feedback files anew instead of comparing them."""
    workers: int = 2

    def includes(self, name: str) -> bool:
        """Tell whether a submission or mutant of this name is to be graded."""
        return not self.only or any(part in name for part in self.only)


def validate(
    assignment: Assignment,
    course: Course,
    scope: Scope,
    *,
    progress: Callable[[str, int], Callable[[], None]] = lambda _what, _total: lambda: None,
) -> Validation:
    """Validate the hidden suite of an assignment.

    Args:
        assignment: Whose suite.
        course: Where it lies.
        scope: How much is to be done.
        progress: Given what is graded and how many there are, it returns what to call after each.

    Raises:
        AssignmentError: The suite, the corpus or the list of equivalent mutants cannot be read, or
            `only` matches nothing.
        SandboxError: No sandbox can be had here.
    """
    suite = course.suites / assignment.id
    plan = read_plan(assignment, suite)
    solution = read_submission(course.solutions / assignment.id, assignment)
    corpus = tuple(
        declared
        for declared in read_corpus(corpus_folder(course, assignment), assignment)
        if scope.includes(declared.name)
    )
    if not corpus and not scope.mutants:
        raise AssignmentError(f"no submission has {' or '.join(scope.only)!r} in its name")
    _check_ids(corpus, plan)
    entries = [
        Entry(
            declared.name,
            declared.assemble(solution),
            declared.files,
            seed=f"{declared.name}#{repeat}",
        )
        for declared in corpus
        for repeat in range(scope.repeats)
    ]
    tick = progress("submissions", len(entries))
    trials = try_all(entries, assignment, course, workers=scope.workers, on_done=tick)
    by_name = {
        declared.name: [trial for trial in trials if trial.entry.name == declared.name]
        for declared in corpus
    }
    findings = [
        finding for declared in corpus for finding in judge(declared, by_name[declared.name])
    ]
    findings += _feedback_findings(corpus, by_name, update=scope.update)
    tests = powers_of(plan, corpus, by_name)
    complete = not scope.only
    if complete:
        findings += [
            Finding(kind=Kind.LOOKS_PAST_THE_VIEW, subject=suite.name, detail=place)
            for place in detours(suite)
        ]
        findings += _points_for_nothing(assignment, course, solution, scope, progress)
        findings += weak_tests(tests)
        findings += _trace(assignment, course, plan)
    score = None
    if scope.mutants:
        score, survived = _try_mutants(assignment, course, solution, scope, progress)
        findings += survived
    rehearsal = None
    if scope.checks:
        rehearsal, refused = _rehearse(corpus, assignment, course, solution, scope, progress)
        findings += refused
    return Validation(
        assignment=assignment.id,
        right=sum(declared.is_right for declared in corpus),
        wrong=sum(not declared.is_right for declared in corpus),
        repeats=scope.repeats,
        complete=complete,
        requirements=len(read_requirements(suite)),
        tests=tests,
        costs=costs_of(plan, corpus, by_name),
        mutants=score,
        rehearsal=rehearsal,
        findings=tuple(findings),
    )


def _rehearse(
    corpus: Sequence[DeclaredSubmission],
    assignment: Assignment,
    course: Course,
    solution: Submission,
    scope: Scope,
    progress: Callable[[str, int], Callable[[], None]],
) -> tuple[Rehearsal, list[Finding]]:
    """Run the visible checks on the corpus: they should catch wrong ones, and no right one."""
    tick = progress("visible checks", len(corpus))
    refused = refused_by_checks(
        corpus, solution, assignment, course, workers=scope.workers, on_done=tick
    )
    wrong = [declared.name for declared in corpus if not declared.is_right]
    missed = tuple(name for name in wrong if name not in refused)
    findings = [
        Finding(kind=Kind.RIGHT_REFUSED_AT_HOME, subject=declared.name)
        for declared in corpus
        if declared.is_right and declared.name in refused
    ]
    return Rehearsal(caught=len(wrong) - len(missed), missed=missed), findings


def _points_for_nothing(
    assignment: Assignment,
    course: Course,
    solution: Submission,
    scope: Scope,
    progress: Callable[[str, int], Callable[[], None]],
) -> list[Finding]:
    """Grade functions that do nothing of use, and name the tests that they pass."""
    entries = list(idle_entries(solution))
    tick = progress("idle submissions", len(entries))
    trials = try_all(entries, assignment, course, workers=scope.workers, on_done=tick)
    findings = [finding for trial in trials for finding in _grader_faults(trial)]
    for trial in trials:
        passed = sorted(
            name for name, outcome in trial.outcomes.items() if outcome is Outcome.PASSED
        )
        if passed:
            words = f"passes {', '.join(passed)}"
            findings.append(
                Finding(kind=Kind.POINTS_FOR_NOTHING, subject=trial.entry.name, detail=words)
            )
    return findings


def _check_ids(corpus: Iterable[DeclaredSubmission], plan: Plan) -> None:
    known = {test.id for test in plan.tests}
    for declared in corpus:
        unknown = sorted(declared.fails - known)
        if unknown:
            raise AssignmentError(f"{declared.name}: fails: {unknown[0]!r} is no test of the suite")


def judge(declared: DeclaredSubmission, trials: Sequence[Trial]) -> list[Finding]:
    """Hold what a submission failed against what it declares."""
    findings = [finding for trial in trials for finding in _grader_faults(trial)]
    first = trials[0].failed
    judged = declared.fails - trials[0].grader_failed
    missed, surplus = sorted(judged - first), sorted(first - declared.fails)
    if declared.is_right and surplus:
        findings.append(_finding(Kind.RIGHT_REFUSED, declared, "by", surplus))
    elif not declared.is_right and judged and not first:
        findings.append(_finding(Kind.WRONG_ACCEPTED, declared, "should fail", missed))
    else:
        if missed:
            findings.append(_finding(Kind.FAILS_ELSEWHERE, declared, "does not fail", missed))
        if surplus:
            findings.append(_finding(Kind.FAILS_ELSEWHERE, declared, "fails also", surplus))
    for trial in trials[1:]:
        differing = sorted(trial.failed ^ first)
        if differing:
            words = f"with the data of {trial.entry.seed} it differs in"
            findings.append(_finding(Kind.UNSTABLE, declared, words, differing))
    return findings


def _grader_faults(trial: Trial) -> list[Finding]:
    """Name the tests that the grader failed at; what was unreadable has failed like any other."""
    tests = sorted(trial.grader_failed)
    explained = Outcome.UNREADABLE in trial.outcomes.values()
    if not tests and (explained or not trial.trouble):
        return []
    detail = f"at {', '.join(tests) or 'no test'}: {trial.trouble[-500:]}".rstrip(": ")
    return [Finding(kind=Kind.GRADER_FAILED, subject=trial.entry.name, detail=detail)]


def _finding(kind: Kind, declared: DeclaredSubmission, words: str, tests: Sequence[str]) -> Finding:
    return Finding(kind=kind, subject=declared.name, detail=f"{words} {', '.join(tests)}")


def _feedback_findings(
    corpus: Iterable[DeclaredSubmission],
    by_name: dict[str, list[Trial]],
    *,
    update: bool,
) -> list[Finding]:
    """Compare the feedback of the wrong ones with what was read in review, or write it."""
    findings = []
    for declared in corpus:
        if declared.is_right:
            continue
        now = by_name[declared.name][0].feedback
        if update:
            declared.feedback_file.write_text(now, encoding="utf-8")
        elif _read_if_there(declared.feedback_file) != now:
            findings.append(
                Finding(
                    kind=Kind.FEEDBACK_CHANGED,
                    subject=declared.name,
                    detail="differs from its .txt file: run with --update and read the difference",
                )
            )
    return findings


def _read_if_there(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def powers_of(
    plan: Plan, corpus: Sequence[DeclaredSubmission], by_name: dict[str, list[Trial]]
) -> tuple[TestPower, ...]:
    """Tell for each test which wrong submissions fail it, and how sharply it tells them apart.

    What a person marks is none of them: a right answer and a wrong one both wait.
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
    plan: Plan, corpus: Sequence[DeclaredSubmission], by_name: dict[str, list[Trial]]
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
            findings.append(Finding(kind=Kind.CATCHES_NOTHING, subject=test.id))
        elif test.sharpest > FEW:
            findings.append(
                Finding(
                    kind=Kind.CATCHES_NOTHING_OF_ITS_OWN,
                    subject=test.id,
                    detail=f"even {test.caught[0]} fails {test.sharpest} tests",
                )
            )
    return findings


def _trace(assignment: Assignment, course: Course, plan: Plan) -> list[Finding]:
    """Follow each requirement from the handout to its tests and back."""
    requirements = read_requirements(course.suites / assignment.id)
    handout = (course.assignments / assignment.id / HANDOUT_FILE).read_text(encoding="utf-8")
    tested = {test.requirement for test in plan.tests}
    findings = [
        Finding(kind=Kind.UNTESTED, subject=requirement)
        for requirement in requirements
        if requirement not in tested
    ]
    findings += [
        Finding(kind=Kind.UNSTATED, subject=requirement)
        for requirement in requirements
        if f'<a id="{requirement.lower()}"></a>{requirement} |' not in handout
    ]
    findings += [
        Finding(kind=Kind.UNASKED, subject=test.id, detail=test.requirement)
        for test in plan.tests
        if test.requirement not in requirements
    ]
    return findings


def _try_mutants(
    assignment: Assignment,
    course: Course,
    solution: Submission,
    scope: Scope,
    progress: Callable[[str, int], Callable[[], None]],
) -> tuple[MutationScore, list[Finding]]:
    equivalents = read_equivalents(corpus_folder(course, assignment))
    mutants = [
        mutant
        for file in assignment.files
        if file.endswith(".py") and file in solution.files
        for mutant in make_mutants(file, solution.files[file].decode())
    ]
    excused = [mutant for mutant in mutants if mutant.name in equivalents]
    entries = [
        _entry_of(mutant, solution)
        for mutant in mutants
        if mutant.name not in equivalents and scope.includes(mutant.name)
    ]
    tick = progress("mutants", len(entries))
    trials = try_all(entries, assignment, course, workers=scope.workers, on_done=tick)
    survivors = [trial.entry.name for trial in trials if not trial.failed]
    findings = [Finding(kind=Kind.MUTANT_SURVIVED, subject=name) for name in survivors]
    findings += [finding for trial in trials for finding in _grader_faults(trial)]
    findings += [
        Finding(kind=Kind.STALE_EXCUSE, subject=name)
        for name in equivalents
        if name not in {mutant.name for mutant in mutants}
    ]
    score = MutationScore(
        killed=len(entries) - len(survivors), survived=len(survivors), equivalent=len(excused)
    )
    return score, findings


def _entry_of(mutant: Mutant, solution: Submission) -> Entry:
    files = {**solution.files, mutant.file: mutant.source.encode()}
    submission = Submission(files, solution.graded)
    return Entry(mutant.name, submission, frozenset({mutant.file}), seed=mutant.name)
