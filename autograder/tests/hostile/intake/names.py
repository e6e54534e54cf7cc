"""Files whose names look like others, or are harmful where they are shown."""

import os
from pathlib import Path

from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import Attack
from autograder.tests.hostile.intake.making import (
    EVIL,
    GRADED,
    POINTS,
    SAYING,
    SOLUTION,
    attack,
    honest,
)

FOUND: list[Attack] = []


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def names_differ_in_case_only(folder: Path) -> None:
    """Is honest, next to names that are the same file on some disks."""
    honest(folder)
    for name in ("Compare_With_SQS.py", "COMPARE_WITH_SQS.PY", "compare_with_sqs.Py"):
        (folder / name).write_text(EVIL)


@attack(FOUND, Outcome.MISSING, says="There is no file compare_with_sqs.py")
def graded_name_is_written_in_cyrillic(folder: Path) -> None:
    """Has a name that looks right, but with letters of another alphabet."""
    (folder / GRADED.replace("co", "\u0441\u043e")).write_bytes(SOLUTION.read_bytes())


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def names_differ_in_unicode_form_only(folder: Path) -> None:
    """Is honest, next to names that are equal after Unicode normalisation."""
    honest(folder)
    for name in ("gr\u00f6\u00dfer.py", "gro\u0308\u00dfer.py", "\uff43ompare_with_sqs.py"):
        (folder / name).write_text(EVIL)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def names_do_harm_where_they_are_shown(folder: Path) -> None:
    """Is honest, next to names with escapes, line breaks, workflow commands and invalid UTF-8."""
    honest(folder)
    for name in (SAYING, "::error::forged", "=1+1", "-rf", "{{7*7}}", "~", " ", ".", "\\"):
        (folder / f"{name.replace('/', '')}.py").write_text(EVIL)
    for raw in (b"\xff\xfe\xed\xa0\x80.py", b"\x1b]0;x\x07.py", b"..."):
        (folder / os.fsdecode(raw)).write_text(EVIL)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def packages_have_names_that_do_harm(folder: Path) -> None:
    """Is honest, next to packages with such names, and names like paths."""
    honest(folder)
    for saying in (SAYING, "...", "a.b", "a b", "\N{FULLWIDTH SOLIDUS}etc", "\N{ROCKET}"):
        name = saying.replace("/", "")
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(EVIL)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def unused_helper_hides_the_standard_library(folder: Path) -> None:
    """Is honest, next to a json.py that boto3 would import if it were graded too."""
    honest(folder)
    (folder / "json.py").write_text(EVIL)


@attack(FOUND, Outcome.REFUSED, says="hides Python's module `json`")
def helper_hides_the_standard_library(folder: Path) -> None:
    """Imports another json.py."""
    honest(folder, "import json\n")
    (folder / "json.py").write_text(EVIL)


@attack(FOUND, Outcome.REFUSED, says="hides boto3's module `boto3`")
def package_hides_boto3(folder: Path) -> None:
    """Has another boto3 that needs no AWS."""
    honest(folder)
    (folder / "boto3").mkdir()
    (folder / "boto3" / "__init__.py").write_text("def client(*args, **kwargs): ...\n")


@attack(FOUND, Outcome.REFUSED, says="module `_sandbox_runner`")
def helper_hides_what_runs_it(folder: Path) -> None:
    """Imports a module with the name of the package that runs the code."""
    honest(folder, "import _sandbox_runner\n")
    (folder / "_sandbox_runner.py").write_text(EVIL)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def helpers_are_called_as_what_runs_them(folder: Path) -> None:
    """Is honest, next to modules with the names of those that run the code."""
    honest(folder)
    names = ("child", "runner", "values", "virtual_clock", "wire", "sitecustomize")
    for name in (*names, "_sandbox_runner"):
        (folder / f"{name}.py").write_text(EVIL)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def helpers_have_names_of_the_library_in_capitals(folder: Path) -> None:
    """Is honest, next to JSON.py and BOTO3.py, which are different modules."""
    honest(folder)
    for name in ("JSON.py", "BOTO3.py", "Os.py", "tests.py", "pytest.py", "autograder.py"):
        (folder / name).write_text(EVIL)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def thousands_of_notebooks_have_the_longest_names(folder: Path) -> None:
    """Is honest, next to notebooks whose names take long to compare with the missing one's."""
    honest(folder)
    for number in range(4900):
        (folder / f"{number:04}{'concepts.' * 27}.ipynb").touch()
