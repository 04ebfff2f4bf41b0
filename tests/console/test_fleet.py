"""The page of all links, in a browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satark.analytics.store.client import Store
from satark.schemas import examples
from tests.console.many import key, put_many, told_of
from tests.console.network import HOSTILE
from tests.console.rig import Rig, rig
from tests.support.browser import IN_BROWSER, Theme, Watched, browser
from tests.unit.analytics.v1.scene import changed, put_samples, sample

pytestmark = [
    pytest.mark.timeout(300),
    *IN_BROWSER,
]

LINKS = 400
SHIFTS = """() => new Promise(done => new PerformanceObserver(list => done(
    list.getEntries().filter(each => !each.hadRecentInput).reduce((sum, each) => sum + each.value, 0)))
    .observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))"""


@asynccontextmanager
async def opened(
    store: Store, path: str = "console", *, theme: Theme = "light", width: int = 1280, wait: str = "[data-row]"
) -> AsyncIterator[tuple[Rig, Watched, Any]]:
    """Open the page over a store, and wait for its rows."""
    async with (
        rig(store, states=told_of(LINKS)) as served,
        browser() as chromium,
        chromium.page(served.url, theme=theme, width=width) as watched,
    ):
        await watched.goto(path)
        await watched.page.wait_for_selector(wait)
        yield served, watched, watched.page


@pytest.fixture
def network(store: Store) -> Store:
    """A store with some hundred links."""
    put_many(store, LINKS, datetime.now(UTC))
    return store


async def counts(page: Any) -> dict[str, int]:
    """Return the numbers at the top by state; all are under no state."""
    found = await page.eval_on_selector_all(
        "#states button", "all => all.map(each => [each.dataset.state, each.querySelector('b').textContent])"
    )
    return {state: int(number.replace(",", "")) for state, number in found}


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
async def test_all_links_in_one_look(network: Store, theme: Theme, width: int) -> None:
    """The page shows the links, the worst first, in both themes and widths, without complaints or barriers, and nothing moves."""
    async with opened(network, theme=theme, width=width) as (_, watched, page):
        told = await counts(page)
        first = await page.locator("[data-row]").first.inner_text()

        assert told == {"": 400, "degraded": 5, "offline": 3, "no-data": 2, "learning": 9, "ok": 381}
        assert "degraded" in first
        assert "critical · latency ↓" in first
        assert await page.locator("[data-row]").count() < 60
        assert await page.evaluate(SHIFTS) < 0.02
        assert [] == await watched.flaws()


async def test_filters_are_in_the_address(network: Store) -> None:
    """Text, words and states narrow the table down, and the address of what is then shown leads there again."""
    async with opened(network) as (_, watched, page):
        await page.keyboard.press("/")
        await page.keyboard.type("pun-edge lte")
        await page.get_by_label("Provider").fill("airtel")
        await page.locator("#states [data-state=ok]").click()
        found, rows = await counts(page), await page.locator("[data-row]").all_inner_texts()
        address = page.url
        await page.goto(address)
        await page.wait_for_selector("[data-row]")

        assert 0 < found["ok"] < 20
        assert len(rows) == found["ok"]
        assert all("PUN-edge" in row and "LTE" in row and "Airtel" in row for row in rows)
        assert "text=pun-edge+lte&provider=airtel&state=ok" in address
        assert await page.locator("[data-row]").all_inner_texts() == rows
        assert [] == watched.complaints


async def test_columns_put_rows_in_order(network: Store) -> None:
    """A click on a column's title puts the rows in its order, another turns it round; keys lead from row to row."""
    async with opened(network) as (_, watched, page):
        await page.get_by_role("button", name="Latency, download").click()
        down = await page.locator(".latency.rx .value").all_inner_texts()
        await page.get_by_role("button", name="Latency, download").click()
        up = await page.locator(".latency.rx .value").all_inner_texts()
        for _ in range(40):
            await page.keyboard.press("j")
        entity = await page.evaluate("document.activeElement.closest('[data-row]').dataset.entity")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/console/links/**")

        numbers = [float(text.split()[0]) for text in down if text[0].isdigit()]
        assert sorted(numbers, reverse=True) == numbers
        assert float(up[-1].split()[0]) < numbers[0]
        assert page.url.endswith(entity)
        assert [each for each in watched.complaints if "/console/links/" not in each] == []


async def test_an_incident_appears_and_ends_without_reload(network: Store) -> None:
    """An incident that opens changes its row and the counts, and its end changes them back; the focus stays."""
    entity = key(10)
    same: dict[str, Any] = {"incident": "new", "entity": entity}
    async with opened(network, f"console?text={entity}") as (served, watched, page):
        row = page.locator(f"[data-entity='{entity}']")
        await row.locator("a").focus()
        await page.wait_for_selector("#live[data-state=on]")
        served.tell(changed(examples.opened(), id="n0", sequence=0, **same))
        await row.get_by_text("degraded").wait_for()
        during = await counts(page)
        served.tell(changed(examples.resolved(), id="n1", sequence=1, **same))
        await row.get_by_text("ok").wait_for()

        assert (during["degraded"], (await counts(page))["degraded"]) == (1, 0)
        assert await page.evaluate("document.activeElement.closest('[data-row]').dataset.entity") == entity
        assert [] == watched.complaints


@pytest.mark.parametrize("width", [1280, 390])
async def test_names_are_only_names(store: Store, width: int) -> None:
    """HTML, text from right to left and 200 letters in names break nothing: not the page, not its width, not other rows."""
    now = datetime.now(UTC)
    put_samples(
        store,
        *(
            sample(
                f"wan-link/{at}<b>/\u05d0",
                now - timedelta(minutes=10),
                labels={**HOSTILE, "site": "\u202e" + "s" * 200},
            )
            for at in range(3)
        ),
    )
    async with opened(store, width=width) as (_, watched, page):
        assert HOSTILE["edge"] in await page.locator("[data-row]").first.inner_text()
        assert await page.locator("[data-row] img, [data-row] script").count() == 0
        assert [] == await watched.flaws()


async def test_nothing_yet_says_what_to_do(store: Store) -> None:
    """Where there are no links, and where none is like the filter, the page says what to do."""
    async with opened(store, wait="#instead:not([hidden])") as (_, watched, page):
        empty = await page.locator("#instead").inner_text()
        await page.get_by_label("Text").fill("nobody")
        filtered = await page.locator("#instead").inner_text()

        assert "No links yet" in empty
        assert "clear it" in filtered
        assert [] == watched.complaints
