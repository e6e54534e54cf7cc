"""Runs the conformance tests against endpoints, and writes the results as a table."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent
TABLE_FILE = HERE / "FIDELITY.md"
TITLES = {
    "passed": "yes",
    "failed": "no",
    "error": "no",
    "skipped": "-",
    "xfailed": "no, on purpose",
}

Results = Mapping[str, str]
"""pytest's outcomes by test function, including the case if there are several."""


def run_against(endpoint: str | None) -> Results:
    """Run all conformance tests against an endpoint; None is the simulated AWS."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        command = [
            sys.executable, "-m", "pytest", str(HERE), "-q", "-p", "no:cacheprovider",
            "--json-report", f"--json-report-file={report}",
            *(["--endpoint", endpoint] if endpoint else []),
        ]  # fmt: skip
        subprocess.run(command, capture_output=True, check=False)
        tests = json.loads(report.read_text(encoding="utf-8"))["tests"]
    return {test["nodeid"].split("::")[-1]: test["outcome"] for test in tests}


def write_table(columns: Mapping[str, Results]) -> str:
    """Write a Markdown table: a row for each behaviour, a column for each endpoint."""
    rows: dict[str, dict[str, list[str]]] = {}
    for column, results in columns.items():
        for test, outcome in results.items():
            title = test.split("[")[0].removeprefix("test_").replace("_", " ").capitalize()
            rows.setdefault(title, {}).setdefault(column, []).append(outcome)
    lines = [
        "# Which endpoints have AWS's documented behaviour",
        "",
        "Written by `uv run python -m autograder.conformance`. Each row is a test in this folder "
        "that cites what AWS",
        "documents. No endpoint throttles, rejects records or gives empty pages by itself: the "
        "simulated AWS scripts",
        "such faults (`autograder/aws/faults.py`).",
        "",
        "Not simulated: the limit of five GetRecords a second for each shard, because a fault "
        "says more exactly when",
        "a read is throttled; and the expiry of records, because no call may sleep for the 24 "
        "hours that records are kept.",
        "",
        f"| behaviour | {' | '.join(columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    lines += [
        f"| {title} | {' | '.join(_cell(cells.get(column, ())) for column in columns)} |"
        for title, cells in rows.items()
    ]
    passed = [
        f"{sum(outcome == 'passed' for outcome in results.values())} of {len(results)}"
        for results in columns.values()
    ]
    lines.append(f"| **tests passed** | {' | '.join(passed)} |")
    return "\n".join(lines) + "\n"


def _cell(outcomes: Sequence[str]) -> str:
    """Return the worst outcome of a test's cases, in a word."""
    for outcome in ("failed", "error", "xfailed", "skipped"):
        if outcome in outcomes:
            return TITLES[outcome]
    return TITLES["passed"] if outcomes else "-"
