"""Checks a hidden suite: grades its corpus, idle functions and mutants, and reports findings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import HANDOUT_FILE, Assignment, Course
from autograder.errors import AssignmentError
from autograder.grading.judge.plan import SuitePlan, read_plan
from autograder.submission import Submission, read_submission
from autograder.validation.corpus import DeclaredSubmission, corpus_folder, read_corpus
from autograder.validation.findings import (
    changed_feedback,
    costs_of,
    grader_faults,
    judge,
    left_behind,
    of_no_checkpoint,
    passed_by_idle,
    powers_of,
    unchecked,
    untraced,
    weak_checks,
    weak_rehearsals,
    weak_tests,
)
from autograder.validation.idle import idle_candidates
from autograder.validation.mutants import Mutant, make_mutants, read_equivalents
from autograder.validation.rehearsals import rehearse_cases
from autograder.validation.report import (
    CaughtAtHome,
    Finding,
    FindingKind,
    MutationScore,
    PlayedCases,
    Validation,
)
from autograder.validation.suite_rules import detours
from autograder.validation.trials import Candidate, Trial, try_all
from autograder.validation.visible import problem_of_checks, refused_by_checks

Progress = Callable[[str, int], Callable[[], None]]
"""Given what is graded and how many there are, it returns what to call after each."""


@dataclass(frozen=True)
class ValidationOptions:
    """How much to validate."""

    only: tuple[str, ...] = ()
    """Parts of names of submissions; empty for all."""
    repeats: int = 1
    """How often each submission is graded, each time with other data."""
    mutants: bool = False
    checks: bool = False
    """Run the visible checks on each submission as well."""
    rehearse: bool = False
    """Play the cases of lost tests in the student repository."""
    update: bool = False
    """Write the feedback files instead of comparing them."""
    workers: int = 2

    def includes(self, name: str) -> bool:
        """Return whether to grade a submission or mutant of this name."""
        return not self.only or any(part in name for part in self.only)


def validate(
    assignment: Assignment,
    course: Course,
    options: ValidationOptions,
    *,
    progress: Progress = lambda _what, _total: lambda: None,
) -> Validation:
    """Validate the hidden suite of an assignment.

    Args:
        assignment: Whose suite.
        course: Where it is.
        options: How much to validate.
        progress: Told what is graded.

    Raises:
        AssignmentError: The suite, the handout, the corpus or the list of equivalent mutants cannot
            be read, or `only` matches nothing. Then nothing has been written.
        SandboxError: No sandbox is available on this machine.
    """
    inputs = _read_inputs(assignment, course, options)
    return _Validator(assignment, course, options, inputs, progress).run()


@dataclass(frozen=True)
class _Inputs:
    """What a validation reads, all before the first trial: a mistake in it costs no time."""

    plan: SuitePlan
    handout: str
    solution: Submission
    corpus: tuple[DeclaredSubmission, ...]
    equivalents: dict[str, str]
    """Names of mutants that behave like the solution, and why."""


def _read_inputs(assignment: Assignment, course: Course, options: ValidationOptions) -> _Inputs:
    folder = corpus_folder(course, assignment)
    inputs = _Inputs(
        plan=read_plan(assignment, course.suites / assignment.id),
        handout=_read_handout(course.assignments / assignment.id / HANDOUT_FILE),
        solution=read_submission(course.solutions / assignment.id, assignment),
        corpus=tuple(
            declared
            for declared in read_corpus(folder, assignment)
            if options.includes(declared.name)
        ),
        equivalents=dict(read_equivalents(folder)),
    )
    if not inputs.corpus and not options.mutants:
        raise AssignmentError(f"no submission has {' or '.join(options.only)!r} in its name")
    _check_ids(inputs.corpus, inputs.plan)
    return inputs


@dataclass(frozen=True)
class _Validator:
    """One validation; `run` shows what it consists of."""

    _assignment: Assignment
    _course: Course
    _options: ValidationOptions
    _inputs: _Inputs
    _progress: Progress

    def run(self) -> Validation:
        """Grade everything that the options name, and judge the suite by it."""
        plan, corpus = self._inputs.plan, self._inputs.corpus
        by_name = self._try_corpus()
        findings = [
            finding for declared in corpus for finding in judge(declared, by_name[declared.name])
        ]
        if self._options.update:
            _write_feedback(corpus, by_name)
        else:
            findings += changed_feedback(corpus, by_name)
        tests = powers_of(plan, corpus, by_name)
        is_complete = not self._options.only
        if is_complete:
            findings += self._detours()
            findings += passed_by_idle(
                self._try("idle submissions", list(idle_candidates(self._inputs.solution)))
            )
            findings += weak_tests(tests)
            repository = self._course.assignments / self._assignment.id
            findings += unchecked(self._assignment, repository)
            suite = self._course.suites / self._assignment.id
            findings += of_no_checkpoint(self._assignment, (suite, repository / "checks"))
            findings += left_behind(corpus_folder(self._course, self._assignment), corpus)
            findings += untraced(plan.requirements, self._inputs.handout, plan)
        score = None
        if self._options.mutants:
            score, survived = self._try_mutants()
            findings += survived
        at_home = None
        if self._options.checks:
            at_home, refused = self._run_checks()
            findings += refused
        cases = None
        if self._options.rehearse:
            cases, unlike = self._rehearse()
            findings += unlike
        return Validation(
            assignment=self._assignment.id,
            right=sum(declared.is_right for declared in corpus),
            wrong=sum(not declared.is_right for declared in corpus),
            repeats=self._options.repeats,
            complete=is_complete,
            requirements=len(plan.requirements),
            tests=tests,
            costs=costs_of(plan, corpus, by_name),
            mutants=score,
            at_home=at_home,
            cases=cases,
            findings=tuple(findings),
        )

    def _try(self, what: str, candidates: Sequence[Candidate]) -> list[Trial]:
        """Grade candidates, and report the progress."""
        return try_all(
            candidates,
            self._assignment,
            self._course,
            workers=self._options.workers,
            on_done=self._progress(what, len(candidates)),
        )

    def _try_corpus(self) -> dict[str, list[Trial]]:
        """Grade the corpus; return the trials of each submission by its name."""
        candidates = [
            Candidate(
                declared.name,
                declared.assemble(self._inputs.solution),
                declared.files,
                seed=f"{declared.name}#{repeat}",
            )
            for declared in self._inputs.corpus
            for repeat in range(self._options.repeats)
        ]
        by_name: dict[str, list[Trial]] = {}
        for trial in self._try("submissions", candidates):
            by_name.setdefault(trial.candidate.name, []).append(trial)
        return by_name

    def _detours(self) -> list[Finding]:
        suite = self._course.suites / self._assignment.id
        return [
            Finding(kind=FindingKind.LOOKS_PAST_THE_VIEW, subject=suite.name, detail=place)
            for place in detours(suite)
        ]

    def _try_mutants(self) -> tuple[MutationScore, list[Finding]]:
        """Grade the mutants of the solution: each should fail a test."""
        solution, equivalents = self._inputs.solution, self._inputs.equivalents
        mutants = [
            mutant
            for file in self._assignment.files
            if file.endswith(".py") and file in solution.files
            for mutant in make_mutants(file, solution.files[file].decode())
        ]
        excused = [mutant for mutant in mutants if mutant.name in equivalents]
        candidates = [
            _candidate_of(mutant, solution)
            for mutant in mutants
            if mutant.name not in equivalents and self._options.includes(mutant.name)
        ]
        trials = self._try("mutants", candidates)
        survivors = [trial.candidate.name for trial in trials if not trial.failed]
        findings = [Finding(kind=FindingKind.MUTANT_SURVIVED, subject=name) for name in survivors]
        findings += [finding for trial in trials for finding in grader_faults(trial)]
        findings += [
            Finding(kind=FindingKind.STALE_EXCUSE, subject=name)
            for name in equivalents
            if name not in {mutant.name for mutant in mutants}
        ]
        score = MutationScore(
            killed=len(candidates) - len(survivors),
            survived=len(survivors),
            equivalent=len(excused),
        )
        return score, findings

    def _run_checks(self) -> tuple[CaughtAtHome, list[Finding]]:
        """Run the visible checks on the corpus: they should catch only wrong submissions."""
        corpus = self._inputs.corpus
        refused = refused_by_checks(
            corpus,
            self._inputs.solution,
            self._assignment,
            self._course,
            workers=self._options.workers,
            on_done=self._progress("visible checks", len(corpus)),
        )
        wrong = [declared.name for declared in corpus if not declared.is_right]
        missed = tuple(name for name in wrong if name not in refused)
        findings = [
            Finding(kind=FindingKind.RIGHT_REFUSED_AT_HOME, subject=declared.name)
            for declared in corpus
            if declared.is_right and declared.name in refused
        ]
        at_home = CaughtAtHome(caught=len(wrong) - len(missed), missed=missed)
        if not self._options.only:
            findings += weak_checks(at_home)
            findings += self._check_solution()
        return at_home, findings

    def _check_solution(self) -> list[Finding]:
        """Run all visible checks on the solution, as students do."""
        repository = self._course.assignments / self._assignment.id
        problem = problem_of_checks(repository, self._inputs.solution)
        if problem is None:
            return []
        kind = FindingKind.SOLUTION_REFUSED_AT_HOME
        return [Finding(kind=kind, subject=self._assignment.id, detail=problem)]

    def _rehearse(self) -> tuple[PlayedCases, list[Finding]]:
        """Play the cases of lost tests at home: each should go as the grader saw it."""
        wrong = [declared for declared in self._inputs.corpus if not declared.is_right]
        lost = rehearse_cases(
            wrong,
            self._inputs.solution,
            self._assignment,
            self._course,
            self._inputs.plan,
            workers=self._options.workers,
            on_done=self._progress("rehearsals", len(wrong)),
        )
        with_case = [test for test in lost if test.case is not None]
        played = PlayedCases(
            lost=len(lost),
            with_case=len(with_case),
            unlike=tuple(
                f"{test.submission} {test.test}: {test.difference}"
                for test in with_case
                if test.difference
            ),
            unlike_solution=tuple(
                f"{test.submission} {test.test}: the solution: {test.solution_difference}"
                for test in with_case
                if test.solution_difference
            ),
        )
        return played, weak_rehearsals(played)


def _read_handout(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise AssignmentError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise AssignmentError(f"{path}: cannot be read: {error}") from None


def _check_ids(corpus: Sequence[DeclaredSubmission], plan: SuitePlan) -> None:
    known = {test.id for test in plan.tests}
    for declared in corpus:
        unknown = sorted(declared.fails - known)
        if unknown:
            raise AssignmentError(
                f"{declared.name}: fails: {unknown[0]!r} is not a test of the suite"
            )


def _write_feedback(corpus: Sequence[DeclaredSubmission], by_name: dict[str, list[Trial]]) -> None:
    for declared in corpus:
        if not declared.is_right:
            feedback = by_name[declared.name][0].feedback
            declared.feedback_file.write_text(feedback, encoding="utf-8")


def _candidate_of(mutant: Mutant, solution: Submission) -> Candidate:
    files = {**solution.files, mutant.file: mutant.source.encode()}
    submission = Submission(files, solution.graded)
    return Candidate(mutant.name, submission, frozenset({mutant.file}), seed=mutant.name)
