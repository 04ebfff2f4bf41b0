"""The page of a link in Chromium: its charts, their time, and the values as a table."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from satark.analytics.store.client import Store
from satark.schemas.silences import Matcher, Silence
from tests.console.network import ENTITY, HOSTILE, STEP, begin, measured, now, put_link, story
from tests.console.rig import rig
from tests.console.shots import shot
from tests.support.browser import IN_BROWSER, Theme, Watched, browser
from tests.unit.analytics.v1.scene import put_incidents, put_samples

pytestmark = [*IN_BROWSER]
PATH = f"console/links/{quote(ENTITY)}"
LEGENDS = ".chart-legend time"


async def opened(page: Watched, query: str = "") -> None:
    """Open the link and wait until all six charts are drawn."""
    await page.goto(PATH + query)
    await page.page.locator(".charts canvas").nth(5).wait_for()
    await page.page.wait_for_selector("#incidents:not(.wait)")


def asked(page: Watched) -> dict[str, list[str]]:
    """Return what the address says."""
    return parse_qs(urlsplit(page.page.url).query)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
async def test_is_well_formed(store: Store, theme: Theme, width: int) -> None:
    """Six charts of one time, what is wrong in words, and the incidents in it."""
    put_link(store)

    async with rig(store) as served, browser() as chromium, chromium.page(served.url, theme=theme, width=width) as page:
        quiet = Matcher(name="entity", pattern=ENTITY)
        served.said.take(
            Silence.of(matchers=[quiet], starts=begin() - 60 * STEP, ends=begin() - 40 * STEP, time=now(), by="asha")
        )
        await opened(page)
        await shot(page, f"link-{theme}-{width}")

        assert "over the limit" in await page.page.inner_text("[data-metric=latency_ms_rx] .chart-legend")
        assert "normal is" in await page.page.inner_text("[data-metric=loss_pct_tx] .chart-legend")
        assert await page.page.locator("#incidents tbody tr").count() == 2
        assert await page.page.inner_text("#state") == "degraded"
        assert await page.flaws() == []


async def test_time_is_in_the_address(store: Store) -> None:
    """A button, a drag over a chart and the way back each change the time of all charts, and the address with it."""
    put_link(store)

    async with rig(store) as served, browser() as chromium, chromium.page(served.url) as page:
        await opened(page)
        await page.page.click("[data-last='6h']")
        assert asked(page) == {"last": ["6h"]}
        assert await page.page.get_attribute("[data-last='6h']", "aria-pressed") == "true"

        box = await page.page.locator("[data-metric=latency_ms_rx] .u-over").bounding_box()
        assert box is not None
        await page.page.mouse.move(box["x"] + 60, box["y"] + 40)
        await page.page.mouse.down()
        await page.page.mouse.move(box["x"] + 200, box["y"] + 40, steps=4)
        await page.page.mouse.up()
        await page.page.wait_for_url("**start=**")
        assert set(asked(page)) == {"start", "end"}

        await page.page.go_back()
        assert asked(page) == {"last": ["6h"]}
        assert page.complaints == []


async def test_keys_move_one_cursor(store: Store) -> None:
    """With the keyboard one goes through the values of a chart, and the same time is shown on all others; + zooms."""
    put_link(store)

    async with rig(store) as served, browser() as chromium, chromium.page(served.url) as page:
        await opened(page)
        before = await page.page.locator(LEGENDS).all_inner_texts()
        await page.page.focus("[data-metric=latency_ms_rx] .chart-plot")
        for key in ("End", "ArrowLeft", "Shift+ArrowLeft"):
            await page.page.keyboard.press(key)
        after = await page.page.locator(LEGENDS).all_inner_texts()
        assert len(set(after)) == 1
        assert after != before

        await page.page.keyboard.press("+")
        await page.page.wait_for_url("**start=**")
        assert page.complaints == []


async def test_values_are_a_table(store: Store) -> None:
    """All values can be read as a table; where nothing was measured it says so."""
    put_link(store)

    async with rig(store) as served, browser() as chromium, chromium.page(served.url) as page:
        await opened(page)
        await page.page.click("#values summary")
        await page.page.wait_for_selector("#table tbody tr")

        assert await page.page.locator("#table thead th").count() == 7
        assert await page.page.locator("#table td:has-text('not measured')").count() >= 12
        assert await page.axe() == []


async def test_hostile_names(store: Store) -> None:
    """Names with HTML, from right to left and of 200 letters are only names."""
    put_samples(store, *list(measured(labels=HOSTILE))[-20:])
    put_incidents(store, *story(labels=HOSTILE))

    async with rig(store) as served, browser() as chromium, chromium.page(served.url, width=390) as page:
        await opened(page, "?last=6h")
        await shot(page, "link-hostile-390")

        assert (await page.page.inner_text("h1")).startswith(HOSTILE["edge"])
        assert await page.flaws() == []


async def test_an_incident_appears_though_the_store_is_late(store: Store) -> None:
    """An incident that the stream tells before the store has it changes the state as soon as that has it."""
    put_samples(store, *list(measured())[-20:])

    async with rig(store) as served, browser() as chromium, chromium.page(served.url) as page:
        await opened(page)
        await page.page.wait_for_selector("#live[data-state=on]")
        async with page.page.expect_response("**/v1/links/**"):
            served.tell(*story())
        put_incidents(store, *story())

        await page.page.wait_for_selector("#open >> text=Open incident since")
        assert await page.page.inner_text("#state") == "degraded"
        assert page.complaints == []
