from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.routes.v1.questions import steps
from satark.analytics.routes.v1.questions.series import MAX_RAW, unit_of, with_gaps
from satark.analytics.store.client import Store
from tests.unit.analytics.v1.scene import (
    INTERVAL,
    LINK,
    NOW,
    ago,
    get,
    incident,
    put_baselines,
    put_incidents,
    put_samples,
    refused,
    sample,
)

METRIC = "latency_ms_rx"
HOURS = timedelta(hours=1)


def path(**asked: Any) -> str:
    """Return the path of a question for the link's latency."""
    given_ = {"entity": LINK, "metric": METRIC, **asked}
    return str(httpx2.URL("/v1/series").copy_merge_params({name: value for name, value in given_.items() if value}))


def hour(store: Store, *, without: tuple[int, ...] = ()) -> None:
    """Put an hour of samples before noon in the store: 0, 1, 2, … every five minutes."""
    times = [ago(hours=1) + number * INTERVAL for number in range(12)]
    put_samples(store, *(sample(LINK, time, float(at)) for at, time in enumerate(times) if at not in without))


class TestBins:
    async def test_each_aggregate(self, store: Store) -> None:
        """A bin has its average, least, greatest, and 95th percentile."""
        hour(store)
        values = "&".join(f"value={name}" for name in ("avg", "min", "max", "p95"))

        body = await get(store, f"{path(last='1h', step='1800')}&{values}")

        assert body["times"] == ["2026-03-02T11:00:00Z", "2026-03-02T11:30:00Z"]
        assert body["values"] == {"avg": [2.5, 8.5], "min": [0, 6], "max": [5, 11], "p95": [4.75, 10.75]}
        assert (body["step_s"], body["unit"]) == (1800, "ms")

    async def test_gaps_stay_gaps(self, store: Store) -> None:
        """Where nothing was measured is null, also before the first sample and behind the last."""
        hour(store, without=(0, 1, 6, 7, 8))

        body = await get(store, path(last="65m", step="900", value="avg"))

        assert body["values"] == {"avg": [None, 2, 4, None, 10]}
        assert body["times"][0] == "2026-03-02T10:45:00Z"

    async def test_a_year_is_one_answer(self, store: Store) -> None:
        """A year comes in bins that a chart shows well, whatever was measured in it."""
        put_samples(store, *(sample(LINK, ago(days=days), float(days)) for days in range(1, 366)))

        body = await get(store, path(last="52w", value="max"))

        assert (body["step_s"], len(body["times"])) == (86_400, 365)
        assert [value for value in body["values"]["max"] if value is not None] == [float(n) for n in range(364, 0, -1)]

    async def test_what_is_told_twice_counts_once(self, store: Store) -> None:
        """A sample that was written twice is one."""
        for value in (10.0, 10.0):
            put_samples(store, sample(LINK, ago(minutes=20), value))
        put_samples(store, sample(LINK, ago(minutes=15), 40.0))

        body = await get(store, path(last="1h", step="3600", value="avg"))

        assert body["values"] == {"avg": [25.0]}


class TestRaw:
    async def test_as_measured(self, store: Store) -> None:
        """Raw values come at their own times, and one null stands for a gap."""
        hour(store, without=(2, 3))

        body = await get(store, path(last="30m", end="2026-03-02T11:30:00Z", value="raw"))

        assert body["step_s"] == 0
        assert list(zip(body["times"], body["values"]["raw"], strict=True)) == [
            ("2026-03-02T11:00:00Z", 0.0),
            ("2026-03-02T11:05:00Z", 1.0),
            ("2026-03-02T11:12:30Z", None),
            ("2026-03-02T11:20:00Z", 4.0),
            ("2026-03-02T11:25:00Z", 5.0),
        ]

    @given(st.lists(st.integers(1, 20), min_size=1, max_size=30))
    def test_a_gap_is_one_null(self, waits: list[int]) -> None:
        """There is a null between two samples that are further apart than they should be, and nowhere else."""
        time, rows = NOW, []
        for wait in waits:
            time += timedelta(seconds=wait)
            rows.append((time, 4, 1.0))

        times, values = with_gaps(rows)

        assert values.count(None) == sum(wait > 6 for wait in waits[1:])
        assert times == sorted(times)
        assert [at for at, value in zip(times, values, strict=True) if value is not None] == [row[0] for row in rows]


