"""Waiting for what a page shows. Playwright's own way evaluates text in the page, which the page's policy forbids."""

from tests.support.browser import TIMEOUT_MS, Watched
from tests.support.waiting import eventually


async def until(page: Watched, expression: str) -> None:
    """Wait until an expression of JavaScript is true in the page."""
    await eventually(lambda: page.page.evaluate(expression), TIMEOUT_MS / 1000, what=expression, pause_s=0.05)
