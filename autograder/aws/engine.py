"""Checks the version of moto, without importing it."""

import re
from importlib.metadata import PackageNotFoundError, requires, version

from autograder.errors import CloudError


def require_engine() -> None:
    """Compare the installed moto with the version that this package pins.

    Raises:
        CloudError: It is another one, whose behaviour nobody has looked at.
    """
    pinned = next(
        found[1]
        for requirement in requires("autograder") or []
        if (found := re.fullmatch(r"moto==([\w.]+)", requirement.split(";")[0].strip()))
    )
    try:
        installed = version("moto")
    except PackageNotFoundError:
        installed = "none"
    if installed != pinned:
        raise CloudError(
            f"the simulated AWS is made for moto {pinned}, and {installed} is installed: "
            "run `uv sync`"
        )
