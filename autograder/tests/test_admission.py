"""The rules of admission: which files are graded, left out or refused, and what that affects."""

import ast
import json
import subprocess
import sys
from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import admission
from autograder.admission import (
    LINKED,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_SCANNED,
    STANDARD_LIBRARY,
    AdmittedFiles,
    FolderEntry,
    admit,
    imported_modules,
    too_large,
    without_outputs,
)
from autograder.sandbox.bubblewrap import runtime_packages
from autograder.sandbox.inside.runner import PACKAGE
from autograder.tests.processor_time import processor_seconds

WRITER, READER = "kinesis_multi_shard.py", "kinesis_read_shards.py"
NOTEBOOK = "concepts.ipynb"
GRADED = (WRITER, READER, NOTEBOOK)
EMPTY_NOTEBOOK = '{"cells": []}'
WHOLE: dict[str, str | None] = {WRITER: "", READER: "", NOTEBOOK: EMPTY_NOTEBOOK}
GIANT = "#" * (MAX_FILE_BYTES + 1)


class Given:
    """A hand-in made of names and contents; None makes a link."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self._files = files

    def entries(self, folder: str) -> list[FolderEntry]:
        """List a folder by name."""
        inside = f"{folder}/" if folder else ""
        parts = [
            name.removeprefix(inside).partition("/")
            for name in self._files
            if name.startswith(inside)
        ]
        listed = {first: FolderEntry(first, bool(slash)) for first, slash, _ in parts}
        return [listed[name] for name in sorted(listed)]

    def exists(self, name: str) -> bool:
        """Tell whether a file exists."""
        return name in self._files

    def read(self, name: str, most: int) -> bytes | str:
        """Return a file's content, or why it cannot be read."""
        content = self._files[name]
        if content is None:
            return LINKED
        return content.encode() if len(content) <= most else too_large(most)


def admitted(files: Mapping[str, str | None]) -> AdmittedFiles:
    """Admit a hand-in of all graded files, changed by these files."""
    return admit(Given({**WHOLE, **files}), GRADED)


def refusals(admission: AdmittedFiles) -> dict[str, list[str]]:
    """Return the files because of which each graded file is refused."""
    found = {name: [refusal.file for refusal in admission.refusals_of(name)] for name in GRADED}
    return {name: files for name, files in found.items() if files}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("queue.py", "", "its name hides Python's module `queue`: rename it"),
        ("queue/__init__.py", "", "its name hides Python's module `queue`: rename it"),
        ("botocore.py", "", "its name hides boto3's module `botocore`: rename it"),
        (f"{PACKAGE}.py", "", f"its name hides the grader's module `{PACKAGE}`: rename it"),
        ("dataset.py", GIANT, "it is larger than 1 MiB"),
        ("linked.py", None, LINKED),
        ("stored.py", "version https://git-lfs.github.com/spec/v1\n", "it is a pointer of Git LFS"),
    ],
)
def test_a_file_that_cannot_be_graded_affects_only_its_importers(
    name: str, content: str | None, reason: str
) -> None:
    """If no file imports it, it is left out with a note; otherwise only the importer is refused."""
    module = name.partition("/")[0].removesuffix(".py")

    unused = admitted({name: content})
    used = admitted({name: content, WRITER: f"import {module}\n"})

    assert refusals(unused) == {}
    assert name not in unused.files
    assert [note.startswith(f"{name} is left out: {reason}") for note in unused.notes] == [True]
    assert refusals(used) == {WRITER: [name]}
    assert used.refused[0].reason.startswith(reason)
    assert used.refused[0].said_of(WRITER).startswith(f"{WRITER} uses {name}, which cannot be")
    assert used.notes == ()


def test_a_refusal_affects_importers_of_importers() -> None:
    """Over any number of imports. The notebook imports nothing."""
    taken = admitted(
        {
            READER: "from kinesis_multi_shard import get_shard_info\n",
            WRITER: "from tools import paging\n",
            "tools/paging.py": "from . import data\n",
            "tools/data.py": GIANT,
        }
    )

    assert refusals(taken) == {WRITER: ["tools/data.py"], READER: ["tools/data.py"]}
    assert set(taken.files) == {*GRADED, "tools/paging.py"}


