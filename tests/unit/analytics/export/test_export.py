from datetime import timedelta
from typing import Any

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from starlette.types import ASGIApp

from satark.analytics.export.routes import routes
from satark.analytics.store.client import Store
from tests.unit.analytics.v1.scene import LINK, NOW, ago, noon, put, put_samples, sample
from tests.unit.analytics.web.asking import Clock, ask, served

STAT = "NodeStatus.disk_usage_info"


def app(store: Store, *, most: int = 1000, clock: Clock | None = None) -> ASGIApp:
    """Return the application of the export."""
    return served(*routes(store, now=noon, clock=clock or Clock(), most=most))


async def exported(store: Store, **options: Any) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Return the values by metric and labels."""
    response = await ask(app(store, **options), "/v1/metrics")
    assert response.status_code == 200, response.text
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in plain(response.text):
        for one in family.samples:
            found.setdefault(one.name, {})[tuple(sorted(one.labels.items()))] = one.value
    return found


def statistic(number: int, **numbers: float) -> tuple[Any, ...]:
    """Return a row of the statistics of a disk."""
    texts = {"disk_usage_info.__key": f"/dev/sd{number}", "disk_usage_info.comment": f"at {number}"}
    doubles = {f"disk_usage_info.{name}": value for name, value in numbers.items()}
    at = NOW - timedelta(minutes=number)
    return (at, f"s{number}", STAT, "a6s40", "node-1", "", texts, {}, doubles, {}, "satark.uves.v1", 0, number)


class TestLinks:
    async def test_the_newest_of_each(self, store: Store) -> None:
        """The newest value of each metric is told, with the names of the link and when its sample ended."""
        metrics = {"latency_ms_rx": 21.0, "latency_ms_tx": 9.0}
        put_samples(store, sample(LINK, ago(minutes=15), 20.0), sample(LINK, ago(minutes=10), metrics=metrics))

        found = await exported(store)

        labels = {tuple(sorted(dict(key).items())) for key in found["satark_link_latency_ms"]}
        rx = next(key for key in labels if dict(key)["direction"] == "rx")
        assert found["satark_link_latency_ms"][rx] == 21.0
        assert dict(rx)["edge"] == "Pune-01"
        assert dict(rx)["entity"] == LINK
        assert list(found["satark_sample_end_timestamp_seconds"].values()) == [ago(minutes=5).timestamp()]
        assert found["satark_export_series"][(("of", "links"),)] == 3

    async def test_what_is_old_ends(self, store: Store) -> None:
        """A link that has been silent for long has no present value."""
        put_samples(store, sample(LINK, ago(hours=1)))

        assert "satark_link_latency_ms" not in await exported(store)

    async def test_too_many_are_cut_and_told(self, store: Store) -> None:
        """There are so many series, always the same ones, and how many were left out is told."""
        put_samples(store, *(sample(f"wan-link/{number:02}", ago(minutes=10)) for number in range(10)))

        found = await exported(store, most=6)

        assert found["satark_export_series"][(("of", "links"),)] == 6
        assert found["satark_export_series_cut"][(("of", "links"),)] == 10
        assert len(found["satark_link_latency_ms"]) == 3


class TestStatistics:
    async def test_the_newest_of_each(self, store: Store) -> None:
        """Numbers of statistics are told with their tags as labels, and not with other texts."""
        put(store, "statistics", [statistic(1, used=5.0, free=7.0), statistic(2, used=6.0)])
        put(store, "stat_columns", [(STAT, "disk_usage_info.__key", "string", 1, [], NOW)])

        found = await exported(store)

        used = found["satark_uve_node_status_disk_usage_info_used"]
        assert {dict(key)["key"]: value for key, value in used.items()} == {"/dev/sd1": 5.0, "/dev/sd2": 6.0}
        assert {tuple(dict(key)) for key in used} == {("key", "name", "source")}
        assert len(found["satark_uve_node_status_disk_usage_info_free"]) == 1


class TestFormats:
    async def test_what_is_accepted_is_sent(self, store: Store) -> None:
        """Who accepts OpenMetrics gets it, and all others Prometheus's older text."""
        put_samples(store, sample('wan-link/"quoted\\', ago(minutes=10)))
        served_ = app(store)

        new = await ask(served_, "/v1/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        old = await ask(served_, "/v1/metrics", headers={"Accept": "text/html"})

        assert new.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        assert old.headers["content-type"].startswith("text/plain; version=0.0.4")
        entities = {
            one.labels["entity"]
            for family in openmetrics(new.text)  # type: ignore[no-untyped-call]
            for one in family.samples
            if one.name == "satark_link_latency_ms"
        }
        assert entities == {'wan-link/"quoted\\'}
        assert new.text.endswith("# EOF\n")

    async def test_who_asks_again_costs_nothing(self, store: Store) -> None:
        """For some seconds all who ask are answered the same."""
        clock = Clock()
        served_ = app(store, clock=clock)
        before = (await ask(served_, "/v1/metrics")).text
        put_samples(store, sample(LINK, ago(minutes=10)))

        same = (await ask(served_, "/v1/metrics")).text
        clock.now_s += 10
        later = (await ask(served_, "/v1/metrics")).text

        assert same == before
        assert "satark_link_latency_ms" in later
