"""The console over the running demo, in Chromium: as the person who got the mail sees it, and each of its pages."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.console.shots import shot
from tests.console.waiting import until
from tests.e2e.demo import EDGE, LINK, Demo, demo
from tests.support.browser import IN_BROWSER, Theme, Watched, browser
from tests.support.processes import SatarkProcesses

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(600),
    *IN_BROWSER,
]
PLACES: list[tuple[Theme, int]] = [("light", 1280), ("dark", 390)]
COMPUTE = "compute-00000"
SOON_MS = 90_000


@pytest.fixture
async def running(tmp_path: Path, satark: SatarkProcesses) -> AsyncIterator[Demo]:
    """The demo, before anything has gone wrong."""
    async with demo(satark, tmp_path / "run") as started:
        yield started


async def test_from_the_mail_to_the_answer(running: Demo) -> None:
    """The incident appears by itself, the mail's link opens it, and what is acknowledged there is known to all."""
    async with browser() as chromium, chromium.page(running.url) as seen, chromium.page(running.url) as page:
        await seen.goto("console/incidents")
        await seen.page.wait_for_selector("#live[data-state=on]")
        await seen.page.wait_for_selector("#open >> text=No incident is open")
        await seen.page.evaluate("window.untouched = true")
        incident = await running.until_it_goes_bad()
        await seen.page.wait_for_selector(f"#open [data-incident='{incident}']")
        assert f"{EDGE} / {LINK}" in await seen.page.inner_text("#open")

        address = await running.link_of_the_mail()
        await page.page.goto(address)
        await page.page.wait_for_selector("#charts canvas")
        assert address.endswith(incident)
        assert await page.page.inner_text("h1") == f"{EDGE} / {LINK}"
        assert (await page.page.inner_text("#why")).startswith("Download latency is ")
        # Where the page was faster than the word that the mail was sent, it has it when it asks again, after half a minute.
        await page.page.wait_for_selector("#timeline >> text=Told by email: noc@demo.example", timeout=SOON_MS)

        await page.page.fill("#comment", "ticket 4711 with BT")
        await page.page.click("#acknowledge button")
        await page.page.wait_for_selector("#result.good")
        await page.page.wait_for_selector("#timeline >> text=Acknowledged by")
        told = (await running.ask(f"v1/incidents/{incident}"))["incident"]

        assert told["acknowledged"]["comment"] == "ticket 4711 with BT"
        assert await seen.page.evaluate("window.untouched")
        assert seen.complaints + page.complaints == []


async def test_every_page(running: Demo) -> None:
    """Each page does what it is for, in both themes and at both widths, without a complaint, a barrier or a scroll sideways."""
    incident = await running.until_it_goes_bad()
    await running.link_of_the_mail()
    entity = (await running.ask(f"v1/incidents/{incident}"))["incident"]["entity"]
    async with browser() as chromium:
        for theme, width in PLACES:
            async with chromium.page(running.url, theme=theme, width=width) as page:
                look = Look(page, f"{theme}-{width}")
                await look.at_links()
                await look.at_a_link(entity)
                await look.at_incidents(incident)
                await look.at_an_incident(incident)
                await look.at_objects()
                await look.at_an_object()
                await look.at_logs()
                await look.at_the_pipeline()
                assert look.found == []


class Look:
    """A look at each page; `found` is what is not as it should be, with the page."""

    def __init__(self, page: Watched, name: str) -> None:
        self.watched, self.page, self.name = page, page.page, name
        self.found: list[str] = []

    async def done(self, what: str) -> None:
        """Keep a picture of the page, and note what is wrong with it."""
        await self.page.evaluate("scrollTo(0, 0)")  # the head of the page goes along with what is scrolled
        await shot(self.watched, f"demo-{what}-{self.name}")
        self.found += [f"{what} ({self.name}): {each}" for each in await self.watched.flaws()]
        self.watched.complaints.clear()

    async def at_links(self) -> None:
        """All links: the bad one is found by its name."""
        await self.watched.goto("console")
        await self.page.wait_for_selector("[data-row]")
        await self.done("links")
        await self.page.get_by_label("Text").fill("bt business")
        await until(self.watched, "document.querySelectorAll('[data-row]').length === 1")
        row = await self.page.locator("[data-row]").inner_text()
        assert EDGE in row
        assert "degraded" in row

    async def at_a_link(self, entity: str) -> None:
        """A link: its charts, of a time of one's own choice."""
        await self.watched.goto(f"console/links/{quote(entity)}")
        await self.page.locator(".charts canvas").nth(5).wait_for()
        async with self.page.expect_response("**/v1/series?*throughput_bps_tx*last=6h*"):
            await self.page.click("[data-last='6h']")
        await self.page.wait_for_url("**last=6h")
        await self.page.wait_for_selector("#incidents:not(.wait)")
        assert await self.page.inner_text("#state") == "degraded"
        await self.done("link")

    async def at_incidents(self, incident: str) -> None:
        """The incidents: a filter leaves the one."""
        await self.watched.goto("console/incidents")
        await self.page.wait_for_selector(f"#open [data-incident='{incident}']")
        await self.page.fill("[name=q]", "london latency")
        await self.page.wait_for_selector(f"#open [data-incident='{incident}']")
        await self.done("incidents")

    async def at_an_incident(self, incident: str) -> None:
        """An incident: its evidence, and what can be done."""
        await self.watched.goto(f"console/incidents/{incident}")
        await until(self.watched, "document.querySelectorAll('#charts canvas').length === 3")
        await self.page.wait_for_selector("#timeline li")
        await self.page.click("[data-for=own]")
        assert await self.page.is_visible("#window [name=why]")
        await self.done("incident")

    async def at_objects(self) -> None:
        """The objects of a type, and the way to one of them."""
        await self.watched.goto("console/objects")
        await self.page.wait_for_selector("#list tbody tr")
        await self.done("objects")
        await self.page.click("#types >> text=vrouter")
        await self.page.click(f"#list >> text={COMPUTE}")
        await self.page.wait_for_url(f"**/objects/vrouter/{COMPUTE}")

    async def at_an_object(self) -> None:
        """An object: its state, its statistics, and a daemon that answers."""
        await self.page.wait_for_selector("#structs article")
        await self.page.wait_for_selector("#charts canvas")
        await self.page.fill("input[name=request]", "SandeshUVETypesReq")
        await self.page.click("#ask-form button")
        await self.page.wait_for_selector("#answer article")
        assert "answered" in await self.page.inner_text("#answer")
        await self.done("object")

    async def at_logs(self) -> None:
        """The logs: a question and its rows."""
        await self.watched.goto("console/logs")
        await self.page.select_option("[name=last]", "1h")
        await self.page.click("#form [type=submit]")
        await self.page.wait_for_selector("#rows tbody tr")
        await self.done("logs")

    async def at_the_pipeline(self) -> None:
        """The pipeline: what was found, and the daemons by name."""
        await self.watched.goto("console/pipeline")
        await self.page.wait_for_selector("#todo:not(.wait)")
        await self.page.wait_for_selector("#store table")
        await self.page.wait_for_selector("#generators tbody tr")
        await self.done("pipeline")
        await self.page.fill("#filter", COMPUTE)
        await until(self.watched, "document.querySelectorAll('#generators tbody tr').length === 1")
