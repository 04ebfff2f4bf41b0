"""The list of incidents in Chromium."""

import pytest

from satark.analytics.store.client import Store
from tests.console.network import ENTITY, HOSTILE, LABELS, over, put_group, story
from tests.console.rig import rig
from tests.console.shots import shot
from tests.support.browser import IN_BROWSER, Theme, Watched, browser
from tests.unit.analytics.v1.scene import put_incidents

pytestmark = [*IN_BROWSER]
DELHI = {**LABELS, "edge": "Delhi-01", "site": "Delhi"}


def put_several(store: Store) -> None:
    """Put a group of two incidents, one with a hostile name and one that is over."""
    put_incidents(store, *story(), *story("wan-link/delhi", DELHI, "incident-delhi"), *over(1))
    put_incidents(store, *story("wan-link/hostile", HOSTILE, "incident-hostile"))
    put_group(store, {"incident-open": ENTITY, "incident-delhi": "wan-link/delhi"})


async def opened(page: Watched, query: str = "") -> None:
    """Open the list and wait for it."""
    await page.goto(f"console/incidents{query}")
    await page.page.wait_for_selector("#open:not(.wait)")


async def shown(page: Watched, place: str = "#open") -> list[str]:
    """Return the incidents that are shown, in order."""
    rows = await page.page.locator(f"{place} [data-incident]").all()
    return [str(await row.get_attribute("data-incident")) for row in rows]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
async def test_is_well_formed(store: Store, theme: Theme, width: int) -> None:
    """Open ones come first, with their group; names from outside are only names."""
    put_several(store)

    async with rig(store) as served, browser() as chromium, chromium.page(served.url, theme=theme, width=width) as page:
        await opened(page)
        await shot(page, f"incidents-{theme}-{width}")

        assert set(await shown(page)) == {"incident-open", "incident-delhi", "incident-hostile"}
        assert await page.page.locator("[data-group] [data-incident]").count() == 2
        assert await shown(page, "#over") == ["incident-over-1"]
        assert await page.page.inner_text("#counts") == "3 open, 3 not acknowledged"
        assert await page.flaws() == []


async def test_filters_are_kept_in_the_address(store: Store) -> None:
    """What is filtered is in the address, which shows the same again; a filter that leaves nothing says so."""
    put_several(store)

    async with rig(store) as served, browser() as chromium, chromium.page(served.url) as page:
        await opened(page)
        await page.page.fill("[name=q]", "delhi")
        assert await shown(page) == ["incident-delhi"]
        assert page.page.url.endswith("?q=delhi")

        await opened(page, "?q=delhi&severity=warning")
        assert "Nothing is wrong" in await page.page.inner_text("#open")
        await opened(page, "?seen=yes")
        assert "None of these match" in await page.page.inner_text("#open")
        await opened(page, "?group=group-1")
        assert set(await shown(page)) == {"incident-open", "incident-delhi"}


async def test_a_new_one_appears(store: Store) -> None:
    """An incident that opens while one looks appears by itself."""
    async with rig(store) as served, browser() as chromium, chromium.page(served.url) as page:
        await opened(page)
        assert "No incident is open" in await page.page.inner_text("#open")
        await page.page.wait_for_selector("#live[data-state=on]")
        put_incidents(store, *story())
        served.tell(*story())

        await page.page.wait_for_selector("#open [data-incident=incident-open].new")
        assert page.complaints == []


async def test_a_new_one_appears_though_the_store_is_late(store: Store) -> None:
    """An incident that the stream tells before the store has it appears as soon as that has it."""
    async with rig(store) as served, browser() as chromium, chromium.page(served.url) as page:
        await opened(page)
        await page.page.wait_for_selector("#live[data-state=on]")
        async with page.page.expect_response("**/v1/incidents?state=open*"):
            served.tell(*story())
        put_incidents(store, *story())

        await page.page.wait_for_selector("#open [data-incident=incident-open].new")
        assert page.complaints == []
