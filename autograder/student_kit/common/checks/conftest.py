"""Counts the checks, and loads the fixtures of all files `*fixtures.py`."""

from pathlib import Path

import pytest

from checks.check_report import Report


def pytest_configure(config: pytest.Config) -> None:
    """Register the report that counts the checks, and load the fixtures."""
    config.pluginmanager.register(Report(), "check_report")
    for path in sorted(Path(__file__).parent.glob("*fixtures.py")):
        config.pluginmanager.import_plugin(f"checks.{path.stem}")
