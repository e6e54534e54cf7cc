"""Templates of self-contained pages: every value printed in them is escaped."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograder.text import in_html


@dataclass(frozen=True)
class PageScript:
    """A script that a page may run: it, and no other."""

    text: Markup
    digest: str
    """What names it in the page's `Content-Security-Policy`."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file of this project."""
        text = path.read_text("utf-8")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return cls(Markup(text), f"sha256-{digest}")  # noqa: S704 - our own file


def page_environment(folder: str, shared: Mapping[str, object]) -> Environment:
    """Make an environment for the templates of a package, which may extend `page.html.jinja`.

    Args:
        folder: The package below `autograder`.
        shared: What each template can name.
    """
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("autograder", name) for name in (folder, "feedback", "logs")]
        ),
        autoescape=True,
        finalize=in_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= shared
    return environment