def test_a_module_of_a_package_that_is_not_imported_costs_nothing() -> None:
    """Even if other modules of the package are imported."""
    taken = admitted(
        {WRITER: "import tools.paging\n", "tools/paging.py": "", "tools/old.py": GIANT}
    )

    assert refusals(taken) == {}
    assert taken.notes == ("tools/old.py is left out: it is larger than 1 MiB",)


@pytest.mark.parametrize("marker", [{}, {"tools/__init__.py": ""}])
def test_packages_are_graded_with_and_without_an_init_file(marker: dict[str, str]) -> None:
    """Python imports both."""
    inner = {"tools/paging.py": "", "tools/deep/er/pages.py": "", **marker}

    assert set(admitted(inner).files) == {*GRADED, *inner}


def test_a_folder_without_an_init_file_hides_no_module() -> None:
    """Python prefers its own module, or the graded file, to such a folder."""
    taken = admitted(
        {
            WRITER: "import queue, boto3\n",
            "queue/notes.py": "",
            "boto3/notes.py": "",
            "kinesis_multi_shard/notes.py": "",
        }
    )

    assert (refusals(taken), taken.notes) == ({}, ())


def test_a_package_of_a_graded_name_affects_that_file_and_its_importers() -> None:
    """Python would import the package."""
    taken = admitted({f"{WRITER[:-3]}/__init__.py": "", READER: "import kinesis_multi_shard\n"})

    assert refusals(taken) == {WRITER: [WRITER], READER: [WRITER]}
    assert set(taken.files) == {READER, NOTEBOOK}


def test_the_checks_are_not_graded_and_their_importers_are_refused() -> None:
    """Code that imports them works only at home."""
    plain = admitted({"checks/cloud.py": ""})
    taken = admitted({"checks/cloud.py": "", WRITER: "from checks.cloud import Cloud\n"})

    assert (set(plain.files), plain.notes) == ({*GRADED}, ())
    assert refusals(taken) == {WRITER: ["checks/cloud.py"]}


@pytest.mark.parametrize("name", ["größer.py", f"{'x' * 101}.py", "a/b/c/d/e/f.py"])
def test_a_module_that_is_never_graded_affects_its_importers(name: str) -> None:
    """Because of its name or folder. If nothing imports it, it is not even noted."""
    module = name.removesuffix(".py").replace("/", ".")

    assert admitted({name: ""}).notes == ()
    assert refusals(admitted({name: "", WRITER: f"import {module}\n"})) == {WRITER: [name]}


def test_a_link_to_a_folder_affects_its_importers() -> None:
    """At home, Python follows the link."""
    assert refusals(admitted({"tools": None, WRITER: "import tools\n"})) == {WRITER: ["tools"]}
    assert refusals(admitted({"tools": None})) == {}


def test_imported_files_come_first_if_there_are_too_many() -> None:
    """Scratch files are left out with a note that counts them."""
    scratch: dict[str, str | None] = {f"a{number:03}.py": "" for number in range(120)}

    taken = admitted({**scratch, "zz_helper.py": "", WRITER: "import zz_helper\n"})

    assert len(taken.files) == MAX_FILES
    assert "zz_helper.py" in taken.files
    assert refusals(taken) == {}
    assert taken.notes == (
        "a096.py and 23 more Python files are left out: there are more than 100 Python files",
    )


def test_files_beyond_the_limit_affect_their_importers() -> None:
    """The first ones are taken; what comes after them would be missing."""
    modules = [f"a{number:03}" for number in range(MAX_FILES)]
    files: dict[str, str | None] = {f"{name}.py": "" for name in modules}

    taken = admitted({**files, READER: f"import {', '.join(modules)}\n"})

    assert set(refusals(taken)) == {READER}
    assert len(taken.files) == MAX_FILES


def test_an_imported_folder_is_found_among_many_others() -> None:
    """Folders are searched in the order in which imports lead to them, then by name."""
    others: dict[str, str | None] = {f"a{number:03}/x.txt": "" for number in range(250)}

    taken = admitted({**others, "zz/helper.py": "", WRITER: "import zz.helper\n"})

    assert "zz/helper.py" in taken.files


def test_packages_that_are_not_installed_are_noted() -> None:
    """Only the standard library and boto3 are; `tools` is the student's own."""
    taken = admitted(
        {
            WRITER: "import json, boto3, tools\nfrom tenacity import retry\n",
            "tools.py": "import yaml",
            "unused.py": "import numpy",
        }
    )

    assert taken.notes == (
        f"{WRITER} imports tenacity, which is not installed where your code is graded",
        "tools.py imports yaml, which is not installed where your code is graded",
    )
    assert taken.not_installed == ("tenacity", "yaml")


