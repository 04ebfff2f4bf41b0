"""The pages of objects in Chromium."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest

from satark.analytics.routes import queries, tables
from satark.analytics.routes.v1 import requests
from satark.analytics.store.client import Store
from satark.runtime.asking import Asked, Outcome
from satark.runtime.records import Record
from satark.schemas.messages import Message
from satark.schemas.requests import Request, RequestOutcome
from tests.console import daemons
from tests.console.rig import Rig, rig
from tests.console.shots import shot
from tests.console.waiting import until
from tests.support.browser import IN_BROWSER, Theme, Watched, browser
from tests.unit.analytics.desk.scene import Clock, desk_over
from tests.unit.analytics.mirror.records import alarm
from tests.unit.analytics.v1.scene import put_baselines, put_samples, sample

pytestmark = [*IN_BROWSER]
PLACES: list[tuple[Theme, int]] = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
ROUTER = "console/objects/vrouter/a6s40"
NAME = "a6s40"
STAT = "VrouterAgent.phy_if"
KIND = "uve-statistic"
GENERATOR = {"source": "a6s40", "node_type": "Compute", "module": "contrail-vrouter-agent", "instance": "0"}


@asynccontextmanager
async def opened(
    store: Store,
    records: Iterable[Record],
    *,
    theme: Theme = "light",
    width: int = 1280,
    allowed: frozenset[int] = frozenset(),
) -> AsyncIterator[tuple[Rig, Watched]]:
    """Serve objects, and yield the console with a page to open."""
    now_us = int(daemons.now().timestamp() * 1e6)
    async with desk_over(store, clock=Clock(now_us)) as desk:
        more = (*queries.routes(desk), *tables.routes(desk, store, now_us=lambda: now_us), *requests.routes(answered))
        async with rig(store, more=more) as served, browser() as chromium:
            served.live.take(*records)
            async with chromium.page(served.url, theme=theme, width=width, allowed=allowed) as page:
                yield served, page


async def answered(request: Request) -> Asked:
    """Answer a request as its daemon would."""
    asked = Asked(request)
    asked.outcomes[request.generator] = Outcome(request.generator, RequestOutcome.ANSWERED, 1, "", "gw1")
    asked.answers.append(
        Message(
            id="a1",
            entity=f"generator/{request.generator}",
            kind="sandesh",
            time=request.time,
            name="SandeshUVETypesResp",
            fields={"type_info": "<b>7</b> types", "asked": request.name},
            body="",
        )
    )
    return asked


def put_statistics(store: Store) -> None:
    """Put an hour of a statistic of the router into the store: what is normal for it, and that it rises above it."""
    end = daemons.now()
    times = [end - timedelta(minutes=60 - at) for at in range(60)]
    values = [100.0 + 7 * (at % 9) + (400 if at > 50 else 0) for at in range(60)]
    for name in (NAME, "a6s41"):
        entity = f"statistic/a6s40:Compute:contrail-vrouter-agent:0/{STAT}/{name}"
        labels = {"statistic": "VrouterAgent", "attribute": "phy_if", "name": name}
        put_samples(
            store,
            *(
                sample(entity, time, metrics={"phy_if.in_bytes": value}, kind=KIND, labels=GENERATOR | labels)
                for time, value in zip(times, values, strict=True)
            ),
        )
        normal = {"entity": entity, "metric": "phy_if.in_bytes", "centre": 128.0, "low": 95.0, "high": 165.0}
        put_baselines(store, *(normal | {"time": time, "limit_value": 300.0} for time in (times[0], times[30])))


class TestList:
    @pytest.mark.parametrize(("theme", "width"), PLACES)
    async def test_it_is_well_formed(self, store: Store, theme: Theme, width: int) -> None:
        """Types have counts, objects their alarms; there are no complaints, and nothing is hard to perceive."""
        records = [
            *daemons.router(),
            *daemons.objects((f"default-domain:demo:vn{n:03}" for n in range(40)), alarms=()),
            *daemons.objects(["default-domain:demo:broken"], alarms=[alarm()]),
        ]
        async with opened(store, records, theme=theme, width=width) as (_, page):
            await page.goto("console/objects")
            await page.page.wait_for_selector("#list tbody tr")
            await shot(page, f"objects-{theme}-{width}")

            assert "virtual-network" in await page.page.inner_text("#types")
            assert await page.flaws() == []

    async def test_thousands_are_filtered(self, store: Store) -> None:
        """Of thousands one page comes at a time; a text finds the one, and the address has it."""
        records = daemons.objects(f"default-domain:demo:vn{n:05}" for n in range(3000))
        async with opened(store, records) as (_, page):
            await page.goto("console/objects?type=virtual-network")
            await page.page.wait_for_selector("#list tbody tr")
            first = await page.page.locator("#list tbody tr").count()
            await page.page.keyboard.press("/")
            await page.page.keyboard.type("vn02999")
            await until(page, "document.querySelectorAll('#list tbody tr').length === 1")

            assert first < 1000
            assert "text=vn02999" in page.page.url
            assert "1 of 3,000 objects" == await page.page.inner_text("#count")
            assert page.complaints == []

    async def test_further_ones_come_by_scrolling(self, store: Store) -> None:
        """Who scrolls to the end gets the next page."""
        records = daemons.objects(f"vn{n:05}" for n in range(500))
        async with opened(store, records) as (_, page):
            await page.goto("console/objects?type=virtual-network")
            await page.page.wait_for_selector("#list tbody tr")
            for _ in range(6):
                await page.page.keyboard.press("End")
                await page.page.wait_for_timeout(100)
            await until(page, "document.querySelectorAll('#list tbody tr').length === 500")

            assert page.complaints == []

    async def test_there_are_none(self, store: Store) -> None:
        """Who has no daemons is told where they come from."""
        async with opened(store, []) as (_, page):
            await page.goto("console/objects")
            await page.page.wait_for_selector("#list .notice")

            assert "no objects" in await page.page.inner_text("#list")
            assert page.complaints == []


class TestOne:
    @pytest.mark.parametrize(("theme", "width"), PLACES)
    async def test_it_is_well_formed(self, store: Store, theme: Theme, width: int) -> None:
        """State, shares, alarms, statistics and log are shown; there are no complaints, and nothing is hard to perceive."""
        daemons.put_history(store)
        put_statistics(store)
        async with opened(store, daemons.router(), theme=theme, width=width) as (_, page):
            await page.goto(ROUTER)
            await page.page.wait_for_selector("#charts canvas")
            await page.page.wait_for_selector("#log tbody tr:not(.same)")
            await shot(page, f"object-{theme}-{width}")
            structs = await page.page.inner_text("#structs")
            charts = await page.page.inner_text("#charts")

            assert "they differ" in structs
            assert "<b>running</b>" in structs
            assert "over the limit of 300; normal is 95\u2013165" in charts
            assert 1 == await page.page.locator("#charts figure").count()
            assert "total_flows" in await page.page.inner_text("#log")
            assert await page.flaws() == []

    async def test_what_changes_is_seen_at_once(self, store: Store) -> None:
        """A value that changes is shown without loading the page again, and marked."""
        async with opened(store, daemons.router(3)) as (served, page):
            await page.goto(ROUTER)
            await page.page.wait_for_selector("#live[data-state=on]")
            served.live.take(*daemons.router(38))
            await page.page.wait_for_selector("tr.changed")

            assert "42" in " ".join(await page.page.locator("tr.changed").all_inner_texts())
            assert page.complaints == []

    async def test_an_alarm_is_acknowledged(self, store: Store) -> None:
        """The button tells the detector; what is shown follows it."""
        async with opened(store, daemons.router(), allowed=frozenset({503})) as (served, page):
            await page.goto(ROUTER)
            button = page.page.get_by_role("button", name="Acknowledge").first
            await button.click()
            while not served.live.written:
                await page.page.wait_for_timeout(20)
            served.live.take(*daemons.router(acknowledged=True))
            await page.page.wait_for_selector("text=acknowledged")

            assert ["ObjectVRouter:a6s40"] == [event.entity for event in served.live.written]
            assert page.complaints == []

    async def test_a_daemon_is_asked(self, store: Store) -> None:
        """A request goes to the generator that is named, and its answer is shown as text."""
        async with opened(store, daemons.router()) as (_, page):
            await page.goto(ROUTER)
            await page.page.wait_for_selector("#structs article")
            await page.page.fill("input[name=request]", "SandeshUVETypesReq")
            await page.page.click("#ask-form button")
            await page.page.wait_for_selector("#answer article")
            answer = await page.page.inner_text("#answer")

            assert "answered" in answer
            assert "<b>7</b> types" in answer
            assert page.complaints == []

    @pytest.mark.parametrize("name", daemons.HOSTILE)
    async def test_names_are_names(self, store: Store, name: str) -> None:
        """Names that are HTML, addresses or turned around are shown as they are, in the list and on their page."""
        async with opened(store, daemons.objects([name]), width=390) as (_, page):
            await page.goto("console/objects?type=virtual-network")
            await page.page.click("#list tbody a")
            await page.page.wait_for_selector("#structs article")

            assert name == await page.page.text_content("h1 bdi")
            assert await page.flaws() == []

    async def test_it_is_not_there(self, store: Store) -> None:
        """An object that nobody speaks of is a page that says so."""
        async with opened(store, [], allowed=frozenset({404})) as (_, page):
            await page.goto(f"console/objects/vrouter/{quote('nowhere')}")

            assert "There is no such object" == await page.page.inner_text("h1")
