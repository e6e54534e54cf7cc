"""The result of a validation: one model, from which text, JSON and Markdown are rendered."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.text import counted

FEW = 3
"""A test is sharp if something fails it together with at most two others."""


class FindingKind(StrEnum):
    """What can be wrong with a suite, in the words of the report."""

    RIGHT_REFUSED = "right submission refused"
    RIGHT_REFUSED_AT_HOME = "right submission refused by the visible checks"
    SOLUTION_REFUSED_AT_HOME = "the solution fails a visible check"
    NO_CHECKPOINT = "tests of no checkpoint"
    NO_SUBMISSION = "expected feedback of no submission"
    FEW_CASES = "too few lost tests have a case to rehearse"
    UNLIKE_AT_HOME = "too few cases play at home as the grader saw it"
    SOLUTION_UNLIKE_AT_HOME = "the solution comes out right in too few cases"
    FEW_CAUGHT_AT_HOME = "the visible checks catch too few wrong submissions"
    WRONG_ACCEPTED = "wrong submission accepted"
    FAILS_ELSEWHERE = "fails other tests than declared"
    UNSTABLE = "verdict depends on the data"
    POINTS_FOR_NOTHING = "points for code that does nothing"
    GRADER_FAILED = "grader failed"
    LOOKS_PAST_THE_VIEW = "suite goes around autograder.testing"
    CATCHES_NOTHING = "test catches nothing"
    CATCHES_NOTHING_OF_ITS_OWN = "test catches only what fails many tests"
    UNTESTED = "requirement without test"
    UNCHECKED = "checkpoint without visible checks"
    UNSTATED = "requirement not in the handout"
    FEEDBACK_CHANGED = "feedback changed"
    MUTANT_SURVIVED = "mutant survived"
    STALE_EXCUSE = "listed as equivalent, but not a mutant any more"


class _ReportModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_ReportModel):
    """One thing to correct."""

    kind: FindingKind
    subject: str
    """The submission, test, requirement or mutant."""
    detail: str = ""


class TestPower(_ReportModel):
    """What one hidden test catches."""

    __test__ = False

    id: str
    requirement: str
    caught: tuple[str, ...]
    """Submissions that fail it, those with the fewest failures first."""
    sharpest: int
    """How many tests fail, itself included, where the fewest do; 0 where nothing fails it."""


class FaultCost(_ReportModel):
    """What a wrong submission of the corpus loses."""

    name: str
    """Without `wrong/`."""
    tests: int
    points: float


class MutationScore(_ReportModel):
    """How many mutants of the solution the suite noticed."""

    killed: int
    survived: int
    equivalent: int

    @property
    def tried(self) -> int:
        """All that are not listed as equivalent."""
        return self.killed + self.survived

    @property
    def percent(self) -> float:
        """Killed, of those that were tried."""
        return 100 * self.killed / max(self.tried, 1)


class CaughtAtHome(_ReportModel):
    """Which wrong submissions the visible checks catch, so that a student sees it at home."""

    caught: int
    missed: tuple[str, ...]
    """Those that pass all visible checks."""

    @property
    def percent(self) -> float:
        """The caught ones, of all wrong submissions."""
        return 100 * self.caught / max(self.caught + len(self.missed), 1)


class PlayedCases(_ReportModel):
    """How the cases of lost tests play in the student repository."""

    lost: int
    """Lost tests of the wrong submissions, in which the student's code was called."""
    with_case: int
    unlike: tuple[str, ...] = ()
    """A line for each case that does not play as the grader saw it."""
    unlike_solution: tuple[str, ...] = ()
    """A line for each case in which the reference solution does not come out as in the test."""

    @property
    def same(self) -> int:
        """How many cases play as the grader saw it."""
        return self.with_case - len(self.unlike)

    @property
    def percent_with_case(self) -> float:
        """Those that have a case, of all lost tests."""
        return 100 * self.with_case / max(self.lost, 1)

    @property
    def percent_same(self) -> float:
        """Those that play the same, of all cases."""
        return 100 * self.same / max(self.with_case, 1)

    @property
    def percent_right(self) -> float:
        """Those in which the reference solution comes out right, of all cases."""
        right = self.with_case - len(self.unlike_solution)
        return 100 * right / max(self.with_case, 1)


