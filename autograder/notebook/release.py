"""Turns the source of a notebook into what students get, with nbgrader's own steps.

So formgrader and `nbgrader validate` take it for one of theirs. Steps that need nbgrader's database
are left out: a release depends on its source alone, and is the same each time.
"""

import json
from typing import Any

from autograder.errors import AssignmentError
from autograder.notebook.answers import BLANK

CODE_STUB = "# Write your answer in place of None."


def release_notebook(source: str, name: str) -> str:
    """Take the solutions out of a notebook.

    Args:
        source: The notebook's JSON, solutions included.
        name: What to call it in errors.

    Raises:
        AssignmentError: It cannot be released, or nbgrader is not installed.
    """
    try:
        import nbformat
        from nbgrader import preprocessors as steps
    except ImportError:
        raise AssignmentError(
            f"{name}: nbgrader makes what students get of it: install the extra `gradebook`"
        ) from None
    from traitlets.config import Config

    config = Config()
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = BLANK
    order: list[Any] = [
        steps.CheckCellMetadata,
        steps.ClearSolutions,
        steps.ClearHiddenTests,
        steps.ClearMarkScheme,
        steps.LockCells,
        steps.ClearOutput,
        steps.ComputeChecksums,
        steps.CheckCellMetadata,
    ]
    try:
        notebook: Any = nbformat.reads(source, as_version=4)
        nbformat.validate(notebook)
        for step in order:
            notebook, _ = step(config=config).preprocess(notebook, {})
    except Exception as error:  # whatever nbgrader and nbformat raise
        raise AssignmentError(f"{name}: nbgrader cannot release it: {error}") from None
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if "SOLUTION" in text:
        raise AssignmentError(f"{name}: a mark of a solution would be handed out")
    return text