@pytest.mark.parametrize(
    ("there", "pointed_to"),
    [
        ("Kinesis_Multi_Shard.py", "rename it to"),
        ("kinesis_multi_shard (1).py", "rename it to"),
        ("kinesis_multi_shard-Copy1.py", "rename it to"),
        ("kinesis-multi-shard.py", "rename it to"),
        ("KinesisMultiShard.py", "rename it to"),
        ("kinesis_multi_shard_final_v2.py", "rename it to"),
        ("kinesis_multi_shard - Kopie.py", "rename it to"),
        ("Kopie von kinesis_multi_shard.py", "rename it to"),
        ("kinesis_multi_shard(1)(1).py", "rename it to"),
        ("20261120101530_kinesis_multi_shard.py", "rename it to"),
        ("Kinesis (1).py", "if it is meant, rename it to"),
        ("writer.py", "if it is meant, rename it to"),
        ("kinesis_multi_shard.py.txt", "rename it to"),
        ("kinesis_multi_shard.txt", "rename it to"),
        ("kinesis_multi_shard", "rename it to"),
        ("src/kinesis_multi_shard.py", "move it to the top folder"),
        ("m06-ada/kinesis_multi_shard.py", "move it to the top folder"),
        ("src/Kinesis_Multi_Shard.py", "move it to the top folder and rename it to"),
        ("src/ada_kinesis_multi_shard.py", "move it to the top folder and rename it to"),
        ("m06.zip", "unpack it in the top folder"),
    ],
)
def test_a_file_with_a_similar_name_is_suggested(there: str, pointed_to: str) -> None:
    """It is not graded under that name."""
    taken = admit(Given({there: "", READER: ""}), GRADED)

    assert WRITER not in taken.files
    assert taken.missing[WRITER].startswith(f"The file {WRITER} is missing, but there is {there}: ")
    assert pointed_to in taken.missing[WRITER]


@pytest.mark.parametrize(
    "files",
    [
        [],
        [
            "test_kinesis_multi_shard.py",
            "conftest.py",
            ".venv/kinesis_multi_shard.py",
            "checks/kinesis_multi_shard.py",
        ],
        ["src/kinesis_multi_shard.py", "old/kinesis_multi_shard.py"],
        ["a/b/kinesis_multi_shard.py"],
    ],
)
def test_no_file_is_suggested_if_none_or_several_are_similar(files: list[str]) -> None:
    """Then the message only says what is missing."""
    taken = admit(Given(dict.fromkeys(files, "")), GRADED)

    assert taken.missing[WRITER] == f"The file {WRITER} is missing."


@pytest.mark.parametrize("there", ["concepts.ipynb.json", "concepts.json", "Concepts.ipynb.txt"])
def test_a_notebook_that_a_browser_renamed_is_suggested(there: str) -> None:
    """Some browsers save it as what they take it for."""
    taken = admit(Given({there: "{}", "other.ipynb": "{}"}), GRADED)

    assert f"but there is {there}: rename it to {NOTEBOOK}." in taken.missing[NOTEBOOK]


def test_data_with_the_name_of_a_module_are_not_suggested() -> None:
    """Only a notebook is JSON."""
    taken = admit(Given({"kinesis_multi_shard.json": "{}"}), GRADED)

    assert taken.missing[WRITER] == f"The file {WRITER} is missing."


def test_the_most_similar_of_several_files_is_suggested() -> None:
    """For a missing notebook, any other notebook may be suggested."""
    there = ["answers.ipynb", "my concepts.ipynb", "other.ipynb"]

    taken = admit(Given(dict.fromkeys(there, "")), GRADED)

    assert "but there is my concepts.ipynb: rename it" in taken.missing[NOTEBOOK]


def test_a_module_that_is_used_is_not_suggested() -> None:
    """A graded file imports it, so it is a helper."""
    there = {READER: "import helpers", "helpers.py": "", "kinesis.py": ""}

    taken = admit(Given(there), GRADED)

    meant = f"but there is kinesis.py: if it is meant, rename it to {WRITER}."
    assert meant in taken.missing[WRITER]


