"""What the project's tests tell at their end."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what became of each attack of the hostile corpus."""
    rows = {
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport)
        for key, value in report.user_properties
        if key == "attack"
    }
    if rows:
        terminalreporter.section("attacks and what became of them")
    for row in sorted(rows):
        terminalreporter.write_line(row)
