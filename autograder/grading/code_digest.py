"""A digest of the code that grades: where it is the same, grades are the same."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

CODE = (
    "admission.py", "aws", "grading", "limits.py", "logs", "notebook", "parsing.py", "sandbox",
    "submission.py", "testing.py", "text.py",
)  # fmt: skip
"""The parts of the package that a grade depends on."""
PACKAGES = ("boto3", "botocore", "moto", "pydantic", "pytest")
"""Packages whose behaviour a grade depends on."""


def code_digest() -> str:
    """Return a digest of this package's code for grading."""
    package = Path(__file__).resolve().parents[1]
    return digest_of(package, (package / part for part in CODE))


def digest_of(root: Path, paths: Iterable[Path]) -> str:
    """Return a digest of files, and of all files in folders, by their paths below a root.

    Compiled files and caches are left out.
    """
    total = hashlib.sha256("".join(f"{name}=={version(name)};" for name in PACKAGES).encode())
    files = {
        file
        for path in paths
        for file in ([path] if path.is_file() else path.rglob("*"))
        if file.is_file() and not any(map(_is_cache, file.relative_to(root).parts))
    }
    for file in sorted(files):
        total.update(f"\0{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes())
    return f"sha256:{total.hexdigest()}"


def _is_cache(folder: str) -> bool:
    return folder == "__pycache__" or (folder.startswith(".") and folder.endswith("_cache"))