def test_a_file_that_is_meant_for_another_is_not_suggested() -> None:
    """Though both are missing."""
    taken = admit(Given({"kinesis_multi_shard_final.py": ""}), GRADED)

    assert "kinesis_multi_shard_final.py" in taken.missing[WRITER]
    assert taken.missing[READER] == f"The file {READER} is missing."


def test_the_name_in_full_goes_before_any_other_module() -> None:
    """Wherever it stands."""
    there = dict.fromkeys(["kinesis.py", "src/old_kinesis_multi_shard.py", READER], "")

    taken = admit(Given(there), GRADED)

    assert "but there is src/old_kinesis_multi_shard.py" in taken.missing[WRITER]


IMPORTS = """
import a, b.c as d ; import e
from f import (
    g,  # not this one: import x
    h as i,
)
from j import k, \\
    l
if True: import m
def function():
    from n.o import p
from q import *
text = "import x"
doc = '''
import x
'''
note = f"{text["import x"]}"
# import x
ends = "with a backslash \\\\"; import r
from .s import t
from .. import u
important = from_nowhere
"""


def test_imports_are_found_in_code_and_not_in_strings() -> None:
    """For all versions of Python."""
    found = imported_modules(IMPORTS.encode(), "outer.inner")

    assert found == (
        *("a", "b.c", "e", "f.g", "f.h", "j.k", "j.l", "m", "n.o.p", "q", "r"),
        *("outer.inner.s.t", "outer.u"),
    )


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"# coding: latin-1\n# gr\xf6\xdfer\n"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_imports_are_found_in_each_encoding(start: bytes, line_end: bytes) -> None:
    """With the line ends of each system."""
    encoding = "latin-1" if b"latin" in start else "utf-8"
    code = start + "x = 1\nimport queue, größer\n".encode(encoding)

    assert imported_modules(code.replace(b"\n", line_end), "") == ("queue", "größer")


MODULE_NAMES = st.from_regex(r"[a-z]{1,3}(\.[a-z]{1,3}){0,2}", fullmatch=True)


@settings(max_examples=30)
@given(st.lists(st.tuples(MODULE_NAMES, st.lists(MODULE_NAMES, max_size=3)), max_size=5))
def test_imports_are_those_that_python_sees(statements: list[tuple[str, list[str]]]) -> None:
    """The same as Python's parser finds, in code that `ast.unparse` writes."""
    tree = ast.Module([], [])
    expected: list[str] = []
    for module, names in statements:
        aliases = [ast.alias(name.partition(".")[0]) for name in names]
        if aliases:
            tree.body.append(ast.ImportFrom(module, aliases, 0))
            expected += [f"{module}.{alias.name}" for alias in aliases]
        else:
            tree.body.append(ast.Import([ast.alias(module)]))
            expected.append(module)
    code = ast.unparse(tree)
    try:
        ast.parse(code)
    except SyntaxError:  # a keyword, such as `if`
        return

    assert imported_modules(code.encode(), "") == tuple(dict.fromkeys(expected))


