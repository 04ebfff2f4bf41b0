"""One world through both APIs: the same links, numbers, gaps, states and events, whatever goes wrong in it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.auth import Account
from satark.simulators.vco.clock import VirtualClock
from satark.simulators.vco.estate import estate
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.simulator import Simulator
from satark.simulators.vco.times import to_ms
from satark.simulators.vco.v2.resources import RESOURCES, RestRequest
from satark.simulators.vco.worlds import NORTHWIND_NOW

WORLD = estate(NORTHWIND_NOW)
ACCOUNT = Account(kind="operator", enterprise_ids=tuple(one.id for one in WORLD.enterprises))
END_MS = to_ms(NORTHWIND_NOW)
WINDOW: dict[str, Any] = {"start": END_MS - 4 * 3_600_000, "end": END_MS}
METRICS = ["bestLatencyMsRx", "bestLossPctTx", "totalBytes"]

INCIDENTS = st.builds(
    lambda kind, start_s, duration_s, target: Incident(
        kind=kind,
        start_s=start_s,
        duration_s=duration_s,
        **target,
        add={"latency_ms_rx": 40} if kind in {"step", "ramp", "congestion"} else {},
        shift={"latency_ms_rx": -3} if kind == "path_change" else {},
    ),
    st.sampled_from(["step", "ramp", "congestion", "path_change", "zeros", "flap", "link_down", "standby", "idle"]),
    st.integers(-14_400, 0),
    st.integers(60, 14_400),
    st.sampled_from(
        [
            {"isp": "Muster Netz"},
            {"gateway": "GW-EU"},
            {"enterprise": "6103"},
            {"edge": "São Paulo 03", "link": "Rádio D"},
        ]
    ),
)


def simulator(incidents: list[Incident], seed: int) -> Simulator:
    """Return the estate with some incidents behind it."""
    return Simulator(
        WORLD,
        script=Script(incidents=tuple(incidents)),
        clock=VirtualClock.frozen_at(NORTHWIND_NOW),
        accounts=[ACCOUNT],
        real_now=lambda: NORTHWIND_NOW,
        seed=seed,
    )


def rest(sim: Simulator, pattern: str, enterprise_id: str, edge_id: str = "", **query: Any) -> Any:
    """Return the body of a resource of v2."""
    asked = {name: str(value) for name, value in query.items()}
    request = RestRequest(ACCOUNT, sim.now, asked, enterprise_id, edge_id)
    return RESOURCES[pattern][1](sim.orchestrator(), request)


@settings(deadline=None, max_examples=25)
@given(st.lists(INCIDENTS, max_size=4), st.integers(0, 5))
def test_same_numbers(incidents: list[Incident], seed: int) -> None:
    """v1 and v2 never disagree."""
    sim = simulator(incidents, seed)
    for enterprise in WORLD.enterprises:
        asked = {"interval": WINDOW, "enterprises": [enterprise.id], "metrics": METRICS}
        old = sim.answer("monitoring/getAggregateEdgeLinkMetrics", asked, ACCOUNT)
        new = rest(sim, "/{enterprise}/linkStats", enterprise.logical_id, metrics=",".join(METRICS), **WINDOW)
        assert [_row(row, "linkState") for row in old] == [_row(row, "state") for row in new]
        events = {"enterpriseId": enterprise.id, "interval": WINDOW}
        told = sim.answer("event/getEnterpriseEvents", events, ACCOUNT)["data"]
        also = rest(sim, "/{enterprise}/events", enterprise.logical_id, **WINDOW)["data"]
        assert [row["id"] for row in told] == [row["id"] for row in also]
        assert len(told) == len({row["id"] for row in told})
        for edge in enterprise.edges:
            params = {"enterpriseId": enterprise.id, "edgeId": edge.id, "interval": WINDOW, "metrics": METRICS}
            before = sim.answer("metrics/getEdgeLinkSeries", params, ACCOUNT)
            path = "/{enterprise}/edges/{edge}/linkStats/timeSeries"
            after = rest(sim, path, enterprise.logical_id, edge.logical_id, metrics=",".join(METRICS), **WINDOW)
            assert [_series(row) for row in before] == [_series(row) for row in after]


def _row(row: Any, state: str) -> Any:
    link = row["link"]
    return link["internalId"], link[state], link["linkMode"], [row[name] for name in METRICS]


def _series(row: Any) -> Any:
    return row["link"]["internalId"], row["link"]["state"], row["series"]
