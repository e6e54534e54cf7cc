"""Runs the conformance tests against endpoints, and writes the results as a table."""

import ast
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
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

Results = Mapping[tuple[str, str], str]
"""pytest's outcomes by test file and test function, including the case if there are several."""

TABLE_TITLE = "## What is tested"
"""Everything below this line of the file is written by `write_table`."""


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
    return {_file_and_test(test["nodeid"]): test["outcome"] for test in tests}


def write_table(columns: Mapping[str, Results]) -> str:
    """Return the file with a new table: a row for each behaviour, a column for each endpoint."""
    groups: dict[str, dict[str, dict[str, list[str]]]] = {}
    for column, results in columns.items():
        for (file, test), outcome in results.items():
            title = test.split("[")[0].removeprefix("test_").replace("_", " ").capitalize()
            cells = groups.setdefault(_title_of(file), {}).setdefault(title, {})
            cells.setdefault(column, []).append(outcome)
    lines = [f"| behaviour | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for group, rows in groups.items():
        lines.append(f"| **{group}** |{' |' * len(columns)}")
        lines += [
            f"| {title} | {' | '.join(_cell(cells.get(column, ())) for column in columns)} |"
            for title, cells in rows.items()
        ]
    passed = [
        f"{sum(outcome == 'passed' for outcome in results.values())} of {len(results)}"
        for results in columns.values()
    ]
    lines.append(f"| **tests passed** | {' | '.join(passed)} |")
    lines += ["", f"<!-- written for the tests {tests_digest()} -->"]
    head = TABLE_FILE.read_text(encoding="utf-8").partition(TABLE_TITLE)[0]
    return f"{head}{TABLE_TITLE}\n\n" + "\n".join(lines) + "\n"


def tests_digest() -> str:
    """Return a digest of the tests and the emulators' versions: of all that the table depends on.

    This does not include the simulated AWS, whose results CI compares with the table.
    """
    digest = hashlib.sha256(f"moto {version('moto')}".encode())
    for path in sorted([*HERE.glob("test_*.py"), HERE / "emulators.py"]):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _file_and_test(node_id: str) -> tuple[str, str]:
    path, _, test = node_id.partition("::")
    return Path(path).name, test


def _title_of(file: str) -> str:
    """Return what the tests of a file are about: the start of its docstring."""
    docstring = ast.get_docstring(ast.parse((HERE / file).read_text(encoding="utf-8"))) or file
    return docstring.splitlines()[0].rstrip(".")


def _cell(outcomes: Sequence[str]) -> str:
    """Return the worst outcome of a test's cases, in a word."""
    for outcome in ("failed", "error", "xfailed", "skipped"):
        if outcome in outcomes:
            return TITLES[outcome]
    return TITLES["passed"] if outcomes else "-"
