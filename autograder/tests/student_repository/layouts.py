"""Makes random hand-ins, and compares what the visible checks say of them with the grader.

Each hand-in is a folder as a student may have it: helpers and packages with all kinds of names,
encodings and sizes, the syntax of several versions of Python, notebooks of several editors, scratch
files, files in the wrong place. Two things must hold:

* the copy of the rules in the checks accepts, refuses, misses and notes the same as the grader;
* a graded file that is accepted, and that can be imported at home, can be imported where it is
  graded and does the same there.

    python -m autograder.tests.student_repository.layouts --count 1000 --seed 0
"""

import argparse
import importlib
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.bubblewrap import runtime_packages
from autograder.submission import Submission, read_submission
from autograder.tests.student_repository.clone import ASSIGNMENT, REPOSITORY

CODE = tuple(name for name in ASSIGNMENT.files if name.endswith(".py"))
NOTEBOOK = next(name for name in ASSIGNMENT.files if name.endswith(".ipynb"))
HELPERS = (
    *("helper", "utils", "runner", "values", "wire", "child", "warm", "walls", "virtual_clock") * 4,
    *("queue", "statistics", "six", "JSON", "größer", "x" * 101, "test", "_sandbox_runner"),
    *("checks_", "main", "conftest_", "stream", "chunk", "paging", "retries", "clients", "log"),
)
FOLDERS = ("helpers", "tools", "src", "queue", "boto3", "m06-ada", "checks", "scratch", "a/b/c/d/e")
SYNTAX = (
    "answer = 1",
    "match 1:\n    case _: answer = 1",
    'd = {"a": 1}\nanswer = int(f"{d["a"]}")',
    "type Number = int\nanswer = 1",
    "def first[T](values: list[T]) -> T: return values[0]\nanswer = first([1])",
    "from itertools import batched\nanswer = 1",
    "import yaml\nanswer = 1",
    "try:\n    import yaml, tenacity\nexcept ImportError:\n    pass\nanswer = 1",
    "import json, queue, statistics\nanswer = statistics.mean([1])",
    "answer = ((",
)
SLIPS = (
    "{stem} (1){ending}", "{stem}-Copy1{ending}", "Copy of {name}", "{name}.txt", "src/{name}",
    "m06-ada/{name}", "old/a/{name}", "{upper}",
)  # fmt: skip
_IMPORTS = """
import importlib, io, json, sys
folder, packages, hidden, modules = sys.argv[1:]
sys.path[:] = [folder, *sys.path, packages]
sys.modules.update(dict.fromkeys(hidden.split()))  # None: an import raises ModuleNotFoundError
answers = {}
for name in modules.split():
    try:
        answers[name] = importlib.import_module(name).ask()
    except BaseException as error:
        answers[name] = type(error).__name__
print(json.dumps(answers))
"""


@dataclass(frozen=True)
class Disagreement:
    """A difference between the checks and the grader, about a file or a whole hand-in."""

    what: str
    at_home: object
    graded: object


def make_layout(folder: Path, rng: random.Random) -> None:
    """Fill an empty folder with a random hand-in."""
    modules = _write_helpers(folder, rng)
    for name in CODE:
        if rng.random() < 0.97:
            chosen = rng.sample(modules, rng.randrange(min(3, len(modules)) + 1))
            _write(folder / _place(name, rng), _module(chosen, rng), rng)
    if rng.random() < 0.97:
        path = folder / _place(NOTEBOOK, rng)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_notebook(rng))
    if rng.random() < 0.2:
        for number in range(rng.choice((5, 95, 120))):
            _write(folder / f"scratch_{number:03}.py", "import helper\n", rng)
    for name in ("notes.txt", "data.csv", ".env", "m06.zip", "empty.ipynb", "tenacity"):
        if rng.random() < 0.15:
            (folder / name).write_text("1,2\n")
    if rng.random() < 0.1:
        (folder / "linked.py").symlink_to("helper.py")


def _place(name: str, rng: random.Random) -> str:
    """Return a graded file's name, or sometimes a path where the grader does not look for it."""
    if rng.random() < 0.95:
        return name
    stem, _, ending = name.partition(".")
    return rng.choice(SLIPS).format(name=name, stem=stem, ending=f".{ending}", upper=name.title())


def _write_helpers(folder: Path, rng: random.Random) -> list[str]:
    """Write modules and packages that may import each other. Returns their names."""
    modules: list[str] = []
    for _ in range(rng.randrange(6)):
        inside = rng.choice((*FOLDERS, "", "", "", "", "", "", ""))
        name = rng.choice(HELPERS)
        place = f"{inside}/{name}".lstrip("/")
        chosen = rng.sample(modules, rng.randrange(min(2, len(modules)) + 1))
        _write(folder / f"{place}.py", _module(chosen, rng), rng)
        if inside and rng.random() < 0.5:
            _write(folder / inside / "__init__.py", "", rng)
        if "-" not in place:
            modules.append(place.replace("/", "."))
    return modules


