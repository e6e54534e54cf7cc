"""What all checks have: they are counted, and know the fixtures of the files `*fixtures.py`."""

from pathlib import Path

import pytest

from checks.check_report import Report


def pytest_configure(config: pytest.Config) -> None:
    """Have the checks counted, and find their fixtures."""
    config.pluginmanager.register(Report(), "check_report")
    for path in sorted(Path(__file__).parent.glob("*fixtures.py")):
        config.pluginmanager.import_plugin(f"checks.{path.stem}")
