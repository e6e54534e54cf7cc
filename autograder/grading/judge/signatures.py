"""How the handout declares the functions that students implement: the stubs' own signatures."""

import ast
from pathlib import Path


class Signatures:
    """Reads signatures from the stubs that students are given.

    Args:
        folder: The student repository.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, module: str, function: str) -> str | None:
        """Return a function's signature without annotations; None if no stub declares it.

        >>> Signatures(folder).of("words", "count_words")
        'count_words(path, at_most=50)'
        """
        try:
            tree = ast.parse((self._folder / f"{module}.py").read_text(encoding="utf-8"))
        except OSError:
            return None
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == function:
                return f"{function}({ast.unparse(_without_annotations(node.args))})"
        return None


def _without_annotations(arguments: ast.arguments) -> ast.arguments:
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        argument.annotation = None
    return arguments
