"""The corpus of attacks: hostile submissions, and the results that they must have.

An attack is a Python file in `attacks/<aim>/` that replaces a graded file. It begins with a block
of TOML in comments:

    # /// attack
    # outcomes = ["killed"]
    # says = "ended the whole Python process"
    # ///
    '''Ends the process at import, with exit code 0.'''

`outcomes` are the outcomes that its tests may have; `says` is text that the feedback must contain.
Optional keys are `file` (the graded file, `compare_with_sqs.py` by default), `earns` (the points
that honest code of the same kind would get, 0 by default) and `solution = true` (the code is
appended to the solution). An attack with more files is a folder with the graded file, which has the
header, and the other files. Attacks on the intake cannot be stored as files; functions in `intake/`
make them.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from autograder.assignment import Course
from autograder.grading.grade import Outcome

ATTACKS = Path(__file__).parent / "attacks"
ID = "m06_partitioned_logs"
AIMS = ("gain", "learn", "break_out", "wear_down", "poison", "intake")

_HEADER = re.compile(r"\A# /// attack\n(?P<toml>(?:#.*\n)*?)# ///\n")


class Declaration(BaseModel):
    """The header of an attack: the results that it must have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcomes: frozenset[Outcome]
    says: str = ""
    file: str = "compare_with_sqs.py"
    earns: float = 0.0
    solution: bool = False


@dataclass(frozen=True)
class Attack:
    """One hostile submission."""

    name: str
    """Such as `gain/exits_with_zero`."""
    declared: Declaration
    lay_out: Callable[[Path], None]
    """Writes the submission into an empty folder."""


def read_attacks() -> Iterator[Attack]:
    """Read the attacks that are stored as files, sorted by name."""
    for aim in AIMS:
        for path in sorted((ATTACKS / aim).glob("*")):
            if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__"):
                yield _read(path)


def _read(path: Path) -> Attack:
    mains = [path] if path.is_file() else sorted(path.glob("*.py"))
    found = [(main, header) for main in mains if (header := _HEADER.match(_text_of(main)))]
    ((_, header),) = found
    toml = "\n".join(line[1:].strip() for line in header["toml"].splitlines())
    declared = Declaration.model_validate(tomllib.loads(toml))
    return Attack(
        f"{path.parent.name}/{path.stem}", declared, lambda folder: _write(path, declared, folder)
    )


def _text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _write(path: Path, declared: Declaration, folder: Path) -> None:
    source = path if path.is_file() else path / declared.file
    code = source.read_bytes()
    if declared.solution:
        code = (Course.of_this_checkout().solutions / ID / declared.file).read_bytes() + code
    if path.is_dir():
        for file in path.rglob("*"):
            if file.is_file() and file != source and "__pycache__" not in file.parts:
                target = folder / file.relative_to(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
    (folder / declared.file).write_bytes(code)