@pytest.mark.parametrize(
    "piece",
    [
        *(
            b"from a import (\n",
            b'"""',
            b"'",
            b'"\\',
            b"(",
            b"import a.",
            b"from ",
            b"from .",
            b". ",
        ),
        *(b"import a,", b";", b"#", b"\\\n", b" ", b"\0", b"\xff", b"import a\nfrom . import b\n"),
        b"from a import b as c, (",
    ],
)
def test_imports_are_searched_in_linear_time(piece: bytes) -> None:
    """Four times the code takes about four times as long, whatever is repeated."""

    def seconds(size: int) -> float:
        code = (piece * size)[:size]
        return processor_seconds(lambda: imported_modules(code, "a.b"))

    assert seconds(MAX_SCANNED) < 12 * seconds(MAX_SCANNED // 4) + 0.01


def test_the_names_of_the_standard_library_hold_those_of_this_python() -> None:
    """The list does not depend on the Python that applies the rules."""
    assert sys.stdlib_module_names <= STANDARD_LIBRARY


def test_the_names_of_boto3_are_what_is_installed_where_code_is_graded() -> None:
    """And the name of the runner's package is reserved."""
    installed = {name.removesuffix(".py") for name in runtime_packages()}

    assert installed == admission.BOTO3
    assert admission.RUNNER == PACKAGE


def notebook(cells: list[dict[str, Any]], **more: Any) -> bytes:
    """Write a notebook."""
    return json.dumps({"cells": cells, "nbformat": 4, **more}).encode()


LARGE = "x" * MAX_FILE_BYTES
IN_THE_TEXT = f"![x](data:image/png;base64,{'iVBORw0KGgo' * 100_000}=)"
ANSWER = {"cell_type": "code", "id": "c4", "source": ["c4 = 'Ä\ud800'"], "execution_count": 3}


@pytest.mark.parametrize(
    "large",
    [
        notebook([{**ANSWER, "outputs": [{"text": [LARGE]}]}]),
        notebook([ANSWER, {"cell_type": "markdown", "attachments": {"x.png": {"x": LARGE}}}]),
        notebook([ANSWER, {"cell_type": "markdown", "source": [IN_THE_TEXT, "What it shows"]}]),
        notebook([ANSWER], metadata={"widgets": {"state": LARGE}}),
        json.dumps({"worksheets": [{"cells": [{**ANSWER, "outputs": [LARGE]}]}]}).encode(),
    ],
    ids=["output", "attachment", "picture-in-the-text", "widgets", "nbformat-3"],
)  # fmt: skip
def test_a_notebook_is_measured_without_outputs_and_attachments(large: bytes) -> None:
    """It is graded without them, and keeps its answers."""
    taken = without_outputs(large)

    assert isinstance(taken, bytes)
    assert len(taken) < 1000
    whole = json.loads(taken)
    (cell, *_) = whole.get("cells") or whole["worksheets"][0]["cells"]
    assert (cell["source"], cell["execution_count"]) == (ANSWER["source"], 3)


def test_a_notebook_that_is_run_again_stays_the_same_submission() -> None:
    """Its outputs are not part of it."""
    taken = [without_outputs(notebook([{**ANSWER, "outputs": [text]}])) for text in ("a", "b")]

    assert taken[0] == taken[1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"cells": 1}',
        b'{"cells": [1, null, {"outputs": 0, "source": {}, "cell_type": "markdown"}]}',
        b'{"worksheets": [1, {"cells": {}}]}',
        b'{"cells": ' + b"9" * 5000 + b"}",
        notebook([ANSWER]),
    ],
)
def test_a_notebook_without_outputs_is_not_changed(content: bytes) -> None:
    """Errors in it are reported when it is read."""
    assert without_outputs(content) == content


@pytest.mark.parametrize(
    "content",
    [
        notebook([{"cell_type": "code", "source": LARGE, "outputs": []}]),
        notebook([{"cell_type": "code", "source": LARGE, "outputs": ["x"]}]),
        b"[" * (MAX_FILE_BYTES + 1),
        b"x" * (MAX_FILE_BYTES + 1),
        b'{"cells": [' + b"{}," * 500_000 + b"{}]}",
        b"\xff" * (MAX_FILE_BYTES + 1),
    ],
)
def test_a_notebook_that_stays_too_large_says_so(content: bytes) -> None:
    """Even if it is not valid."""
    taken = without_outputs(content)

    assert isinstance(taken, str)
    assert taken.startswith("it is larger than 1 MiB")


@pytest.mark.parametrize(
    "piece", [b"[],", b'{"a":1},', b'"ab",', b"1.5,", b'"outputs":[1],', b"[", b'{"a":', b"9"]
)
def test_the_largest_notebook_takes_bounded_memory(piece: bytes) -> None:
    """A process with 640 MiB can read it, whatever it contains."""
    program = (
        "import resource, sys\n"
        "from autograder.admission import MAX_NOTEBOOK_BYTES, without_outputs\n"
        "resource.setrlimit(resource.RLIMIT_AS, (640 << 20, 640 << 20))\n"
        "piece = sys.argv[1].encode()\n"
        "inner = piece * ((MAX_NOTEBOOK_BYTES - 100) // len(piece))\n"
        "without_outputs(b'{\"cells\": [' + inner + b'0]}')\n"
    )

    ran = subprocess.run([sys.executable, "-c", program, piece], capture_output=True, check=False)

    assert ran.stderr == b""
    assert ran.returncode == 0


def test_reading_ends_in_time() -> None:
    """The clock of this test advances ten seconds whenever it is read."""
    with pytest.raises(admission.TooSlowError, match="takes more than 60 seconds"):
        admit(Given(WHOLE), GRADED, count(0.0, 20.0).__next__)