class Validation(_ReportModel):
    """The result of `autograder validate`."""

    assignment: str
    right: int
    wrong: int
    repeats: int
    complete: bool
    """False where only some submissions were graded: tests are not judged then."""
    requirements: int
    tests: tuple[TestPower, ...]
    costs: tuple[FaultCost, ...] = ()
    """What each wrong submission loses, those that lose most first."""
    mutants: MutationScore | None
    at_home: CaughtAtHome | None = None
    cases: PlayedCases | None = None
    findings: tuple[Finding, ...]


def summary(result: Validation) -> list[str]:
    """Say in a few lines what was done and found."""
    lines = [
        f"{result.right} right and {counted(result.wrong, 'wrong submission')}"
        + (f", graded {result.repeats} times with different data" if result.repeats > 1 else ""),
        f"{counted(len(result.tests), 'test')} of {counted(result.requirements, 'requirement')}",
    ]
    if result.mutants is not None:
        score = result.mutants
        lines.append(
            f"{score.killed} of {score.tried} mutants killed ({score.percent:.1f} %), "
            f"{score.equivalent} more are equivalent"
            if score.tried
            else "the solution gave no mutants to try"
        )
    if result.at_home is not None:
        at_home = result.at_home
        lines.append(
            f"the visible checks catch {at_home.caught} of "
            f"{at_home.caught + len(at_home.missed)} wrong submissions "
            f"({at_home.percent:.0f} %)"
        )
        if at_home.missed:
            lines.append(f"they miss {', '.join(at_home.missed)}")
    if result.cases is not None:
        cases = result.cases
        lines.append(
            f"{cases.with_case} of {cases.lost} lost tests have a case to rehearse "
            f"({cases.percent_with_case:.1f} %); {cases.same} of them play at home as the grader "
            f"saw it ({cases.percent_same:.1f} %); the reference solution comes out right in "
            f"{cases.percent_right:.1f} %"
        )
        lines += [*cases.unlike, *cases.unlike_solution]
    lines.append(counted(len(result.findings), "finding") if result.findings else "no findings")
    return lines


def print_validation(result: Validation, console: Console) -> None:
    """Print what each test catches, what each fault costs, and what to correct."""
    if result.complete:
        table = Table(title=f"{result.assignment}: what each test catches", title_justify="left")
        table.add_column("test", overflow="fold")
        table.add_column("asks")
        table.add_column("catches", justify="right")
        table.add_column("sharpest", overflow="fold")
        for test in result.tests:
            table.add_row(test.id, test.requirement, str(len(test.caught)), _sharpest(test))
        console.print(table)
    if result.costs:
        table = Table(title="what each fault costs", title_justify="left")
        table.add_column("wrong submission", overflow="fold")
        table.add_column("tests", justify="right")
        table.add_column("points", justify="right")
        for cost in result.costs:
            table.add_row(cost.name, str(cost.tests), f"{cost.points:g}")
        console.print(table)
    for finding in result.findings:
        console.print(
            Text.assemble(
                (f"{finding.kind.value}: ", "red"), f"{finding.subject} {finding.detail}"
            ),
            soft_wrap=True,
        )
    for line in summary(result):
        console.print(line, soft_wrap=True)


def _sharpest(test: TestPower) -> str:
    if not test.caught:
        return ""
    others = f" (with {test.sharpest - 1} more)" if test.sharpest > 1 else ""
    return f"{test.caught[0].removeprefix('wrong/')}{others}"


def markdown(result: Validation) -> str:
    """Write the whole matrix: each test with everything that it catches."""
    lines = [f"# Validation of {result.assignment}", ""]
    lines += [f"* {line}" for line in summary(result)]
    if result.findings:
        lines += ["", "| finding | where | detail |", "|---|---|---|"]
        lines += [
            f"| {finding.kind.value} | {_cell(finding.subject)} | {_cell(finding.detail)} |"
            for finding in result.findings
        ]
    if result.complete:
        lines += ["", "| test | asks | catches |", "|---|---|---|"]
        lines += [
            f"| `{test.id}` | {test.requirement} | "
            f"{', '.join(name.removeprefix('wrong/') for name in test.caught)} |"
            for test in result.tests
        ]
    if result.costs:
        lines += ["", "| wrong submission | tests | points |", "|---|---:|---:|"]
        lines += [f"| {cost.name} | {cost.tests} | {cost.points:g} |" for cost in result.costs]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Return one of our texts for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
