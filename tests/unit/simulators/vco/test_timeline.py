from datetime import timedelta
from typing import Any

import pytest

from satark.simulators.vco.scenario import Incident, Script, ScriptError
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.times import BUCKET_MS, to_ms
from satark.simulators.vco.worlds import NORTHWIND_NOW, northwind

FIBRE_A = "00000001-6c1e-4d0a-9f3b-2b7a5d1e0a11"
BROADBAND_B = "00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22"
LONDON = 20311
BUCKETS = 12


def timeline(kind: Any, **fields: Any) -> Timeline:
    """Return the timeline of one incident on Broadband B, from now on for an hour."""
    members: dict[str, Any] = {"edge": "LDN-BR-01", "link": "Broadband B", "start_s": 0, "duration_s": 3600}
    script = Script(incidents=(Incident(kind=kind, **(members | fields)),))
    return Timeline.of(script, northwind(NORTHWIND_NOW), start=NORTHWIND_NOW, seed=1)


def increases(line: Timeline, metric: Any, link: str = BROADBAND_B) -> list[float]:
    """Return what is added to a metric, from the bucket before the hour to the one after."""
    first_ms = to_ms(NORTHWIND_NOW)
    return [line.increase(link, first_ms + number * BUCKET_MS).get(metric, 0.0) for number in range(-1, BUCKETS + 1)]


class TestIncrease:
    def test_step(self) -> None:
        """A step adds all of it from its first bucket to its last, and nothing outside or elsewhere."""
        line = timeline("step", add={"latency_ms_rx": 50})

        assert [0.0, *[50.0] * BUCKETS, 0.0] == increases(line, "latency_ms_rx")
        assert increases(line, "latency_ms_tx") == [0.0] * (BUCKETS + 2)
        assert increases(line, "latency_ms_rx", FIBRE_A) == [0.0] * (BUCKETS + 2)

    def test_ramp(self) -> None:
        """A ramp grows evenly from nothing."""
        expected = [0.0, *[60.0 * number / BUCKETS for number in range(BUCKETS)], 0.0]

        assert pytest.approx(expected) == increases(timeline("ramp", add={"latency_ms_tx": 60}), "latency_ms_tx")

    def test_spike(self) -> None:
        """A spike is whole at once and falls evenly."""
        expected = [0.0, *[60.0 * (1 - number / BUCKETS) for number in range(BUCKETS)], 0.0]

        assert pytest.approx(expected) == increases(timeline("spike", add={"latency_ms_tx": 60}), "latency_ms_tx")

    def test_jitter_burst(self) -> None:
        """A jitter burst varies between half and one and a half of the increase."""
        inside = increases(timeline("jitter_burst", add={"jitter_ms_rx": 20}), "jitter_ms_rx")[1:-1]

        assert all(10 <= value < 30 for value in inside)
        assert len(inside) == len(set(inside))

    def test_bursty_loss(self) -> None:
        """Bursty loss is there or not, in about half of the buckets."""
        line = timeline("bursty_loss", duration_s=300 * BUCKET_MS, add={"loss_pct_rx": 3})
        first_ms = to_ms(NORTHWIND_NOW)
        values = [line.increase(BROADBAND_B, first_ms + n * BUCKET_MS)["loss_pct_rx"] for n in range(400)]

        assert {0.0, 3.0} == set(values)
        assert 150 < values.count(3.0) < 250

    def test_adds_up(self) -> None:
        """Incidents of the same time add up."""
        one = Incident(edge="LDN-BR-01", link="Fibre A", kind="step", start_s=0, duration_s=600, add={"loss_pct_tx": 2})
        line = Timeline.of(Script(incidents=(one, one)), northwind(NORTHWIND_NOW), start=NORTHWIND_NOW, seed=1)

        assert line.increase(FIBRE_A, to_ms(NORTHWIND_NOW)) == {"loss_pct_tx": 4.0}


class TestOutages:
    def test_link_down(self) -> None:
        """A link is down from the beginning to the end, exclusive; the other is not."""
        line = timeline("link_down", duration_s=600)
        end = NORTHWIND_NOW + timedelta(seconds=600)

        assert line.link_down_since(BROADBAND_B, NORTHWIND_NOW - timedelta(seconds=1)) is None
        assert line.link_down_since(BROADBAND_B, end - timedelta(seconds=1)) == NORTHWIND_NOW
        assert line.link_down_since(BROADBAND_B, end) is None
        assert line.link_down_since(FIBRE_A, NORTHWIND_NOW) is None
        assert line.edge_down_since(LONDON, NORTHWIND_NOW) is None

    def test_edge_offline(self) -> None:
        """An edge that is offline has all its links down."""
        line = timeline("edge_offline", link=None)

        assert line.edge_down_since(LONDON, NORTHWIND_NOW) == NORTHWIND_NOW
        assert line.link_down_since(FIBRE_A, NORTHWIND_NOW) == NORTHWIND_NOW
        assert line.edge_down_since(LONDON + 1, NORTHWIND_NOW) is None

    def test_flap(self) -> None:
        """A flapping link is down for the first half of each period, since that period's start."""
        line = timeline("flap", period_s=600)
        downs = [
            line.link_down_since(BROADBAND_B, NORTHWIND_NOW + timedelta(minutes=minute)) for minute in (1, 6, 11, 16)
        ]

        assert [NORTHWIND_NOW, None, NORTHWIND_NOW + timedelta(minutes=10), None] == downs


class TestState:
    def test_states(self) -> None:
        """An incident is pending, active, and over."""
        (one,) = timeline("link_down", duration_s=600).scheduled

        assert [one.state(NORTHWIND_NOW + timedelta(seconds=offset)) for offset in (-1, 0, 600)] == [
            "pending",
            "active",
            "over",
        ]

    def test_refuses_strangers(self) -> None:
        """A script that does not fit the world cannot be bound."""
        with pytest.raises(ScriptError, match="Nowhere"):
            timeline("link_down", edge="Nowhere")
