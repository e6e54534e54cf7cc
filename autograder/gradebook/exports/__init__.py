"""The files that other systems import, one module for each form."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from autograder.gradebook.exports.blackboard import as_blackboard
from autograder.gradebook.exports.brightspace import as_brightspace
from autograder.gradebook.exports.canvas import as_canvas
from autograder.gradebook.exports.classroom50 import as_classroom50
from autograder.gradebook.exports.github_classroom import as_github_classroom
from autograder.gradebook.exports.gradescope import as_gradescope
from autograder.gradebook.exports.moodle import as_moodle
from autograder.gradebook.exports.plain import as_plain
from autograder.gradebook.standing import Standing

__all__ = ["FORMATS", "Export"]

Export = Callable[[str, str, Sequence[Standing]], str]
"""Takes the assignment's id, its title and the standings; gives the file's text."""

FORMATS: Mapping[str, Export] = MappingProxyType(
    {
        "csv": as_plain,
        "canvas": as_canvas,
        "moodle": as_moodle,
        "brightspace": as_brightspace,
        "blackboard": as_blackboard,
        "gradescope": as_gradescope,
        "github-classroom": as_github_classroom,
        "classroom50": as_classroom50,
    }
)
"""By the names that `export --format` takes. Write the text in UTF-8, line ends as they are."""
