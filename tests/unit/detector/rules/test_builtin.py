"""The built-in rules: what an estate is watched by that has written none."""

import pytest

from satark.detector.rules import Limit, Method, Persistence, default_rulebook
from satark.schemas.incidents import Severity
from satark.schemas.metrics import WAN_LINK_METRICS


def link_class(link: str = "", isp: str = "", interface: str = "") -> str:
    """Return the class of a link."""
    return default_rulebook().derive("wan-link", {"link": link, "isp": isp, "interface": interface}).link_class


class TestClasses:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Verizon LTE", "lte"),
            ("lte-backup", "lte"),
            ("Vodafone 5G", "lte"),
            ("4G/LTE", "lte"),
            ("US Cellular", "lte"),
            ("Starlink", "satellite"),
            ("VSAT Lagos", "satellite"),
            ("BT MPLS", "mpls"),
            ("Fibre A", "broadband"),
            ("Broadband B", "broadband"),
            ("VDSL", "broadband"),
            ("Walter Street", ""),
            ("LON-14G2", ""),
            ("GE3", ""),
        ],
    )
    def test_by_name(self, name: str, expected: str) -> None:
        """The name of a link or its provider tells the class, by whole beginnings of words."""
        assert expected == link_class(link=name)
        assert expected == link_class(isp=name)

    def test_by_interface(self) -> None:
        """A modem is a modem, whatever it is called."""
        assert link_class(link="Backup", interface="USB1") == "lte"


class TestPlans:
    def test_every_link(self) -> None:
        """The six metrics of any link are judged against their own normal; a link of no class has no limits."""
        plan = default_rulebook().plan("wan-link", {"link": "GE3"})

        found = [plan.metric(name) for name in WAN_LINK_METRICS]
        assert [(Method.ROBUST, None, None)] * 6 == [(one.method, one.limit, one.rate) for one in found if one]
        assert plan.metric("throughput_bps_rx") is None

    @pytest.mark.parametrize(
        ("link", "above_45_ms"), [("MPLS", True), ("Broadband", False), ("LTE", False), ("Starlink", False)]
    )
    def test_limits(self, link: str, above_45_ms: bool) -> None:
        """45 ms for long are wrong on MPLS, and fine on LTE."""
        metric = default_rulebook().plan("wan-link", {"link": link}).metric("latency_ms_rx")

        assert metric is not None
        assert metric.limit is not None
        assert above_45_ms is (45.0 > metric.limit.above)
        assert metric.limit.severity is Severity.WARNING

    @pytest.mark.parametrize(("name", "above"), [("failed_cycles", 2.0), ("missing_cycles", 5.0)])
    @pytest.mark.parametrize("kind", ["wan-link", "orchestrator"])
    def test_silence(self, kind: str, name: str, above: float) -> None:
        """Silence is critical at once when it has lasted, and over with the first sign of life."""
        metric = default_rulebook().plan(kind, {}).metric(name)

        assert metric is not None
        assert metric.method is Method.NONE
        assert metric.limit == Limit(above, Persistence(1, 1, 1), Severity.CRITICAL)

    def test_others(self) -> None:
        """An entity of another kind is not judged by what links are."""
        assert default_rulebook().plan("uve", {"link": "MPLS"}).metric("latency_ms_rx") is None
