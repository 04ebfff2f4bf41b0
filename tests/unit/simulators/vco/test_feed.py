from collections.abc import Sequence
from datetime import timedelta
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.feed import Bucket, Feed, daily_load
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.times import BUCKET_MS, from_ms, to_ms
from satark.simulators.vco.topology import METRICS, Edge, Link, Metric
from satark.simulators.vco.worlds import NORTHWIND_NOW, WORLDS

FLOORS = {"latency": 5.0, "jitter": 2.5, "loss": 0.5}
HISTORY = 12
TWO_DAYS_MS = 48 * 3_600_000


def feed(name: str = "northwind", *, seed: int = 1, script: Script | None = None, lag_s: float = 600.0) -> Feed:
    """Return the feed of a named world."""
    build, own = WORLDS[name]
    world = build(NORTHWIND_NOW)
    line = Timeline.of(own if script is None else script, world, start=NORTHWIND_NOW, seed=seed)
    return Feed(world, line, seed, lag_s=lag_s)


def find(of: Feed, name: str) -> tuple[Edge, Link]:
    """Return a link and its edge by the display name."""
    return next((edge, link) for _, edge, link in of.world.all_links() if link.name == name)


def surprises(buckets: Sequence[Bucket]) -> list[tuple[Metric, int]]:
    """Return what the plain detector finds: above mean + 2 * max(sd, floor) of the 12 buckets before."""
    found = []
    for metric in METRICS:
        values = [bucket.values[metric] for bucket in buckets]
        for number in range(HISTORY, len(values)):
            before = values[number - HISTORY : number]
            spread = max(stdev(before), FLOORS[metric.split("_")[0]])
            if values[number] > fmean(before) + 2 * spread:
                found.append((metric, buckets[number].start_ms))
    return found


class TestHealthyLinks:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_no_false_alarm(self, seed: int) -> None:
        """Over 48 hours of the demo world no sample of a healthy link looks like an anomaly."""
        demo = feed("demo", seed=seed)
        sick = {link for one in demo.timeline.scheduled for link in one.links}
        start_ms = to_ms(NORTHWIND_NOW)
        later = from_ms(start_ms + TWO_DAYS_MS) + timedelta(hours=1)
        judged = 0

        for _, edge, link in demo.world.all_links():
            buckets = list(demo.buckets(edge, link, start_ms, start_ms + TWO_DAYS_MS, later))
            if link.internal_id not in sick and buckets:
                judged += 1
                assert surprises(buckets) == [], link.name
        assert judged == 6

    def test_true_alarm(self) -> None:
        """The demo's incident does look like one, in latency, jitter and loss, download only, from its first bucket."""
        demo = feed("demo")
        edge, link = find(demo, "BT Business Broadband")
        start_ms = to_ms(NORTHWIND_NOW)
        end_ms = start_ms + 7_200_000
        buckets = list(demo.buckets(edge, link, start_ms - 3_600_000, end_ms, from_ms(end_ms + 600_000)))
        found = surprises(buckets)

        assert {"latency_ms_rx", "jitter_ms_rx", "loss_pct_rx"} == {metric for metric, _ in found}
        assert start_ms + 25 * 60_000 == min(start for _, start in found)

    def test_looks_like_a_link(self) -> None:
        """Milliseconds are whole, loss is nearly always nothing, and some is there over two days."""
        demo = feed("demo")
        edge, link = find(demo, "Fibra")
        start_ms = to_ms(NORTHWIND_NOW)
        buckets = list(demo.buckets(edge, link, start_ms, start_ms + TWO_DAYS_MS, NORTHWIND_NOW + timedelta(hours=49)))
        losses = [bucket.values["loss_pct_rx"] for bucket in buckets]

        assert all(value == int(value) for b in buckets for name, value in b.values.items() if "_ms_" in name)
        assert 0 < sum(loss > 0 for loss in losses) < len(losses) / 10
        assert {0.0, 0.1, 0.2, 0.3, 0.4} >= set(losses)
        assert len({bucket.bytes_rx for bucket in buckets}) > len(buckets) / 2


