"""What daemons know: realistic values that follow the day, faults that show where they should, disagreement."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from satark.sandesh.wire.tree import Plain
from satark.simulators.generators.kinds import MIX, Kind, host, identity, indexes
from satark.simulators.generators.lives import process
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.scenario import SCENARIOS, Anomaly, Fault, Scenario
from satark.simulators.generators.shares import ShareName, attributes_of
from satark.simulators.generators.states import state_at

STEADY = replace(SCENARIOS["steady"], generators=20, objects=4)


def known(index: int, tick: int, scenario: Scenario = STEADY) -> Mapping[ShareName, Mapping[str, Plain]]:
    """Return what a daemon knows, as plain values."""
    state = state_at(Moment(scenario, scenario.kind_of(index), index, tick, 1))
    return {name: attributes_of(message) for name, message in state.items()}


def struct(name: str, index: int, tick: int, scenario: Scenario = STEADY) -> Any:
    """Return the attributes of the first share of a struct."""
    return next(each for share, each in known(index, tick, scenario).items() if share.struct == name)


class TestKinds:
    def test_who(self) -> None:
        """A daemon's identity is that of the real one, on a host of its own."""
        assert "compute-00004:Compute:contrail-vrouter-agent:0" == str(identity(Kind.VROUTER, 4))
        assert len({host(kind, 7) for kind in Kind}) == 4

    def test_mix(self) -> None:
        """All kinds are among the first four, and most are agents."""
        assert set(Kind) == {MIX[index] for index in range(4)}
        assert 14 == len(indexes(Kind.VROUTER, MIX, 20))


def is_node(share: ShareName) -> bool:
    """Whether a share is how a node is configured."""
    return share.struct == "ContrailConfig" and share.table != "ConfigObjectTable"


class TestTables:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            (
                Kind.VROUTER,
                {
                    "NodeStatus": "ObjectVRouter",
                    "VrouterAgent": "ObjectVRouter",
                    "VrouterStatsAgent": "ObjectVRouter",
                    "UveProuterAgent-switch-00000": "ObjectPRouter",
                    "UveVirtualNetworkAgent": "ObjectVNTable",
                    "UveVirtualMachineAgent": "ObjectVMTable",
                    "UveVMInterfaceAgent": "ObjectVMITable",
                },
            ),
            (
                Kind.CONTROL,
                {
                    "NodeStatus": "ObjectBgpRouter",
                    "BgpRouterState": "ObjectBgpRouter",
                    "BgpPeerInfoData": "ObjectBgpPeer",
                    "XmppPeerInfoData": "ObjectXmppPeerInfo",
                    "UveVirtualNetworkControl": "ObjectVNTable",
                },
            ),
            (
                Kind.CONFIG,
                {
                    "NodeStatus": "ObjectConfigNode",
                    "ContrailConfig": "ConfigObjectTable",
                    "UveVirtualNetworkConfig": "ObjectVNTable",
                },
            ),
            (Kind.NODE, {"NodeStatus": "ObjectCollectorInfo", "ModuleCpuState": "ObjectCollectorInfo"}),
        ],
    )
    def test_structs(self, kind: Kind, expected: dict[str, str]) -> None:
        """Each kind tells the structs of the real daemon, in their tables."""
        index = MIX.index(kind)

        assert expected == {share.struct: share.table for share in known(index, 0) if not is_node(share)}

    def test_the_nodes_are_configured(self) -> None:
        """The first configuration node tells how each of the first nodes is configured, in the tables of their kinds."""
        told = {(share.table, share.name) for share in known(MIX.index(Kind.CONFIG), 0) if is_node(share)}

        assert {(MIX[index].value.table, host(MIX[index], index)) for index in range(len(MIX))} == told

    def test_objects(self) -> None:
        """A daemon has as many objects as wanted."""
        assert 4 == sum(share.table == "ObjectVMITable" for share in known(0, 0))
        assert 0 == sum(share.table == "ObjectVMITable" for share in known(0, 0, replace(STEADY, objects=0)))


