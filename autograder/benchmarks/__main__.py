"""Measures what grading costs, and prints it: `python -m autograder.benchmarks [PART ...]`.

    uv run python -m autograder.benchmarks                  # everything, half an hour
    uv run python -m autograder.benchmarks grade class      # these parts
    uv run python -m autograder.benchmarks class --memory   # and whether memory stays flat

Figures are medians with what was lowest and highest. Measure on a machine that does nothing else.
"""

import argparse
import os
import platform
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.benchmarks import class_run, growth, marking, one_grade, peers, similarity, watch

PAGE = Path(__file__).parents[1] / "docs" / "maintainers" / "benchmarks.md"


def main() -> None:
    """Measure, and print as it comes."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--repeats", type=int, default=5, help="of each short measurement")
    parser.add_argument("--submissions", type=int, default=100, help="in a class")
    parser.add_argument("--memory", action="store_true", help="grade a class of 1,000 as well")
    parser.add_argument("--tools", type=Path, help="folder in which tools are or get installed")
    parts: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
        "grade": lambda given: one_grade.report(given.repeats),
        "class": lambda given: class_run.report(given.submissions, memory=given.memory),
        "peers": lambda given: peers.report(given.repeats, given.submissions),
        "growth": lambda given: growth.report(given.repeats),
        "watch": lambda _: watch.report(),
        "marking": lambda _: marking.report(),
        "similarity": lambda given: similarity.report(given.tools),
    }
    parser.add_argument("--draw", action="store_true", help="draw growth into the documents")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(parts)}")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(parts):
        parser.error(f"unknown part {sorted(unknown)[0]!r}; there are: {', '.join(parts)}")
    optimised = "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS"))
    print(
        f"CPython {platform.python_version()}"
        f"{'' if optimised else ', configured without --enable-optimizations'}, "
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before"
    )
    for name, report in parts.items():
        if not given.parts or name in given.parts:
            print(f"\n== {name} ==")
            lines = []
            for line in report(given):
                print(line, flush=True)
                lines.append(line)
            if given.draw and name == "growth":
                PAGE.write_text(growth.with_drawing(PAGE.read_text("utf-8"), lines), "utf-8")


if __name__ == "__main__":
    main()
