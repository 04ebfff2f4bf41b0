"""Pictures of pages, for who wants to look at them: kept where SATARK_TEST_SHOTS names a folder."""

from pathlib import Path

from tests.support.browser import Watched
from tests.support.environment import variable


async def shot(page: Watched, name: str) -> None:
    """Keep a picture of a page, if that is wanted."""
    if folder := variable("SATARK_TEST_SHOTS"):
        await page.shot(Path(folder) / f"{name}.png")
