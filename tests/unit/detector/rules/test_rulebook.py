from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.rules import default_rulebook, read
from satark.detector.rules.rulebook import DEFAULT

TEXT = """
version: 1
maintenance:
  - {name: oslo, match: {labels: {site: Oslo}}, from: 2026-11-29T02:00, duration: 1h}
rules:
  - {name: a, match: {labels: {site: [Oslo, Turku]}}, metrics: {latency_ms_rx: {limit: {above: 9}}}}
  - {name: b, match: {class: lte}, metrics: {latency_ms: {limit: off}}, evidence: 1h}
"""


class TestPlan:
    def test_shared(self) -> None:
        """Entities that the same rules and windows match share one plan; labels that no rule looks at do not matter."""
        rulebook = read(TEXT, "f")

        oslo, other, turku, same = (
            rulebook.plan("wan-link", {"site": site, "edge": edge})
            for site, edge in [("Oslo", "1"), ("Oslo", "2"), ("Turku", "1"), ("turku", "1")]
        )
        assert oslo is other
        assert turku is same
        assert oslo is not turku

    def test_windows_are_apart(self) -> None:
        """Only entities that a window matches are in its maintenance."""
        rulebook, at = read(TEXT, "f"), datetime(2026, 11, 29, 2, 30, tzinfo=UTC)

        assert rulebook.plan("wan-link", {"site": "Oslo"}).in_maintenance(at)
        assert not rulebook.plan("wan-link", {"site": "Turku"}).in_maintenance(at)

    def test_own_zones(self) -> None:
        """Entities of one zone share a plan when a window is in their own time; those of others do not."""
        window = "{name: w, from: 2026-11-29T02:00, duration: 1h, timezone: entity}"
        rulebook = read(f"version: 1\nmaintenance: [{window}]", "f")

        tokyo, same, oslo = (
            rulebook.plan("wan-link", {"timezone": zone, "edge": edge})
            for zone, edge in [("Asia/Tokyo", "1"), ("Asia/Tokyo", "2"), ("Europe/Oslo", "1")]
        )
        assert tokyo is same
        at = datetime(2026, 11, 28, 17, 30, tzinfo=UTC)
        assert [tokyo.in_maintenance(at), oslo.in_maintenance(at)] == [True, False]

    @settings(deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(["site", "link", "isp", "x"]), st.sampled_from(["Oslo", "LTE", "", "MPLS"]), max_size=4
        )
    )
    def test_remembered_as_derived(self, labels: dict[str, str]) -> None:
        """A remembered plan is the one that would be derived."""
        rulebook = read(TEXT, "f")

        found = [rulebook.plan("wan-link", labels) for _ in range(2)]
        derived = rulebook.derive("wan-link", labels).plan()
        assert [(one.rules, one.metrics, one.evidence_s) for one in found] == [
            (derived.rules, derived.metrics, derived.evidence_s)
        ] * 2


class TestDerivation:
    def test_rule_of(self) -> None:
        """Every member that counts is traced to its rule: a part that is off to the rule that switched it off."""
        derived = read(TEXT, "f").derive("wan-link", {"site": "Oslo", "link": "LTE"})

        assert (derived.link_class, [window.name for window in derived.windows]) == ("lte", ["oslo"])
        assert derived.rule_of(("latency_ms_rx", "method")) == "builtin/wan-link"
        assert derived.rule_of(("latency_ms_rx", "limit", "above")) == "b"
        assert derived.rule_of(("jitter_ms_rx", "limit", "above")) == "builtin/lte"
        assert derived.rule_of(("jitter_ms_rx", "material")) == DEFAULT

    def test_settings(self) -> None:
        """All settings have their paths in the file's words."""
        found = read(TEXT, "f").derive("wan-link", {"site": "Turku"}).settings()

        assert (
            found["metrics", "latency_ms_rx", "limit", "above"].value,
            found["metrics", "loss_pct", "method"].rule,
        ) == (
            9.0,
            "builtin/wan-link",
        )

    def test_default_is_remembered(self) -> None:
        """The built-in rules are read once."""
        assert default_rulebook() is default_rulebook()
