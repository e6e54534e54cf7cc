"""Which copies of a made class `similarity` finds, and which other tools find.

The others are compare50 (from PyPI) and Dolos (from npm), with their own settings.
"""

import json
import os
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.benchmarks.submissions import the_assignment
from autograder.cli.similarity import handed_out
from autograder.reports.similar_pairs import Comparison, Sources, compare
from autograder.tests.reports.made_class import (
    MadeClass,
    make_class,
    make_class_of_one_copied_file,
)

COMPARE50 = "1.2.15"
DOLOS = "3.5.1"
SEEDS = range(5)
LONGEST_SECONDS = 1800.0
MANY = 300

Ranking = list[frozenset[str]]
"""Pairs of students, the most similar first."""

_RANK_COMPARE50 = """
import json, pathlib, sys
from compare50 import _api, _data, passes
from compare50.__main__ import SubmissionFactory
folder, given = map(pathlib.Path, sys.argv[1:])
make, way = SubmissionFactory(), passes.structure
ready = _data.Preprocessor(way.preprocessors)
submissions = make.get_all(sorted(folder.iterdir()), ready)
distro = make.get_all([given], ready)
ignored = {file for submission in distro for file in submission.files}
scores = _api.rank(submissions, [], ignored, way, n=10**6)
scores.sort(key=lambda score: -score.score)
print(json.dumps([[score.sub_a.path.name, score.sub_b.path.name] for score in scores]))
"""
_RANK_DOLOS = """
import { Dolos } from "@dodona/dolos-lib";
import { readdirSync } from "fs";
const [folder, given] = process.argv.slice(2);
const paths = readdirSync(folder).sort().map(name => `${folder}/${name}`);
const report = await new Dolos({ language: "python" }).analyzePaths(paths, given);
const pairs = report.allPairs().sort((a, b) => b.similarity - a.similarity);
const name = file => file.path.split("/").pop().replace(".py", "");
console.log(JSON.stringify(pairs.map(pair => [name(pair.leftFile), name(pair.rightFile)])));
"""


class ToolError(Exception):
    """A tool cannot be measured here."""


@dataclass(frozen=True)
class RankedCopies:
    """How well the copies of a class stand out in a ranking."""

    above_honest: float
    """The share of copies above the first honest pair: recall without a false alarm."""
    precision: float
    """The share of copies among as many first pairs as there are copies; recall is the same."""


def report(tools: Path | None) -> Iterator[str]:
    """Measure, line by line."""
    classes = {
        "20 honest, 20 copies, 4 disguises each": [make_class(seed, ways=4) for seed in SEEDS],
        "20 honest, 20 copies, all disguises": [make_class(seed) for seed in SEEDS],
        "24 of whom 12 copied one file, all disguises": [
            make_class_of_one_copied_file(seed) for seed in SEEDS
        ],
    }
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = tools or Path(name)
        rankings: dict[str, Callable[[MadeClass], Ranking]] = {
            "similarity": ours,
            f"compare50 {COMPARE50}": lambda made: compare50(made, folder),
            f"dolos {DOLOS}": lambda made: dolos(made, folder),
        }
        for tool, rank in rankings.items():
            for kind, made_classes in classes.items():
                try:
                    found = [judge(rank(made), made.copies) for made in made_classes]
                except ToolError as error:
                    yield f"{tool}: skipped, {error}"
                    break
                above = sum(each.above_honest for each in found) / len(found)
                precision = sum(each.precision for each in found) / len(found)
                yield f"{tool:18}{kind:46}{above:5.0%} above honest pairs, {precision:5.0%} first"
    yield f"{MANY} submissions: {seconds_for(MANY):.1f} s of processor time"


def judge(ranking: Ranking, copies: frozenset[frozenset[str]]) -> RankedCopies:
    """Tell how well copies stand out.

    >>> a, b, c = map(frozenset, ("ab", "cd", "ac"))
    >>> judge([a, c, b], frozenset({a, b}))
    RankedCopies(above_honest=0.5, precision=0.5)
    """
    first_honest = next((at for at, pair in enumerate(ranking) if pair not in copies), len(ranking))
    first = ranking[: len(copies)]
    precision = sum(pair in copies for pair in first) / len(copies)
    return RankedCopies(first_honest / len(copies), precision)


def ours(made: MadeClass) -> Ranking:
    """Rank pairs as our page does; those of groups come first."""
    found = compared(made)
    pairs = [pair for group in found.groups for pair in group.pairs] + [*found.pairs]
    return [frozenset({pair.first.student, pair.second.student}) for pair in pairs]


def compared(made: MadeClass) -> Comparison:
    """Compare a made class."""
    sources = [Sources(student, files) for student, files in made.submissions.items()]
    return compare(sources, handed_out(*the_assignment()), 10**6)


def seconds_for(students: int) -> float:
    """Return the processor time for a class in which each program was handed in many times."""
    programs = list(make_class(0).submissions.values())
    many = {f"s{number}": programs[number % len(programs)] for number in range(students)}
    made = replace(make_class(0), submissions=many)
    begin = time.process_time()
    compared(made)
    return time.process_time() - begin


def compare50(made: MadeClass, tools: Path) -> Ranking:
    """Rank pairs by the pass of compare50 that ignores names, texts and numbers."""
    place = tools / "compare50"
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        _run([python, "-m", "pip", "install", "--quiet", f"compare50=={COMPARE50}"], tools)
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder, given = Path(name) / "class", Path(name) / "given"
        for student, files in made.submissions.items():
            for file, content in files.items():
                _write(folder / student / file, content)
        for number, content in enumerate(handed_out(*the_assignment())):
            _write(given / f"{number}.py", content)
        return _pairs(_run([python, "-c", _RANK_COMPARE50, folder, given], tools))


def dolos(made: MadeClass, tools: Path) -> Ranking:
    """Rank pairs by Dolos, which takes one file of each student, and one that was handed out."""
    place = tools / "dolos"
    if not (place / "node_modules").exists():
        place.mkdir(parents=True)
        _run(["npm", "install", "--silent", f"@dodona/dolos-lib@{DOLOS}"], place)
    (place / "rank.mjs").write_text(_RANK_DOLOS)
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder, given = Path(name) / "class", Path(name) / "given.py"
        for student, files in made.submissions.items():
            _write(folder / f"{student}.py", b"\n".join(files.values()))
        _write(given, b"\n".join(handed_out(*the_assignment())))
        return _pairs(_run(["node", "rank.mjs", folder, given], place))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _pairs(output: str) -> Ranking:
    found: Iterable[list[str]] = json.loads(output.splitlines()[-1])
    return [frozenset(pair) for pair in found]


def _run(command: Sequence[str | Path], folder: Path) -> str:
    """Run a command, or say with its last line why it did not work."""
    # compare50 hashes with Python's own hash.
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(str(error)) from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ToolError(f"{command[0]} failed: {said[-1][:200] if said else ''}")
    return done.stdout