def _module(imports: list[str], rng: random.Random) -> str:
    """Return the text of a module whose `ask()` calls the `ask()` of all that it imports."""
    lines = [rng.choice(SYNTAX) if rng.random() < 0.4 else "answer = 1"]
    asked = []
    for number, name in enumerate(imports):
        package, _, last = name.rpartition(".")
        styles = [f"import {name} as m{number}"]
        styles += [f"from {package} import {last} as m{number}"] if package else []
        styles += [f"from {package} import (\n    {last} as m{number},\n)"] if package else []
        lines.append(rng.choice(styles))
        asked.append(f"getattr(m{number}, 'ask', int)()")
    lines.append(f"def ask(): return [__name__, answer, {', '.join(asked)}]")
    if rng.random() < 0.05:
        lines.append("#" * (1 << 20))
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str, rng: random.Random) -> None:
    """Write a module in one of the encodings that Python reads."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded: Callable[[], bytes] = rng.choice(
        (
            *(lambda: text.encode(),) * 5,
            lambda: text.replace("\n", "\r\n").encode("utf-8-sig"),
            lambda: f"# coding: latin-1\n# größer\n{text}".encode("latin-1", "replace"),
            lambda: f"'''größer\nimport queue\n'''\n{text}".encode(),
            lambda: text.encode("utf-16"),
        )
    )
    path.write_bytes(encoded())


def _notebook(rng: random.Random) -> bytes:
    """Return a notebook as Jupyter, VS Code, Colab or an old editor writes it."""
    large = "A" * rng.choice((10, 1000, 1_400_000))
    code: dict[str, Any] = {"cell_type": "code", "id": "c4", "source": ['c4 = "B"\n']}
    text: dict[str, Any] = {"cell_type": "markdown", "id": "t", "source": "Größer"}
    editor = rng.choice(("jupyter", "vscode", "colab", "old", "broken"))
    if editor == "jupyter":
        code["outputs"] = [{"output_type": "stream", "text": [large]}]
    elif editor == "vscode":
        text["attachments"] = {"image.png": {"image/png": large}}
    elif editor == "colab":
        text["source"] = [f"![x](data:image/png;base64,{large})", "Größer"]
    elif editor == "broken":
        return rng.choice((b"", b"{", b"<<<<<<< HEAD\n", b"\xff\xfe", large.encode()))
    cells = {"cells": [code, text], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    whole = {"worksheets": [cells], "nbformat": 3} if editor == "old" else cells
    return json.dumps(whole, ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, 1))).encode()


def disagreements(folder: Path, scratch: Path) -> Iterator[Disagreement]:
    """Compare what the checks say of a hand-in with what the grader does with it.

    Args:
        folder: The hand-in.
        scratch: An empty folder.
    """
    graded = read_submission(folder, ASSIGNMENT)
    rules, hand_in = _checks_modules()
    at_home = rules.admit(hand_in.Folder(folder), ASSIGNMENT.files)
    for what in ("files", "missing", "notes"):
        ours, theirs = getattr(graded, what), getattr(at_home, what)
        if ours != theirs:
            yield Disagreement(what, theirs, ours)
    reasons = {
        name: [refusal.said_of(name) for refusal in at_home.refusals_of(name)]
        for name in ASSIGNMENT.files
    }
    for name in ASSIGNMENT.files:
        if graded.refusal_for((name,)) != next(iter(reasons[name]), None):
            yield Disagreement(f"refusal of {name}", reasons[name], graded.refusal_for((name,)))
    accepted = [name for name in CODE if name in graded.files and not reasons[name]]
    (scratch / "submission").mkdir()
    (scratch / "packages").mkdir()
    graded.copy_to(scratch / "submission")
    for name, path in runtime_packages().items():
        (scratch / "packages" / name).symlink_to(path)
    all_packages = next(iter(runtime_packages().values())).parent
    home = _answers(folder, all_packages, at_home.not_installed, accepted)
    there = _answers(scratch / "submission", scratch / "packages", (), accepted)
    for module, answer in home.items():
        if isinstance(answer, list) and answer != there[module]:  # otherwise it fails at home
            yield Disagreement(f"import of {module}", answer, there[module])


def _checks_modules() -> tuple[Any, Any]:
    """Import the checks' copy of the rules, and their module that reads a folder."""
    if str(REPOSITORY) not in sys.path:
        sys.path.append(str(REPOSITORY))
    return importlib.import_module("checks.admission"), importlib.import_module("checks.hand_in")


def _answers(
    folder: Path, packages: Path, hidden: Sequence[str], files: Sequence[str]
) -> Mapping[str, Any]:
    """Import modules in a separate process, and call the `ask()` of each.

    Args:
        folder: Where the modules are.
        packages: Where packages are installed.
        hidden: Packages whose import must fail, as the checks hide them.
        files: The files of the modules.
    """
    modules = [name.removesuffix(".py") for name in files]
    ran = subprocess.run(
        [
            *(sys.executable, "-I", "-S", "-c", _IMPORTS),
            *(str(folder), str(packages), " ".join(hidden), " ".join(modules)),
        ],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    answers: dict[str, Any] = json.loads(ran.stdout)
    return answers


def try_layouts(count: int, seed: int) -> Iterator[tuple[int, Submission, list[Disagreement]]]:
    """Make hand-ins, and yield the number, the submission and the disagreements of each."""
    for number in range(count):
        with tempfile.TemporaryDirectory(prefix="layout-") as name:
            folder, scratch = Path(name, "folder"), Path(name, "scratch")
            folder.mkdir()
            scratch.mkdir()
            make_layout(folder, random.Random(f"{seed}/{number}"))
            submission = read_submission(folder, ASSIGNMENT)
            yield number, submission, list(disagreements(folder, scratch))


def main() -> None:
    """Try many hand-ins, and print all disagreements."""
    parser = argparse.ArgumentParser(description="Compare the checks with the grader.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    wrong = refused = noted = missing = 0
    for number, submission, found in try_layouts(options.count, options.seed):
        wrong += bool(found)
        refused += bool(submission.refused)
        noted += bool(submission.notes)
        missing += bool(submission.missing)
        for disagreement in found:
            print(f"{options.seed}/{number}: {disagreement}")  # noqa: T201 - a program
    print(  # noqa: T201 - a program
        f"{options.count} hand-ins: {wrong} with disagreements, {refused} with a refused file, "
        f"{missing} with a missing file, {noted} with notes"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
