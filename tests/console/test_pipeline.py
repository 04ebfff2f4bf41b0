"""The page of the pipeline in Chromium: what a check finds, what to do, and who is connected."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from satark.analytics.routes.v1 import pipeline
from satark.analytics.routes.v1.questions.pipeline import Drop, StoreTold, store_told
from satark.analytics.store.client import Store
from satark.analytics.store.retention import Limits, Partition
from satark.analytics.store.tables import Kept
from satark.runtime.checking.findings import Finding, State
from satark.schemas import examples
from satark.schemas.generators import Connection
from tests.console.rig import rig
from tests.console.shots import shot
from tests.support.browser import IN_BROWSER, Theme, Watched, browser
from tests.unit.analytics.v1.scene import changed, put_generators

pytestmark = [*IN_BROWSER]
PLACES: list[tuple[Theme, int]] = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
HOSTILE = '<img src=x onerror="alert(1)">\u202egnihtemos' + "W" * 200
LETTERS = "satark.metrics.v1.dlq"


def finding(part: str, what: str, detail: str, state: State = State.OK, todo: str = "") -> Finding:
    """Return a finding."""
    return Finding(part=part, what=what, state=state, detail=detail, todo=todo)


WELL = [
    finding("kafka", "brokers", "3 answer, 1 is the controller"),
    *(finding("topics", f"satark.topic-{number}.v1", "6 partitions, 3 copies") for number in range(20)),
    *(finding("readers", name, "1 member; nothing waits") for name in ("poller", "detector", "analytics")),
    finding("data", "samples", "the newest ended 4 min ago"),
    finding("data", "UVEs", "the newest is 12 s old"),
    finding("sources", "gateways", "1 alive, holding 2 generators"),
    finding("sources", "orchestrator vco.example.net", "read whole up to 4 min ago"),
    finding("dead letters", "satark.uves.v1.dlq", "none"),
    finding("notifications", "email", "12 sent within a day"),
]
ILL = [
    finding(
        "readers",
        "notifier",
        "stopped: nobody is in its group; 40 records wait",
        State.BAD,
        "docs/how-to/run-it.md#a-service-is-away",
    ),
    finding(
        "dead letters",
        LETTERS,
        "3, the newest 2 min old: invalid: not JSON",
        State.WARN,
        f"satark dlq list --topic {LETTERS}",
    ),
    finding("sources", f"orchestrator {HOSTILE}", "silent for 12 min: 503", State.BAD, "satark poller check"),
]
DROPS = [
    Drop(process="gateway:9100", what="messages given up", cause={"type": "SYSTEM", "cause": "queue_full"}, count=1204),
    Drop(process="gateway:9100", what="lines dropped", cause={"receiver": "syslog", "cause": HOSTILE[:40]}, count=2),
]


@asynccontextmanager
async def opened(
    store: Store,
    findings: Sequence[Finding],
    drops: Sequence[Drop] = (),
    *,
    theme: Theme = "light",
    width: int = 1280,
) -> AsyncIterator[Watched]:
    """Serve the console over what a check has found, and yield a page to open."""

    async def check() -> Sequence[Finding]:
        return findings

    async def given_up() -> Sequence[Drop]:
        return drops

    more = pipeline.routes(check, given_up, held, now=lambda: datetime.now(UTC))
    async with (
        rig(store, more=more) as served,
        browser() as chromium,
        chromium.page(served.url, theme=theme, width=width, allowed=frozenset({503})) as page,
    ):
        yield page


def held() -> StoreTold:
    """Return what a store holds: messages of a week."""
    end = datetime.now(UTC)
    partitions = [Partition("messages", Kept.MESSAGES, "20260301", 7_300_000_000, end)]
    limits = {Kept.MESSAGES: Limits(timedelta(days=30), 50_000_000_000)}
    return store_told(partitions, 41.27, {Kept.MESSAGES: end - timedelta(days=7)}, limits)


def put_sessions(store: Store) -> None:
    """Put three generators into the store, one of which is gone, and one has a hostile name."""
    session = examples.generator_session()
    names = (
        "a6s40:Compute:contrail-vrouter-agent:0",
        "a6s41:Compute:contrail-vrouter-agent:0",
        f"{HOSTILE}:Control:x:0",
    )
    up, gone, hostile = (
        changed(session, id=f"g{at}", generator=name, state=Connection.UP) for at, name in enumerate(names)
    )
    put_generators(store, up, changed(gone, state=Connection.DOWN, reason="the connection was closed"), hostile)


class TestPage:
    @pytest.mark.parametrize(("theme", "width"), PLACES)
    async def test_it_is_well_formed(self, store: Store, theme: Theme, width: int) -> None:
        """What is not well comes first, with what to do; there are no complaints, and nothing is hard to perceive."""
        put_sessions(store)
        async with opened(store, [*WELL, *ILL], DROPS, theme=theme, width=width) as page:
            await page.goto("console/pipeline")
            await page.page.wait_for_selector("#generators tbody tr")
            await page.page.wait_for_selector("#todo li")
            await page.page.wait_for_selector("#store table")
            await shot(page, f"pipeline-{theme}-{width}")
            todo = await page.page.inner_text("#todo")

            assert "not JSON" in todo
            assert f"satark dlq replay --topic {LETTERS}" in todo
            assert "2 of 3" in await page.page.inner_text("#tiles")
            assert "queue_full" in await page.page.inner_text("#drops")
            assert await page.flaws() == []

    async def test_all_is_well(self, store: Store) -> None:
        """Where nothing is to be done, that is said."""
        async with opened(store, WELL) as page:
            await page.goto("console/pipeline")
            await page.page.wait_for_selector("#todo .notice")

            assert "Nothing is to be done" in await page.page.inner_text("#todo")
            assert page.complaints == []
