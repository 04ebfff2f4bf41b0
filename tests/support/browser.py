"""Debian's Chromium for tests, by Playwright: pages whose complaints are kept, in a theme and a width, and axe-core in them.

async with browser() as chromium, chromium.page(url, theme="dark", width=390) as page:
    await page.goto("console")
    assert [] == await page.flaws()
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Response, ViewportSize, async_playwright

from tests.support.environment import REPOSITORY

AXE = REPOSITORY / "tests" / "data" / "axe" / "axe.min.js"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
GRAVE = {"serious", "critical"}
HEIGHT = 900
TIMEOUT_MS = 30_000
ZONE = "Asia/Kolkata"
"""Not UTC, and not whole hours from it: what forgets to convert is seen."""

Theme = Literal["light", "dark"]


def missing_browser() -> str | None:
    """Return one line that says what to install, None where there is a browser."""
    return None if _program() else "apt-get install --no-install-recommends chromium"


def _program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


IN_BROWSER = (
    pytest.mark.browser,
    pytest.mark.skipif(_program() is None, reason=missing_browser() or ""),
)
"""The marks of tests that open pages."""


@dataclass
class Watched:
    """A page, and what it complained of: errors of its scripts, of its policy, and requests that failed.

    `allowed`: statuses that are no complaint, such as 404 where a test asks for what is not there.
    """

    page: Page
    base: str
    allowed: frozenset[int] = frozenset()
    complaints: list[str] = field(default_factory=list)

    async def goto(self, path: str) -> None:
        """Open a path below the base."""
        await self.page.goto(f"{self.base}/{path.lstrip('/')}", wait_until="load")

    async def axe(self) -> list[str]:
        """Return what axe-core finds serious or worse: rule, and the elements."""
        await self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes'][:3]]}"
            for each in found["violations"]
            if each["impact"] in GRAVE
        ]

    async def flaws(self) -> list[str]:
        """Return all that no page may have: complaints, what is hard to perceive, and what is wider than the screen."""
        over = int(await self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))
        wide = [f"{over} px wider than the screen"] if over > 0 else []
        return [*self.complaints, *await self.axe(), *wide]

    async def shot(self, file: Path) -> None:
        """Keep a picture of the whole page."""
        file.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=file, full_page=True)

    def watch(self) -> None:
        """Begin to note what goes wrong."""
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._said)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        of_answer = message.text.startswith("Failed to load resource")
        if message.type == "error" and not of_answer:
            self.complaints.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.complaints.append(f"{response.status}: {response.url}")


class Chromium:
    """A running browser."""

    def __init__(self, running: Browser) -> None:
        self._running = running

    @asynccontextmanager
    async def page(
        self, base: str, *, theme: Theme = "light", width: int = 1280, allowed: frozenset[int] = frozenset()
    ) -> AsyncIterator[Watched]:
        """Open an empty page that will watch what is opened below a base URL."""
        size = ViewportSize(width=width, height=HEIGHT)
        context = await self._running.new_context(
            color_scheme=theme, viewport=size, timezone_id=ZONE, locale="en-GB", reduced_motion="reduce"
        )
        try:
            page = await context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            watched = Watched(page, base.rstrip("/"), allowed)
            watched.watch()
            yield watched
        finally:
            await context.close()


@asynccontextmanager
async def browser() -> AsyncIterator[Chromium]:
    """Start a browser for the time of the block."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=_program(), args=["--no-sandbox", "--disable-gpu"])
        try:
            yield Chromium(running)
        finally:
            await running.close()
