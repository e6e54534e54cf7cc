"""A page in a real browser: what it asks for, what it complains of, what it lacks for some readers.

With SCREENSHOTS set to a folder, a picture of each page that is opened is left there.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing here")
PHONE, DESK = 360, 1280

Scheme = Literal["light", "dark"]
Media = Literal["screen", "print"]

LOOKS: tuple[tuple[int, Scheme, Media], ...] = (
    (PHONE, "light", "screen"),
    (PHONE, "dark", "screen"),
    (DESK, "light", "screen"),
    (DESK, "dark", "screen"),
    (DESK, "dark", "print"),
)
"""How a page is read: the window's width, the preferred colors, and screen or paper."""


@dataclass(frozen=True)
class Opened:
    """A page in the browser."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser wrote into its console, or a script failed with."""
    requests: list[str] = field(default_factory=list)
    """All requests except the one for the page itself."""

    @property
    def violations(self) -> list[str]:
        """Return what axe finds: broken rules of WCAG and good practice, and where."""
        found = Axe().run(self.page)
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found.response["violations"]
            for node in rule["nodes"]
        ]

    @property
    def violations_in_each_look(self) -> list[str]:
        """Return what axe finds in each of `LOOKS`."""
        found = []
        for width, scheme, media in LOOKS:
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.emulate_media(color_scheme=scheme, media=media)
            found += [f"{media}, {scheme}, {width}: {violation}" for violation in self.violations]
        return found

    def unfold(self) -> None:
        """Open all that is folded."""
        self.page.evaluate(
            "document.querySelectorAll('details').forEach(details => details.open = true)"
        )

    @property
    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        width: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run chromium for as long as the block does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    path: Path,
    *,
    scheme: Scheme = "light",
    width: int = DESK,
    scripts: bool = True,
) -> Iterator[Opened]:
    """Open a file in a new window.

    Args:
        browser: The browser.
        path: The file.
        scheme: The color scheme that the reader prefers.
        width: The window's width in pixels.
        scripts: Whether scripts run.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        java_script_enabled=scripts,
    )
    made = Opened(context.new_page())
    made.page.on("console", lambda message: made.complaints.append(message.text))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("request", lambda request: made.requests.append(request.url))
    made.page.goto(path.as_uri())
    made.requests.remove(path.as_uri())
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = f"{path.stem}-{scheme}-{width}.png"
        made.page.screenshot(path=Path(folder) / name, full_page=True)
    yield made
    context.close()
