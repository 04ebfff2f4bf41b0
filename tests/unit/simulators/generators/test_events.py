"""What daemons say besides their state."""

from dataclasses import replace
from typing import Any

from satark.sandesh.types import Level
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import ListValue, MapValue, StructValue
from satark.sandesh.wire.writer import encode_message
from satark.simulators.generators.actions import Tell
from satark.simulators.generators.behaviour import behaviour
from satark.simulators.generators.kinds import MIX, Kind
from satark.simulators.generators.scenario import SCENARIOS, Anomaly, Fault, Scenario

STEADY = SCENARIOS["steady"]


def told(kind: Kind, ticks: range, scenario: Scenario = STEADY) -> list[Tell]:
    """Return what the first daemon of a kind tells in some ticks."""
    index = MIX.index(kind)
    actions = (each for tick in ticks for each in behaviour(scenario, kind, index, tick, 1))
    return [each for each in actions if isinstance(each, Tell)]


def named(name: str, tells: list[Tell]) -> list[Any]:
    """Return the messages of a name."""
    return [each.message for each in tells if each.message.__sandesh__.name == name]


class TestAgents:
    def test_interfaces(self) -> None:
        """An interface that appears is logged."""
        logs = named("AgentInterfaceLog", told(Kind.VROUTER, range(40), replace(STEADY, life_ticks=(5, 9))))

        assert len(logs) > 15
        assert len({log.name for log in logs}) == len(logs)

    def test_sessions(self) -> None:
        """Session logs hold maps with structs as keys, as the real ones."""
        (log,) = named("SessionEndpointObject", told(Kind.VROUTER, range(1)))
        data = decode_tree(encode_message(log))["session_data"]

        assert isinstance(data, ListValue)
        assert 4 == len(data.items)
        endpoint = data.items[0]
        assert isinstance(endpoint, StructValue)
        sums = endpoint["sess_agg_info"]
        assert isinstance(sums, MapValue)
        ((key, info),) = sums.items
        assert isinstance(key, StructValue)
        assert isinstance(info, StructValue)
        assert ["local_ip", "service_port", "protocol"] == [each.name for each in key.fields]
        assert isinstance(info["sessionMap"], MapValue)


class TestControlNodes:
    def test_peer_goes_down_and_up(self) -> None:
        """A change of a peer's state is logged with both states, as a notice."""
        scenario = replace(STEADY, anomalies=(Anomaly(Fault.PEER, 1, 50, 30),))
        tells = told(Kind.CONTROL, range(20), scenario)
        logs = [log for log in named("BgpPeerStateLog", tells) if log.name.endswith(":edge-1-0-0")]

        assert [("Active", "Established"), ("Established", "Active")] == [(log.state, log.last_state) for log in logs]
        assert {Level.SYS_NOTICE} == {each.level for each in tells if each.message in logs}


class TestConfigNodes:
    def test_changes(self) -> None:
        """Who creates, changes or deletes an object of the configuration is logged."""
        logs = named("VncApiConfigLog", told(Kind.CONFIG, range(60), replace(STEADY, life_ticks=(9, 20))))

        assert {"create", "update", "delete"} == {log.api_log.operation for log in logs}

    def test_calls(self) -> None:
        """The interface's calls are statistics of an object log."""
        assert 10 == len(named("VncApiStatsLog", told(Kind.CONFIG, range(10))))


class TestNodes:
    def test_processes(self) -> None:
        """A process that ends is an error."""
        tells = told(Kind.NODE, range(900, 1000))
        logs = named("ProcessEventLog", told(Kind.NODE, range(1, 1000)))

        assert len(logs) >= 4
        assert all(each.level is Level.SYS_ERR for each in tells if each.message in logs)
