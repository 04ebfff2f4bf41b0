from datetime import timedelta

import pytest

from satark.simulators.vco.timeline import check_script
from satark.simulators.vco.worlds import DEMO_SCRIPT, NORTHWIND_NOW, WORLDS

NAMES = sorted(WORLDS)


@pytest.mark.parametrize("name", NAMES)
class TestWorlds:
    def test_identifiers_are_unique(self, name: str) -> None:
        """No two objects of a kind share an id."""
        world = WORLDS[name][0](NORTHWIND_NOW)
        links = [link for _, _, link in world.all_links()]
        edges = [edge for enterprise in world.enterprises for edge in enterprise.edges]

        for ids in (
            [enterprise.id for enterprise in world.enterprises],
            [edge.id for edge in edges],
            [edge.logical_id for edge in edges],
            [link.id for link in links],
            [link.internal_id for link in links],
        ):
            assert len(ids) == len(set(ids))

    def test_script_fits(self, name: str) -> None:
        """The world's own script names what is there."""
        build, script = WORLDS[name]

        check_script(script, build(NORTHWIND_NOW), name)


@pytest.mark.parametrize("name", ["demo", "northwind"])
class TestShownWorlds:
    def test_several_customers(self, name: str) -> None:
        """There are two enterprises, a name beyond ASCII and an edge that is offline."""
        world = WORLDS[name][0](NORTHWIND_NOW)
        edges = [edge for enterprise in world.enterprises for edge in enterprise.edges]

        assert len(world.enterprises) == 2
        assert any(not edge.name.isascii() for edge in edges)
        assert sum(edge.offline_since is not None and edge.offline_since < NORTHWIND_NOW for edge in edges) == 1


class TestDemo:
    def test_timing(self) -> None:
        """The demo's one incident is on BT Business Broadband, 25 minutes after the start, for 40."""
        (incident,) = DEMO_SCRIPT.incidents

        assert (incident.edge, incident.link) == ("LDN-vVCE", "BT Business Broadband")
        assert (incident.start_s, incident.duration_s) == (25 * 60, 40 * 60)
        assert {"latency_ms_rx", "jitter_ms_rx", "loss_pct_rx"} == set(incident.add)

    def test_offline_before_the_start(self) -> None:
        """The offline edge fell silent two hours before the clock's start, whenever that is."""
        world = WORLDS["demo"][0](NORTHWIND_NOW)
        (since,) = [e.offline_since for one in world.enterprises for e in one.edges if e.offline_since]

        assert NORTHWIND_NOW - timedelta(hours=2) == since