class TestLag:
    @pytest.mark.parametrize(
        ("lag_s", "newest"), [(600.0, "12:00"), (900.0, "11:55"), (300.0, "12:05"), (0.0, "12:05")]
    )
    def test_newest(self, lag_s: float, newest: str) -> None:
        """The newest bucket is as old as the lag, and never an unfinished one."""
        one = feed(lag_s=lag_s)
        edge, link = find(one, "Fibre A")
        now_ms = to_ms(NORTHWIND_NOW)
        buckets = list(one.buckets(edge, link, now_ms - 3_600_000, now_ms + 3_600_000, NORTHWIND_NOW))

        assert newest == from_ms(buckets[-1].start_ms).strftime("%H:%M")

    def test_late_bucket(self) -> None:
        """A late bucket is missing alone, and appears after its own delay with the same content."""
        plain = feed()
        edge, link = find(plain, "Fibre A")
        bucket_ms = to_ms(NORTHWIND_NOW) - 30 * 60_000
        late = Feed(plain.world, plain.timeline, 1, late_s={(link.internal_id, bucket_ms): 1500.0})
        after = NORTHWIND_NOW + timedelta(seconds=300)

        assert late.bucket(edge, link, bucket_ms, NORTHWIND_NOW) is None
        assert late.bucket(edge, link, bucket_ms + BUCKET_MS, NORTHWIND_NOW) is not None
        assert plain.bucket(edge, link, bucket_ms, after) == late.bucket(edge, link, bucket_ms, after)


class TestDeterminism:
    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 1000), st.integers(0, 287))
    def test_order_does_not_matter(self, seed: int, number: int) -> None:
        """A bucket is the same asked alone or within a day, sooner or later."""
        one = feed(seed=seed)
        edge, link = find(one, "Cable C")
        day_ms = to_ms(NORTHWIND_NOW) - 86_400_000 - 600_000
        alone = one.bucket(edge, link, day_ms + number * BUCKET_MS, NORTHWIND_NOW)
        within = list(one.buckets(edge, link, day_ms, day_ms + 86_400_000, NORTHWIND_NOW + timedelta(days=9)))

        assert alone == within[number]

    def test_seed_matters(self) -> None:
        """Another seed is another world."""
        edge, link = find(feed(), "Cable C")
        span = (to_ms(NORTHWIND_NOW) - 3_600_000, to_ms(NORTHWIND_NOW))

        assert list(feed(seed=1).buckets(edge, link, *span, NORTHWIND_NOW)) != list(
            feed(seed=2).buckets(edge, link, *span, NORTHWIND_NOW)
        )


class TestSilence:
    def test_offline_edge(self) -> None:
        """An offline edge has buckets until it fell silent, then none."""
        one = feed()
        edge, link = find(one, "Rádio D")
        start_ms = to_ms(NORTHWIND_NOW) - 6 * 3_600_000
        buckets = list(one.buckets(edge, link, start_ms, to_ms(NORTHWIND_NOW), NORTHWIND_NOW))

        assert from_ms(buckets[-1].start_ms).strftime("%H:%M") == "09:40"

    def test_standby_link(self) -> None:
        """A backup link carries no data by design, though it is not down."""
        demo = feed("demo")
        edge, link = find(demo, "LTE Backup")

        assert demo.down_since(edge, link, NORTHWIND_NOW) is None
        assert demo.bucket(edge, link, to_ms(NORTHWIND_NOW) - 3_600_000, NORTHWIND_NOW) is None

    def test_link_down(self) -> None:
        """A link that an incident takes down has no buckets meanwhile."""
        down = Incident(edge="LDN-BR-01", link="Fibre A", kind="link_down", start_s=-3600, duration_s=600)
        one = feed(script=Script(incidents=(down,)))
        edge, link = find(one, "Fibre A")
        start_ms = to_ms(NORTHWIND_NOW) - 4_200_000
        starts = [b.start_ms for b in one.buckets(edge, link, start_ms, start_ms + 8 * BUCKET_MS, NORTHWIND_NOW)]

        assert [start_ms + number * BUCKET_MS for number in (0, 1, 4, 5, 6, 7)] == starts


class TestDailyLoad:
    def test_follows_the_site(self) -> None:
        """Load is least at four in the morning of the site's time and most at four in the afternoon."""
        four_utc_ms = 4 * 3_600_000

        assert pytest.approx(0.0) == daily_load(four_utc_ms, 0)
        assert pytest.approx(1.0) == daily_load(four_utc_ms + 12 * 3_600_000, 0)
        assert pytest.approx(0.0) == daily_load(four_utc_ms + 5 * 3_600_000, -5)
