from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.feed import Feed
from satark.simulators.vco.params import Partitions
from satark.simulators.vco.qoe import OVERALL, link_quality, plain, samples
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.times import BUCKET_MS
from satark.simulators.vco.topology import Edge
from satark.simulators.vco.worlds import NORTHWIND_NOW, NORTHWIND_SCRIPT, northwind

START_MS = 1773140400000
END_MS = 1773144000000
FIBRE_A = "00000001-6c1e-4d0a-9f3b-2b7a5d1e0a11"
BROADBAND_B = "00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22"
FIVE_MINUTES = Partitions(START_MS, BUCKET_MS, 12)


def feed(script: Script = NORTHWIND_SCRIPT) -> Feed:
    """Return the feed of the sample world."""
    world = northwind(NORTHWIND_NOW)
    return Feed(world, Timeline.of(script, world, start=NORTHWIND_NOW, seed=1), seed=1)


def london(of: Feed) -> Edge:
    """Return the edge with two links."""
    return of.world.enterprises[0].edges[0]


class TestSamples:
    def test_one_bucket_each(self) -> None:
        """Aligned five-minute samples are the buckets themselves."""
        one = feed()
        edge = london(one)
        buckets = list(one.buckets(edge, edge.links[0], START_MS, END_MS, NORTHWIND_NOW))
        found = samples(one, edge, edge.links[0], FIVE_MINUTES, END_MS, NORTHWIND_NOW)

        assert [(b.start_ms, b.values) for b in buckets] == [(s.timestamp_ms, s.values) for s in found]

    def test_longer_ones_are_means(self) -> None:
        """A sample of an hour is the rounded mean of its twelve buckets."""
        one = feed()
        edge = london(one)
        buckets = list(one.buckets(edge, edge.links[1], START_MS, END_MS, NORTHWIND_NOW))
        (sample,) = samples(one, edge, edge.links[1], Partitions(START_MS, 3_600_000, 1), END_MS, NORTHWIND_NOW)

        assert round(sum(b.values["latency_ms_rx"] for b in buckets) / 12) == sample.values["latency_ms_rx"]
        assert round(sum(b.values["loss_pct_rx"] for b in buckets) / 12, 1) == sample.values["loss_pct_rx"]

    def test_shorter_ones_repeat(self) -> None:
        """Samples of a minute show the bucket around them."""
        one = feed()
        edge = london(one)
        found = samples(one, edge, edge.links[0], Partitions(START_MS, 60_000, 10), START_MS + 600_000, NORTHWIND_NOW)

        assert len(found) == 10
        assert found[0].values == found[4].values

    def test_behind_the_lag(self) -> None:
        """Partitions whose buckets are too young have no sample."""
        one = feed()
        edge = london(one)
        cut = Partitions(START_MS, BUCKET_MS, 24)
        found = samples(one, edge, edge.links[0], cut, START_MS + 7_200_000, NORTHWIND_NOW)

        assert found[-1].timestamp_ms == START_MS + 12 * BUCKET_MS

    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 3_599_999), st.integers(1, 3_600_000), st.integers(1, 60))
    def test_in_order(self, offset_ms: int, span_ms: int, count: int) -> None:
        """Whatever the window, samples are in order, inside it, and not more than asked for."""
        one = feed()
        edge = london(one)
        cut = Partitions((START_MS + offset_ms) // 60_000 * 60_000, max(span_ms // count, 1), count)
        end_ms = START_MS + offset_ms + span_ms
        times = [s.timestamp_ms for s in samples(one, edge, edge.links[0], cut, end_ms, NORTHWIND_NOW)]

        assert len(times) <= count
        assert all(earlier < later for earlier, later in pairwise(times))


class TestLinkQuality:
    def test_degraded_link(self) -> None:
        """Broadband B is red in the last two samples; the overall quality is not, for Fibre A is well."""
        one = feed()
        edge = london(one)
        result = link_quality(one, edge, edge.links, FIVE_MINUTES, END_MS, NORTHWIND_NOW, scores=True)
        sick = [row["timestamp"] for row in result[BROADBAND_B]["timeseries"] if row["before"]["0"] == 2]

        assert list(result) == [FIBRE_A, BROADBAND_B, OVERALL]
        assert sick == [END_MS - 2 * BUCKET_MS, END_MS - BUCKET_MS]
        assert result[BROADBAND_B]["score"]["2"] == 8.33
        assert result[OVERALL]["score"] == {"0": 10.0, "1": 10.0, "2": 10.0}
        assert all(row["after"] == {"0": 4, "1": 4, "2": 4} for row in result[OVERALL]["timeseries"])

    def test_without_scores(self) -> None:
        """Samples carry scores only when they are asked for; the summary always does."""
        one = feed()
        edge = london(one)
        result = link_quality(one, edge, edge.links, FIVE_MINUTES, END_MS, NORTHWIND_NOW, scores=False)

        assert {"timestamp", "before", "after", "metadata"} == set(result[FIBRE_A]["timeseries"][0])
        assert {"timestamp", "after", "metadata"} == set(result[OVERALL]["timeseries"][0])
        assert "totalScore" in result[FIBRE_A]

    def test_nothing_at_all(self) -> None:
        """An edge without any sample answers an empty object."""
        one = feed()
        offline = one.world.enterprises[0].edges[2]

        assert link_quality(one, offline, offline.links, FIVE_MINUTES, END_MS, NORTHWIND_NOW, scores=True) == {}

    def test_one_silent_link(self) -> None:
        """A silent link of an edge that talks has an empty series, all unknown."""
        world = northwind(NORTHWIND_NOW)
        script = Script(
            incidents=(
                Incident(edge="LDN-BR-01", link="Fibre A", kind="link_down", start_s=-86_400, duration_s=172_800),
            )
        )
        one = Feed(world, Timeline.of(script, world, start=NORTHWIND_NOW, seed=1), seed=1)
        edge = london(one)
        result = link_quality(one, edge, edge.links, FIVE_MINUTES, END_MS, NORTHWIND_NOW, scores=True)

        assert result[FIBRE_A]["timeseries"] == []
        assert tuple(result[FIBRE_A][name] for name in ("totalScore", "sampleLength", "sampleCount")) == (0, 300_000, 0)
        assert result[FIBRE_A]["distribution"]["0"] == {"0": 0, "1": 1, "2": 0, "3": 0, "4": 0}
        assert result[OVERALL]["sampleCount"] == 12


class TestPlain:
    def test_whole_numbers(self) -> None:
        """Whole numbers are written without a point, others with one."""
        assert (str(plain(2.0)), str(plain(0.3))) == ("2", "0.3")
