"""What the console's first page costs with thousands of links: bytes on the wire, and time of the browser's main thread.

Run: python bench/console.py [--links 5000] [--json]

The page is served from a store with a day of samples of each link, and opened in Chromium, cold. Bytes are those that came
over the network, compressed as they were; time is CPU time of the page's main thread (Chrome DevTools Protocol,
`Performance.getMetrics`, `ThreadTime`), so that neighbours on the machine count little; a `TaskDuration` would be of the
clock on the wall. Layouts are how often the page was laid out. `--json`: for a program.
"""

import argparse
import asyncio
import io
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from satark.analytics.routes.v1 import fleet
from satark.analytics.routes.v1.fleet import FRESH
from satark.analytics.store.address import Embedded
from satark.analytics.store.client import Store
from satark.analytics.store.migrations import migrate
from tests.console.many import put_many, told_of
from tests.console.rig import rig
from tests.support.browser import browser, missing_browser
from tests.unit.analytics.web.asking import ask, served

SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"
PATIENCE_MS = 300_000

Deed = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one deed cost: bytes that came, milliseconds of the main thread, layouts; and the elements there are then."""

    deed: str
    received_bytes: int
    main_ms: float
    layouts: int
    elements: int


class Watch:
    """Measures a page."""

    def __init__(self, page: Any, session: Any) -> None:
        self._page = page
        self._session = session
        self._bytes = 0

    async def start(self) -> None:
        """Begin to count."""
        self._session.on("Network.loadingFinished", self._finished)
        await self._session.send("Network.enable")
        await self._session.send("Performance.enable")

    async def cost(self, name: str, deed: Deed) -> Cost:
        """Do something, wait until the page has settled, and return what it cost."""
        before, received = await self._metrics(), self._bytes
        await deed()
        await self._page.evaluate(SETTLED)
        after = await self._metrics()

        return Cost(
            deed=name,
            received_bytes=self._bytes - received,
            main_ms=round((after["ThreadTime"] - before["ThreadTime"]) * 1000, 1),
            layouts=int(after["LayoutCount"] - before["LayoutCount"]),
            elements=await self._page.evaluate("document.querySelectorAll('*').length"),
        )

    async def _metrics(self) -> dict[str, float]:
        told = await self._session.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in told["metrics"]}

    def _finished(self, event: dict[str, Any]) -> None:
        self._bytes += int(event["encodedDataLength"])


async def of_page(store: Store, links: int) -> list[Cost]:
    """Return what it costs to open the page, and then to use it."""
    async with (
        rig(store, states=told_of(links)) as console,
        browser() as chromium,
        chromium.page(console.url) as watched,
    ):
        page = watched.page
        page.set_default_timeout(PATIENCE_MS)
        watch = Watch(page, await page.context.new_cdp_session(page))
        await watch.start()

        async def opened() -> None:
            await page.goto(f"{console.url}/console")
            await page.wait_for_selector("[data-row]")

        async def refreshed() -> None:
            async with page.expect_response("**/v1/fleet"):
                await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

        async def scrolled() -> None:
            for part in range(1, 21):
                await page.evaluate(f"scrollTo(0, document.body.scrollHeight * {part / 20})")
                await page.evaluate("() => new Promise(requestAnimationFrame)")

        costs = [
            await watch.cost("first view", opened),
            await watch.cost("a text as a filter", lambda: page.fill("[name=text]", "pun-edge")),
            await watch.cost("one letter more", lambda: page.locator("[name=text]").press_sequentially("-")),
            await watch.cost("the filter cleared", lambda: page.fill("[name=text]", "")),
            await watch.cost("a state as a filter", lambda: page.click("#states [data-state=ok]")),
            await watch.cost("another order", lambda: page.click("[data-by=latency_ms_rx] button")),
            await watch.cost("from top to bottom, 20 steps", scrolled),
            await watch.cost("a minute's refresh", refreshed),
        ]
        if watched.complaints:
            raise RuntimeError(f"the page complains: {watched.complaints}")
        return costs


async def of_server(store: Store, links: int) -> dict[str, float]:
    """Return what answers cost the server in CPU seconds: the first, one a minute later, one at hand; and their bytes."""
    times = [datetime.now(UTC)]
    times[0] -= timedelta(minutes=times[0].minute % 5 - 1)  # the second answer has the same bins as the first
    app = served(*fleet.routes(store, told_of(links).state_of, now=lambda: times[-1]))

    async def cost_s(encoding: str) -> tuple[float, int]:
        began = process_time()
        answer = await ask(app, "/v1/fleet", headers={"Accept-Encoding": encoding})
        answer.raise_for_status()
        return process_time() - began, int(answer.headers["content-length"])

    first_s, plain_bytes = await cost_s("identity")
    times.append(times[0] + timedelta(minutes=1))
    later_s, _ = await cost_s("gzip")
    kept_s, sent_bytes = await cost_s("gzip")
    return {
        "first_cpu_s": first_s,
        "later_cpu_s": later_s,
        "kept_cpu_s": kept_s,
        "plain_bytes": plain_bytes,
        "sent_bytes": sent_bytes,
    }


async def measured(links: int) -> tuple[dict[str, float], list[Cost]]:
    """Fill a store, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        keeper = Store(Embedded(folder), database="default")
        keeper.tell("SELECT 1")
        store = Store(Embedded(folder))
        try:
            migrate(store)
            put_many(store, links, datetime.now(UTC))
            return await of_server(store, links), await of_page(store, links)
        finally:
            store.close()
            keeper.close()


def show(links: int, server: dict[str, float], costs: list[Cost]) -> None:
    """Print the tables."""
    print(f"{links} links with a day of samples each\n")
    print(f"/v1/fleet: {server['plain_bytes'] / 1000:,.0f} kB, {server['sent_bytes'] / 1000:,.0f} kB as it is sent")
    print(
        f"CPU of the server: {server['first_cpu_s']:.2f} s the first time, {server['later_cpu_s']:.2f} s a minute later, "
        f"{server['kept_cpu_s']:.2f} s for all who ask within {FRESH.seconds} s of another\n"
    )
    print(f"{'':30}{'received kB':>12}{'main thread ms':>16}{'layouts':>9}{'elements':>10}")
    for cost in costs:
        print(
            f"{cost.deed:30}{cost.received_bytes / 1000:>12,.1f}{cost.main_ms:>16,.0f}{cost.layouts:>9}{cost.elements:>10,}"
        )


def main() -> int:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--links", type=int, default=5_000, metavar="N", help="how many links there are (5000)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    args = parser.parse_args()
    lacking = missing_browser()
    if lacking:
        print(f"there is no browser: {lacking}", file=sys.stderr)
        return 2
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=io.StringIO()))
    server, costs = asyncio.run(measured(args.links))
    if args.json:
        print(json.dumps({"links": args.links, "server": server, "deeds": [asdict(cost) for cost in costs]}))
    else:
        show(args.links, server, costs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