class TestNumbers:
    def test_counters_only_grow(self) -> None:
        """Counters of a living process never fall."""
        packets = [struct("UveVMInterfaceAgent", 0, tick)["if_stats"]["in_pkts"] for tick in range(0, 9000, 300)]

        assert all(before < after for before, after in pairwise(packets))

    def test_counters_restart(self) -> None:
        """With a new process counters begin anew."""
        scenario = replace(SCENARIOS["restarts"], life_ticks=None)
        at = next(tick for tick in range(1, 50) if process(scenario, 0, tick, 1).since == tick)

        assert struct("VrouterStatsAgent", 0, at - 1, scenario)["exception_packets"] > 0
        assert 0 == struct("VrouterStatsAgent", 0, at, scenario)["exception_packets"]

    def test_daily_shape(self) -> None:
        """Afternoons are busier than nights."""
        hour = 360
        night, afternoon = (
            sum(struct("VrouterStatsAgent", 0, tick + step)["phy_band_in_bps"]["eth0"] for step in range(20))
            for tick in (19 * hour, 7 * hour)
        )

        assert afternoon > 3 * night


class TestDisagreement:
    @staticmethod
    def _rules(scenario: Scenario) -> dict[str, set[Plain]]:
        found: dict[str, set[Any]] = defaultdict(set)
        for index in indexes(Kind.VROUTER, MIX, 20):
            for share, values in known(index, 30, scenario).items():
                if share.struct == "UveVirtualNetworkAgent":
                    found[share.name].add(values["total_acl_rules"])
        return found

    def test_agree(self) -> None:
        """Agents agree about networks."""
        assert {1} == {len(each) for each in self._rules(STEADY).values()}

    def test_disagree(self) -> None:
        """Some agents still see the policy before."""
        rules = self._rules(replace(STEADY, disagreement=0.3, policy_ticks=10))

        assert max(len(each) for each in rules.values()) == 2


class TestFaults:
    ANOMALIES = (Anomaly(Fault.CPU, 0, 100, 50), Anomaly(Fault.DROPS, 4, 100, 50), Anomaly(Fault.PEER, 1, 100, 50))
    SCENARIO = replace(STEADY, anomalies=ANOMALIES)

    def test_processor(self) -> None:
        """A busy processor is busy for its time, and another agent's is not."""
        loads = [struct("VrouterStatsAgent", 0, tick, self.SCENARIO)["one_min_avg_cpuload"] for tick in range(20)]

        assert [tick for tick, load in enumerate(loads) if load > 5] == list(range(10, 15))
        assert struct("VrouterStatsAgent", 4, 12, self.SCENARIO)["one_min_avg_cpuload"] < 1

    def test_drops(self) -> None:
        """Dropped packets rise steeply for the time, and stay counted after it."""
        drops = [struct("VrouterStatsAgent", 4, tick, self.SCENARIO)["drop_stats"]["ds_discard"] for tick in range(20)]
        steps = [after - before for before, after in pairwise(drops)]

        assert [tick for tick, step in enumerate(steps) if step > 1000] == list(range(10, 15))
        assert drops[-1] > 5000 * 50

    def test_peer(self) -> None:
        """A peer is down for the time, and its control node counts one less."""
        at = [struct("BgpPeerInfoData", 1, tick, self.SCENARIO)["state"] for tick in (9, 10, 14, 15)]
        up = [struct("BgpRouterState", 1, tick, self.SCENARIO)["num_up_bgp_peer"] for tick in (9, 10, 14, 15)]

        assert ["Established", "Active", "Active", "Established"] == at
        assert [4, 3, 3, 4] == up

    def test_alarms(self) -> None:
        """The first node manager raises an alarm about each, in the table of the daemon's node, and takes it back."""

        def raised(index: int, tick: int) -> set[tuple[str, str]]:
            shares = known(index, tick, self.SCENARIO)
            return {(share.table, share.name) for share in shares if share.struct == "NodeAlarms"}

        assert raised(3, 12) == {
            ("ObjectVRouter", "compute-00000"),
            ("ObjectVRouter", "compute-00004"),
            ("ObjectBgpRouter", "control-00001"),
        }
        assert set() == raised(3, 9) | raised(3, 15) | raised(13, 12)

    def test_of_nobody(self) -> None:
        """An anomaly of a daemon that there is not, or of another kind, is none."""
        scenario = replace(STEADY, anomalies=(Anomaly(Fault.CPU, 20, 0, 99), Anomaly(Fault.CPU, 1, 0, 99)))

        assert [] == scenario.anomalies_at(5)
