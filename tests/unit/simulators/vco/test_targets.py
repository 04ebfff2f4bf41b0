from typing import Any

import pytest

from satark.simulators.vco.estate import estate
from satark.simulators.vco.scenario import Incident
from satark.simulators.vco.targets import affected, affected_edges, strangers
from satark.simulators.vco.worlds import NORTHWIND_NOW, northwind

NORTHWIND = northwind(NORTHWIND_NOW)
ESTATE = estate(NORTHWIND_NOW)


def incident(**targets: Any) -> Incident:
    """Return an incident about some targets."""
    return Incident(kind="step", add={"latency_ms_rx": 1}, **targets)


class TestAffected:
    @pytest.mark.parametrize(
        ("targets", "links", "edges"),
        [
            ({"isp": "Example Telecom"}, 2, 2),
            ({"gateway": "GW-EU"}, 3, 2),
            ({"gateway": "GW-EU", "isp": "Example Telecom", "enterprise": "Northwind Freight Ltd"}, 1, 1),
            ({"enterprise": "4101"}, 4, 3),
            ({"edge": "c0ffee01-0311-4d2a-8b1e-1f6f2a520311", "link": "Fibre A"}, 1, 1),
            ({"edge": "LDN-BR-01", "isp": "Sample Broadband"}, 1, 1),
        ],
    )
    def test_together(self, targets: Any, links: int, edges: int) -> None:
        """All targets hold together."""
        one = incident(**targets)

        assert list(strangers(one, NORTHWIND)) == []
        assert (links, edges) == (len(affected(one, NORTHWIND)), len(affected_edges(one, NORTHWIND)))


class TestStrangers:
    def test_same_names(self) -> None:
        """A name that two edges or two links share is refused; an id is not, nor a link and its successor."""
        assert "give its id" in next(strangers(incident(edge="Filiale 01", link="Internet"), ESTATE))
        assert "2 links" in next(strangers(incident(edge="40001", link="Internet"), ESTATE))
        assert list(strangers(incident(edge="São Paulo 03", link="Rádio D"), ESTATE)) == []
