from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from satark.poller.telling.link_gauges import MAX_LINKS, LinkGauges
from satark.schemas.metrics import WAN_LINK, MetricSample

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LABELS = {
    "orchestrator": "vco",
    "enterprise": "Northwind",
    "enterprise_id": "4101",
    "edge": "LDN-BR-01",
    "link": "Fibre A",
    "link_id": "1",
}
METRICS = {
    "latency_ms_rx": 21.5,
    "latency_ms_tx": 20.0,
    "jitter_ms_rx": 0.0,
    "loss_pct_tx": 2.0,
    "throughput_bps_rx": 8e6,
    "bandwidth_bps_rx": 1e8,
}


def sample(
    minutes: float = 0, *, kind: str = WAN_LINK, metrics: dict[str, float] | None = None, **labels: str
) -> MetricSample:
    """Return a sample of five minutes that begins so many minutes after noon."""
    merged = LABELS | labels
    return MetricSample.of(
        entity="wan-link/" + "/".join(merged[name] for name in ("orchestrator", "enterprise_id", "link_id")),
        kind=kind,
        time=NOON + timedelta(minutes=minutes),
        interval_s=300,
        metrics=METRICS if metrics is None else metrics,
        labels=merged,
    )


def exported(gauges: LinkGauges) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every series that a strict parser of OpenMetrics reads; fail at a series that is there twice."""
    registry = CollectorRegistry()
    registry.register(gauges)
    text: str = exposition.generate_latest(registry).decode()  # type: ignore[no-untyped-call]
    families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    rows = [row for family in families for row in family.samples]
    series = {(row.name, frozenset(row.labels.items())): float(row.value) for row in rows}
    assert len(series) == len(rows)
    assert generate_latest(registry)
    return series


def gauges_of(*samples: Iterable[MetricSample]) -> LinkGauges:
    """Return gauges that were given these samples, one batch after the other."""
    gauges = LinkGauges()
    for batch in samples:
        gauges.update(list(batch))
    return gauges


def links(gauges: LinkGauges) -> set[str]:
    """Return the link ids that are exported."""
    return {dict(labels)["link_id"] for _, labels in exported(gauges) if dict(labels)}


class TestExport:
    def test_one_link(self) -> None:
        """A link's newest values come by direction, in the units of their names; what was not measured is absent."""
        by_name = {
            (name.removeprefix("satark_wan_link_"), dict(labels).get("direction", "")): value
            for (name, labels), value in exported(gauges_of([sample()])).items()
        }

        assert by_name == {
            ("latency_milliseconds", "download"): 21.5,
            ("latency_milliseconds", "upload"): 20.0,
            ("jitter_milliseconds", "download"): 0.0,
            ("loss_ratio", "upload"): 0.02,
            ("throughput_bits_per_second", "download"): 8e6,
            ("sample_timestamp_seconds", ""): (NOON + timedelta(minutes=5)).timestamp(),
            ("samples_left_out_total", ""): 0.0,
        }

    def test_labels(self) -> None:
        """Every series says by name and by id whose it is."""
        times = [labels for name, labels in exported(gauges_of([sample()])) if "timestamp" in name]

        assert [dict(labels) for labels in times] == [LABELS]

    @pytest.mark.parametrize("name", ['quo"te', "back\\slash", "line\nbreak", "São Paulo", ""])
    def test_strange_names(self, name: str) -> None:
        """Names are quoted as the format wants it."""
        assert links(gauges_of([sample(edge=name, link=name)])) == {"1"}

    def test_same_names(self) -> None:
        """Links and enterprises of the same name are different series."""
        gauges = gauges_of([sample(), sample(link_id="2"), sample(enterprise_id="4102")])

        assert len([name for name, _ in exported(gauges) if "timestamp" in name]) == 3

    def test_without_link_id(self) -> None:
        """A sample without a link's id is told apart by its entity."""
        bare = MetricSample.of(
            entity="wan-link/x", kind=WAN_LINK, time=NOON, interval_s=300, metrics=METRICS, labels={}
        )

        assert links(gauges_of([bare])) == {"wan-link/x"}

    def test_other_kinds(self) -> None:
        """Only WAN links are exported."""
        assert links(gauges_of([sample(kind="orchestrator")])) == set()

    @given(
        st.lists(
            st.builds(
                sample,
                st.integers(0, 600),
                orchestrator=st.sampled_from("ab"),
                enterprise_id=st.sampled_from("12"),
                link_id=st.sampled_from("12345"),
                edge=st.text(st.characters(codec="utf-8"), max_size=5),
                metrics=st.dictionaries(
                    st.sampled_from(sorted(METRICS)), st.floats(allow_nan=False, allow_infinity=False), min_size=1
                ),
            ),
            max_size=30,
        )
    )
    def test_always_valid(self, samples: list[MetricSample]) -> None:
        """Whatever is sampled, the export is valid OpenMetrics and no series is there twice."""
        gauges = gauges_of(samples[:10], samples[10:])
        times = [value for (name, _), value in exported(gauges).items() if "timestamp" in name]

        assert len(times) <= 20
        assert all(value in {(s.time + timedelta(minutes=5)).timestamp() for s in samples} for value in times)


class TestNewest:
    @pytest.mark.parametrize("order", [(0, 5), (5, 0)])
    def test_newest_counts(self, order: tuple[int, int]) -> None:
        """What comes late does not replace what is newer."""
        gauges = gauges_of(*([sample(minutes, metrics={"latency_ms_rx": float(minutes)})] for minutes in order))

        assert 5.0 in exported(gauges).values()
        assert len(exported(gauges)) == 3

    def test_renamed(self) -> None:
        """A link that got another name is one link still."""
        gauges = gauges_of([sample()], [sample(5, link="Fibre Z")])

        times = [dict(labels)["link"] for name, labels in exported(gauges) if "timestamp" in name]
        assert times == ["Fibre Z"]

    def test_forgotten(self) -> None:
        """A link that was not heard of for an hour, by the samples of its orchestrator, is exported no more."""
        gauges = gauges_of(
            [sample(link_id="1"), sample(link_id="2"), sample(link_id="3", orchestrator="other")],
            [sample(60, link_id="2")],
        )
        assert links(gauges) == {"1", "2", "3"}

        gauges.update([sample(65, link_id="2")])

        assert links(gauges) == {"2", "3"}

    def test_backfill(self) -> None:
        """A link whose samples are all of long ago is not exported beside one of today."""
        assert links(gauges_of([sample(600)], [sample(0, link_id="2")])) == {"1"}

    def test_forget_orchestrator(self) -> None:
        """An orchestrator's links end with it."""
        gauges = gauges_of([sample(), sample(link_id="2", orchestrator="other")])
        gauges.forget_orchestrator("vco")
        gauges.forget_orchestrator("unknown")

        assert links(gauges) == {"2"}

    def test_bounded(self) -> None:
        """More links than the limit are not exported, and are counted; those that are known go on."""
        gauges = LinkGauges(max_links=2)
        gauges.update([sample(link_id=str(n)) for n in range(4)])
        gauges.update([sample(5, link_id="0", metrics={"latency_ms_rx": 77.0})])

        series = exported(gauges)
        assert links(gauges) == {"0", "1"}
        assert 77.0 in series.values()
        assert series["satark_wan_link_samples_left_out_total", frozenset()] == 2
        assert MAX_LINKS >= 50_000


def test_describe() -> None:
    """A registry learns the metrics' names without collecting."""
    names = [family.name for family in LinkGauges().describe()]

    assert names == [family.name for family in LinkGauges().collect()]
