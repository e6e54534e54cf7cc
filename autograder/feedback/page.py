"""Templates of self-contained pages: every value printed in them is escaped."""

from collections.abc import Mapping

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from autograder.text import in_html


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
