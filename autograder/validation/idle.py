"""Submissions whose functions do nothing of use, and so must not earn a point.

A test that a function passes by returning a constant or by always raising is half a test: it
belongs together with the case in which the function has something to do.
"""

import ast
from collections.abc import Iterator

from autograder.submission import Submission
from autograder.validation.trials import Candidate

BODIES = {
    "returns_none": "return None",
    "returns_an_empty_dict": "return {}",
    "returns_an_empty_list": "return []",
    "returns_two_empty_lists": "return [], []",
    "returns_an_empty_text": "return ''",
    "returns_zero": "return 0",
    "returns_true": "return True",
    "returns_an_argument": "return args[-1] if args else None",
    "raises_an_error": "raise ValueError('always')",
}
"""Name to what each function of the file does."""


def idle_candidates(solution: Submission) -> Iterator[Candidate]:
    """Yield a candidate for each graded Python file and each way of doing nothing."""
    for file in solution.graded:
        if not file.endswith(".py") or file not in solution.files:
            continue
        for name, body in BODIES.items():
            source = "".join(
                f"def {function}(*args, **kwargs):\n    {body}\n\n"
                for function in _functions(solution.files[file])
            )
            files = {**solution.files, file: source.encode()}
            title = f"idle/{file.removesuffix('.py')}_{name}"
            submission = Submission(files, solution.graded)
            yield Candidate(title, submission, frozenset({file}), seed=title)


def _functions(source: bytes) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name
