"""What an assignment is: `assignment.toml` read into a checked, frozen `Assignment`."""

import tomllib
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from autograder.errors import AssignmentError
from autograder.limits import Limits

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}\.(py|ipynb)$")]
PythonVersion = Annotated[str, Field(pattern=r"^3\.[1-9][0-9]$")]
Title = Annotated[str, Field(min_length=1, max_length=100)]

SETTINGS_FILE = "assignment.toml"
HANDOUT_FILE = "README.md"


class Checkpoint(BaseModel):
    """A part of the assignment that has its own title, points and files."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Identifier
    title: Title
    points: int = Field(gt=0, le=1000)
    files: Annotated[tuple[FileName, ...], Field(min_length=1, strict=False)]


class Assignment(BaseModel):
    """An assignment's settings; points add up to its maximum score."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Identifier
    title: Title
    python: PythonVersion
    """The Python that students' code is written for and graded with, such as `3.12`."""
    simulated_aws: bool = False
    """Whether students' code talks to the simulated AWS, which their repository brings then."""
    checkpoints: Annotated[tuple[Checkpoint, ...], Field(min_length=1, strict=False)]
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [checkpoint.id for checkpoint in self.checkpoints]
        twice = sorted({checkpoint_id for checkpoint_id in ids if ids.count(checkpoint_id) > 1})
        if twice:
            raise ValueError(f"two checkpoints have the id {twice[0]!r}")
        return self

    @property
    def files(self) -> tuple[str, ...]:
        """The graded files, each once, in the order of the checkpoints."""
        return tuple(
            dict.fromkeys(name for checkpoint in self.checkpoints for name in checkpoint.files)
        )

    @property
    def max_score(self) -> int:
        """All points together."""
        return sum(checkpoint.points for checkpoint in self.checkpoints)


def load_assignment(folder: Path) -> Assignment:
    """Read and check `folder/assignment.toml`.

    Raises:
        AssignmentError: The file is missing or wrong; the message names the key.
    """
    path = folder / SETTINGS_FILE
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssignmentError(f"{path} is missing: every assignment has one") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AssignmentError(f"{path} cannot be read as TOML: {error}") from None
    try:
        assignment = Assignment.model_validate(settings)
    except ValidationError as error:
        raise AssignmentError(f"{path}: {_first_mistake(error)}") from None
    if assignment.id != folder.resolve().name:
        raise AssignmentError(
            f"{path}: id: is {assignment.id!r}, but its folder is {folder.resolve().name!r}"
        )
    return assignment


def _first_mistake(error: ValidationError) -> str:
    """Name the first wrong key, as `limits.api_calls: Input should be ...`."""
    first, *others = error.errors(include_url=False)
    key = ".".join(str(part) for part in first["loc"]) or "the whole"
    text = f"{key}: {first['msg']}"
    return f"{text} (and {len(others)} more)" if others else text


_ASSIGNMENTS = "assignments"


class Course:
    """The folders of a checkout: assignments, their solutions and their hidden suites."""

    def __init__(self, root: Path) -> None:
        self.assignments = root / _ASSIGNMENTS
        self.solutions = root / "solutions"
        self.suites = root / "autograder" / "suites"

    @classmethod
    def of_this_checkout(cls) -> Self:
        """Return the checkout that contains this package.

        A wheel comes without assignments: if the package was installed from one, this is the
        checkout that contains the current folder.
        """
        beside_package = Path(__file__).resolve().parents[1]
        candidates = (beside_package, Path.cwd(), *Path.cwd().parents)
        return cls(
            next((root for root in candidates if (root / _ASSIGNMENTS).is_dir()), beside_package)
        )

    def ids(self) -> tuple[str, ...]:
        """The ids of all assignments, sorted."""
        return tuple(
            sorted(path.parent.name for path in self.assignments.glob(f"*/{SETTINGS_FILE}"))
        )

    def load(self, assignment_id: str) -> Assignment:
        """Load one assignment by its id.

        Raises:
            AssignmentError: No assignment has that id, or its settings are wrong.
        """
        if assignment_id not in self.ids():
            known = ", ".join(self.ids()) or "none"
            raise AssignmentError(f"unknown assignment {assignment_id!r}; there are: {known}")
        return load_assignment(self.assignments / assignment_id)