class TestBaseline:
    async def test_the_band(self, store: Store) -> None:
        """What was normal is told at the times of the series, until it counts no longer."""
        hour(store)
        band = {"centre": 5.0, "low": 3.0, "high": 9.0, "limit_value": 20.0}
        put_baselines(store, {"time": ago(minutes=90), **band}, {"time": ago(minutes=60), **band, "high": 7.0})

        body = await get(store, path(last="75m", step="900", value="avg"))

        assert body["times"][0] == "2026-03-02T10:45:00Z"
        assert body["baseline"] == {
            "centre": [5.0, 5.0, 5.0, None, None],
            "low": [3.0, 3.0, 3.0, None, None],
            "high": [9.0, 7.0, 7.0, None, None],
            "limit": [20.0, 20.0, 20.0, None, None],
        }

    async def test_while_it_is_learnt_only_the_limit_is_known(self, store: Store) -> None:
        """Of a metric that is learnt only its limit is told; the later of two words counts."""
        hour(store)
        nothing = {"centre": 0.0, "low": 0.0, "high": 0.0, "limit_value": 100.0, "state": "learning"}
        put_baselines(store, {"time": ago(minutes=60), **nothing})
        learnt = {"centre": 5.0, "low": 3.0, "high": 9.0, "limit_value": None, "id": "later"}
        put_baselines(store, {"time": ago(minutes=30), **nothing}, {"time": ago(minutes=30), **learnt})

        body = await get(store, path(last="1h", step="1800"))

        assert body["baseline"]["centre"] == [None, 5.0]
        assert body["baseline"]["limit"] == [100.0, None]

    async def test_beside_raw_values(self, store: Store) -> None:
        """Raw values have what was normal beside them, too; unless nobody wants it, or nobody knows."""
        hour(store)
        assert (await get(store, path(last="30m", value="raw")))["baseline"] is None
        put_baselines(store, {"time": ago(minutes=30), "centre": 5.0, "low": 3.0, "high": 9.0, "limit_value": None})

        body = await get(store, path(last="30m", value="raw"))

        assert body["baseline"]["high"] == [9.0] * 6
        assert (await get(store, path(last="30m", value="raw", baseline="false")))["baseline"] is None

    async def test_of_other_metrics_nothing(self, store: Store) -> None:
        """What was normal for another metric or entity does not count."""
        hour(store)
        band = {"time": ago(minutes=30), "centre": 5.0, "low": 3.0, "high": 9.0, "limit_value": None}
        put_baselines(store, {**band, "metric": "jitter_ms_rx"}, {**band, "entity": "wan-link/other"})

        assert (await get(store, path(last="1h")))["baseline"] is None


class TestIncidents:
    async def test_those_that_were_open(self, store: Store) -> None:
        """Incidents are told that were open at some time of the series; others, and those of others, are not."""
        put_samples(store, sample(LINK, ago(days=3)))
        hour(store)
        put_incidents(
            store,
            *incident(0, resolved=True, opened_at=ago(minutes=50)),
            *incident(1, opened_at=ago(days=2)),
            *incident(2, opened_at=ago(minutes=5)),
            *incident(3, opened_at=ago(minutes=50), entity="wan-link/other"),
        )

        body = await get(store, path(start="2026-03-02T11:00:00Z", end="2026-03-02T11:50:00Z"))

        assert [(one["incident"], one["ended_at"], one["metrics"]) for one in body["incidents"]] == [
            ("incident-001", None, [METRIC]),
            ("incident-000", "2026-03-02T11:05:00Z", [METRIC]),
        ]


class TestRefusals:
    async def test_what_was_never_measured(self, store: Store) -> None:
        """A metric that was never measured of the entity is a 404."""
        hour(store)

        assert await refused(store, path(metric="loss_pct_rx")) == (404, "not_found")
        assert await refused(store, path(entity="wan-link/nowhere")) == (404, "not_found")

    async def test_what_cannot_be_asked(self, store: Store) -> None:
        """Spans that are none, too many bins, and wrong words are refused."""
        hour(store)
        wrong = (
            path(start="2026-03-02T11:00:00Z", end="2026-03-02T11:00:00Z"),
            path(start="2026-03-02T11:00:00Z", last="1h"),
            path(start="1969-01-01T00:00:00Z"),
            path(end="2101-01-01T00:00:00Z"),
            path(last="1y"),
            path(last="0d"),
            path(last="365d", step="60"),
            path(step="0"),
            path(value="median"),
            path(metric="Latency; DROP TABLE samples"),
            "/v1/series?entity=x",
        )

        assert [(await refused(store, one))[0] for one in wrong] == [400] * len(wrong)

    async def test_too_many_raw_values(self, store: Store) -> None:
        """More raw values than an answer holds are refused with the limit."""
        rows = [
            (LINK, "wan-link", METRIC, ago(seconds=at), 1, 1.0, 0, str(at), "t", 0, at) for at in range(1, MAX_RAW + 2)
        ]
        columns = ("entity", "kind", "metric", "time", "interval_s", "value", "backfilled", "id")
        store.insert("samples", (*columns, "kafka_topic", "kafka_partition", "kafka_offset"), rows)

        assert await refused(store, path(last="1d", value="raw")) == (400, "too_many_values")


class TestSteps:
    @given(st.integers(60, 400 * 86_400), st.integers(1, 3600))
    def test_automatic_steps_give_a_good_number(self, seconds: int, least_s: int) -> None:
        """A step gives no more bins than a chart shows, and none shorter than samples are apart."""
        start = NOW - timedelta(seconds=seconds)

        step_s = steps.automatic(start, NOW, least_s=least_s)

        assert step_s >= least_s
        first, last = steps.bounds(start, NOW, step_s)
        assert last - first <= steps.AIM + 1

    @given(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)), st.integers(1, 10**6), st.integers(1, 10**5))  # noqa: DTZ001 - made aware below
    def test_bins_cover_what_is_asked(self, naive: datetime, seconds: int, step_s: int) -> None:
        """The first bin holds the start and the last the last moment."""
        start = naive.replace(tzinfo=NOW.tzinfo)
        end = start + timedelta(seconds=seconds)

        first, last = steps.bounds(start, end, step_s)

        assert steps.time_of_bin(first, step_s) <= start < steps.time_of_bin(first + 1, step_s)
        assert steps.time_of_bin(last, step_s) < end <= steps.time_of_bin(last + 1, step_s)


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("latency_ms_rx", "ms"),
        ("loss_pct_tx", "%"),
        ("throughput_bps_rx", "bit/s"),
        ("age_s", "s"),
        ("missing_cycles", ""),
        ("vm_stats.count", ""),
    ],
)
def test_units_are_in_names(metric: str, unit: str) -> None:
    """The unit of a metric is in its name."""
    assert unit_of(metric) == unit
