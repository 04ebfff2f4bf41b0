import asyncio
from collections.abc import Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from satark.analytics.routes.v1 import pipeline
from satark.analytics.routes.v1.questions.pipeline import Drop, StoreTold, drops, store_told
from satark.analytics.store.client import Store
from satark.analytics.store.retention import Limits, Partition
from satark.analytics.store.tables import Kept
from satark.analytics.store.upkeep import Upkeep
from satark.runtime.checking.findings import Finding, State
from tests.unit.analytics.v1.scene import NOW, ago
from tests.unit.analytics.web.asking import ask, served

FOUND = [
    Finding(part="data", what="samples", state=State.OK),
    Finding(part="readers", what="notifier", state=State.BAD, detail="stopped", todo="docs/x.md"),
]


class Checked:
    """Checks, slowly enough for others to ask meanwhile."""

    def __init__(self) -> None:
        self.count = 0
        self.now = NOW

    async def check(self) -> Sequence[Finding]:
        """Return the findings."""
        self.count += 1
        await asyncio.sleep(0)
        return FOUND

    async def drops(self) -> Sequence[Drop]:
        """Return what was given up."""
        return [Drop(process="a", what="few", cause={}, count=1), Drop(process="a", what="many", cause={}, count=9)]


def nothing_held() -> StoreTold:
    """Return an empty store."""
    return store_told([], 0.0, {}, {})


class TestTold:
    async def test_the_worst_is_the_state(self) -> None:
        """Findings are told as they are, drops with the most first."""
        checked = Checked()
        app = served(*pipeline.routes(checked.check, checked.drops, nothing_held, now=lambda: checked.now))

        told = (await ask(app, "/v1/pipeline")).json()

        assert ("bad", "2026-03-02T12:00:00Z") == (told["state"], told["time"])
        assert ["samples", "notifier"] == [each["what"] for each in told["findings"]]
        assert ["many", "few"] == [each["what"] for each in told["drops"]]

    async def test_one_check_for_all_who_ask(self) -> None:
        """However many ask, a check is made once, and again only when it is old."""
        checked = Checked()
        app = served(*pipeline.routes(checked.check, checked.drops, nothing_held, now=lambda: checked.now))

        await asyncio.gather(*(ask(app, "/v1/pipeline") for _ in range(5)))
        once = checked.count
        checked.now += timedelta(seconds=11)
        await ask(app, "/v1/pipeline")

        assert (1, 2) == (once, checked.count)


class TestDrops:
    def test_what_never_happened_is_left_out(self) -> None:
        """Of a process's metrics those count that tell of losses, by cause."""
        registry = CollectorRegistry()
        counter = Counter("satark_gateway_messages_dropped", "x", ["type", "cause"], registry=registry)
        counter.labels("SYSTEM", "queue_full").inc(3)
        counter.labels("UVE", "queue_full")
        Counter("satark_gateway_messages_published", "x", registry=registry).inc()

        found = list(drops("gw", registry.collect()))

        assert [("gw", {"type": "SYSTEM", "cause": "queue_full"}, 3.0)] == [
            (d.process, d.cause, d.count) for d in found
        ]

    def test_text_of_another_process(self) -> None:
        """What an ops port says is read the same way."""
        registry = CollectorRegistry()
        Counter("satark_gateway_lines_dropped", "x", ["cause"], registry=registry).labels("full").inc(2)
        text = generate_latest(registry).decode()

        assert [2.0] == [drop.count for drop in drops("gw", text_string_to_metric_families(text))]


class TestStore:
    def test_classes_have_sizes_and_limits(self) -> None:
        """Partitions of a class are added up; what has no limit is kept for ever."""
        parts = [Partition("messages", Kept.MESSAGES, str(day), 10, NOW) for day in range(3)]

        told = store_told(parts, 12.34, {Kept.MESSAGES: ago(days=3)}, {Kept.MESSAGES: Limits(timedelta(days=30))})
        found = {each.kept: (each.bytes, each.limit_s) for each in told.classes}

        assert 12.3 == told.used_percent
        assert (30, 2_592_000.0) == found[Kept.MESSAGES]
        assert (0, None) == found[Kept.SAMPLES]

    def test_of_a_real_store(self, store: Store) -> None:
        """The engine tells all that is needed."""
        upkeep = Upkeep(store)

        told = store_told(upkeep.partitions(), upkeep.used_percent(), upkeep.oldest(), {})

        assert 0 < told.used_percent < 100
        assert len(told.classes) == len(Kept)
