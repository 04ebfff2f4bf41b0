from datetime import timedelta

import pytest

from satark.simulators.vco.feed import Feed
from satark.simulators.vco.inventory import edge_payload, enterprise_row, link_payload, link_status, recent_links
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.times import DAY, iso
from satark.simulators.vco.topology import Edge, Enterprise, Link
from satark.simulators.vco.worlds import NORTHWIND_NOW, demo


def feed(*incidents: Incident) -> Feed:
    """Return the feed of the demo world with some incidents."""
    world = demo(NORTHWIND_NOW)
    line = Timeline.of(Script(incidents=incidents), world, start=NORTHWIND_NOW, seed=1)
    return Feed(world, line, seed=1)


def find(of: Feed, name: str) -> tuple[Enterprise, Edge, Link]:
    """Return a link and its owners."""
    return next(found for found in of.world.all_links() if found[2].name == name)


def outage(kind: str, link: str | None = None) -> Incident:
    """Return an hour's outage at the London edge, beginning now."""
    return Incident(edge="LDN-vVCE", link=link, kind=kind, start_s=0, duration_s=3600)  # type: ignore[arg-type]


class TestLinkStatus:
    def test_up(self) -> None:
        """A link that is up was active within the last half minute."""
        one = feed()
        _, edge, link = find(one, "Leased Line")
        status = link_status(one, edge, link, NORTHWIND_NOW + timedelta(seconds=44))

        assert (status.state, status.vpn_state) == ("STABLE", "STABLE")
        assert status.last_active == NORTHWIND_NOW + timedelta(seconds=30)

    def test_standby(self) -> None:
        """A backup link stands by; it is not down."""
        one = feed()
        _, edge, link = find(one, "LTE Backup")
        row = link_payload(one, edge, link, NORTHWIND_NOW)

        assert (row["state"], row["linkMode"], row["backupState"]) == ("STANDBY", "BACKUP", "STANDBY")

    def test_down(self) -> None:
        """A link that is down tells since when, and is up again afterwards; its neighbour is not touched."""
        one = feed(outage("link_down", "Leased Line"))
        enterprise, edge, link = find(one, "Leased Line")
        _, _, neighbour = find(one, "BT Business Broadband")
        later = NORTHWIND_NOW + timedelta(minutes=10)
        status = link_status(one, edge, link, later)

        assert (status.state, status.vpn_state, status.last_active) == ("DISCONNECTED", "DEAD", NORTHWIND_NOW)
        assert link_status(one, edge, neighbour, later).state == "STABLE"
        assert edge_payload(one, enterprise, edge, later, ())["edgeState"] == "CONNECTED"
        assert link_status(one, edge, link, NORTHWIND_NOW + timedelta(hours=1)).state == "STABLE"

    def test_edge_offline(self) -> None:
        """An edge that goes offline takes its links with it, and comes back with them."""
        one = feed(outage("edge_offline"))
        enterprise, edge, link = find(one, "Leased Line")
        states = [
            (
                edge_payload(one, enterprise, edge, when, ())["edgeState"],
                link_status(one, edge, link, when).state,
            )
            for when in (NORTHWIND_NOW - timedelta(seconds=1), NORTHWIND_NOW, NORTHWIND_NOW + timedelta(hours=1))
        ]

        assert states == [("CONNECTED", "STABLE"), ("OFFLINE", "DISCONNECTED"), ("CONNECTED", "STABLE")]


class TestRecentLinks:
    @pytest.mark.parametrize(("after", "recent"), [(DAY - timedelta(hours=2, seconds=1), 1), (DAY, 0)])
    def test_a_day(self, after: timedelta, recent: int) -> None:
        """A link is recent for a day after it was last active."""
        one = feed()
        _, edge, _ = find(one, "Muster DSL")

        assert len(recent_links(one, edge, NORTHWIND_NOW + after)) == recent


class TestRows:
    def test_parts(self) -> None:
        """Only the parts that are asked for are there."""
        one = feed()
        enterprise, edge, _ = find(one, "Rádio D")
        plain = edge_payload(one, enterprise, edge, NORTHWIND_NOW, ())
        whole = edge_payload(one, enterprise, edge, NORTHWIND_NOW, ("site", "recentLinks", "links"))

        assert whole.keys() - plain.keys() == {"site", "recentLinks", "links"}
        assert whole["site"]["timezone"] == "America/Sao_Paulo"
        assert [link["displayName"] for link in whole["links"]] == ["Rádio D", "Fibra"]

    def test_offline_since(self) -> None:
        """The demo's offline edge was last heard of two hours before the start."""
        one = feed()
        enterprise, edge, _ = find(one, "Muster DSL")
        row = edge_payload(one, enterprise, edge, NORTHWIND_NOW, ())

        assert (row["edgeState"], row["lastContact"]) == ("OFFLINE", iso(NORTHWIND_NOW - timedelta(hours=2)))

    def test_partner(self) -> None:
        """Only a partner's list names the partner."""
        world = demo(NORTHWIND_NOW)
        enterprise = world.enterprises[0]

        assert enterprise_row(enterprise)["enterpriseProxyId"] is None
        assert enterprise_row(enterprise, world)["enterpriseProxyName"] == "Example Managed Services"
