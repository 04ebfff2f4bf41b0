"""Files of rules: the plans that they come to, and all that can be wrong with them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.rules import default_rulebook, read
from satark.detector.rules.form import MAX_INTERVAL_S, MIN_INTERVAL_S
from satark.detector.rules.model import Flapping, Limit, Method, MetricPlan, Persistence, Plan, Rate, SeedParameters
from satark.runtime.documents.mistakes import MAX_MISTAKES, WrongFileError
from satark.schemas.incidents import Severity
from tests.support.environment import REPOSITORY

BAD = sorted((REPOSITORY / "tests" / "data" / "rules" / "bad").glob("*.yaml"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats() | st.text(max_size=8) | st.just("10m"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "match", "limit", "above", "labels", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def plan_of(text: str, kind: str = "wan-link", **labels: str) -> Plan:
    """Return the plan of an entity by the rules of a text that has no version line."""
    return read(f"version: 1\n{text}", "rules.yaml").plan(kind, labels)


def mistakes(content: str | bytes) -> list[str]:
    """Return what is told of a text."""
    try:
        read(content, "f")
    except WrongFileError as error:
        return [str(one) for one in error.mistakes]
    return []


class TestMistakes:
    @pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
    def test_corpus(self, path: Path) -> None:
        """Every mistake of a file is told with its place; the file's first lines say what is expected."""
        text = path.read_text()
        expected = [line[2:] for line in text.splitlines() if line.startswith("# ")]

        assert expected == [one.removeprefix("f:") for one in mistakes(text)]
        assert expected

    def test_shown(self) -> None:
        """A person sees the line, and where in it."""
        with pytest.raises(WrongFileError) as caught:
            read("version: 1\nruels: []\n", "rules.yaml")

        expected = "rules.yaml:2:1: ruels: unknown; did you mean rules?\n     2 | ruels: []\n       | ^"
        assert expected == caught.value.shown()

    def test_bytes(self) -> None:
        """What is no text, and what is too large, is told."""
        assert mistakes(b"version: \xff") == ["f:1:1: not UTF-8"]
        assert mistakes(" " * 1_000_001) == ["f:1:1: larger than 1000000 bytes"]

    def test_bounded(self) -> None:
        """Of very many mistakes the first are told."""
        assert len(mistakes("version: 1\nrules:\n" + "  - x\n" * 900)) == MAX_MISTAKES

    def test_too_many(self) -> None:
        """More rules than a person can overlook are refused, and so are endless names."""
        rules = "".join(f"  - {{name: r{place}}}\n" for place in range(1001))

        assert mistakes(f"version: 1\nrules:\n{rules}") == ["f:3:3: rules: expected 0 to 1000 members, not 1001"]
        metrics = ", ".join(f"m{place}: off" for place in range(501))
        told = mistakes(f"version: 1\nrules: [{{name: a, metrics: {{{metrics}}}}}]")
        assert told == ["f:2:28: rules[0].metrics: expected at most 500 members, not 501"]
        assert "it may have 100 characters" in mistakes(f"version: 1\nrules: [{{name: {'x' * 101}}}]")[0]

    @settings(deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(["version", "builtin", "interval", "classes", "maintenance", "rules"]), VALUES, max_size=4
        )
    )
    def test_anything(self, value: Any) -> None:
        """Any document is rules or mistakes; nothing else is raised."""
        assert all(one.startswith("f:") for one in mistakes(yaml.safe_dump(value)))

    @settings(deadline=None)
    @given(st.sampled_from(["match", "metrics", "flapping", "evidence"]), VALUES)
    def test_any_member(self, member: str, value: Any) -> None:
        """Any value of a rule's member is right or a mistake."""
        text = yaml.safe_dump({"version": 1, "rules": [{"name": "a", member: value}]})

        assert all(one.startswith("f:") for one in mistakes(text))


class TestHints:
    def test_nearly_known(self) -> None:
        """Names that are nearly those of links are doubtful, in rules and windows; strangers and beginnings are not."""
        text = """
version: 1
maintenance:
  - {name: w, match: [{labels: {sites: X}}], from: 2026-11-29T02:00, duration: 1h}
rules:
  - {name: a, match: {labels: {isps: X, link: Y, module: Z}}}
  - {name: b, metrics: {latency_ms: {}, latency_ms_rx_p95: {}, latency_rx: {}, vrouter.drops: {}, jitter: {}, los_pct: {}}}
"""

        assert [(one.line, one.text.partition("did you mean ")[2]) for one in read(text, "f").hints] == [
            (4, "site?"),
            (6, "isp?"),
            (7, "latency_ms_rx?"),
            (7, "loss_pct?"),
        ]
        assert default_rulebook().hints == ()


class TestRead:
    def test_nothing(self) -> None:
        """A file without rules is the built-in ones."""
        assert plan_of("", link="LTE") == default_rulebook().plan("wan-link", {"link": "LTE"})

    def test_without_the_builtin(self) -> None:
        """A file that begins from nothing judges only what it names."""
        plan = plan_of("builtin: false\nrules: [{name: a, metrics: {x: {limit: {above: 3}}}}]")

        assert plan.rules == ("a",)
        assert plan.metric("latency_ms_rx") is None
        assert plan.metric("x") == MetricPlan(limit=Limit(3.0))

    def test_everything(self) -> None:
        """Every member of a rule is in the plan."""
        plan = plan_of("""
rules:
  - name: a
    flapping: {transitions: 4, within: 2h, calm: 30m}
    evidence: 1h
    metrics:
      latency_ms_rx:
        method: seed
        material: 5
        critical_factor: 9
        limit: {above: 40, bad: 2, of: 3, good: 4, severity: warning}
        rate: {rise: 20, over: 15m, for: 10m, severity: critical}
        seed: {present: 10m, history: 2h, factor: 3, min_samples: 7, floor: 0.5, bad: 2, good: 1}
""")

        assert (plan.flapping, plan.evidence_s) == (Flapping(4, 7200, 1800), 3600)
        expected = MetricPlan(
            method=Method.SEED,
            material=5.0,
            critical_factor=9.0,
            limit=Limit(40.0, Persistence(2, 3, 4), Severity.WARNING),
            rate=Rate(20.0, 900, Persistence(2, 2, 3), Severity.CRITICAL),
            seed=SeedParameters(600, 7200, 3.0, 7, 0.5, Persistence(2, 2, 1)),
        )
        assert expected == plan.metric("latency_ms_rx")

    @pytest.mark.parametrize(("interval", "bad"), [("", 3), ("interval: 1m", 11), ("interval: 15m", 1)])
    def test_for(self, interval: str, bad: int) -> None:
        """How long a value must be bad becomes a number of samples, rounded up."""
        plan = plan_of(f"{interval}\nrules: [{{name: a, metrics: {{x: {{limit: {{above: 3, for: 11m}}}}}}}}]")

        metric = plan.metric("x")
        assert metric is not None
        assert metric.limit == Limit(3.0, Persistence(bad, bad))

    def test_interval_of_the_builtin_rules(self) -> None:
        """What the built-in rules say in minutes is as many samples as the file's interval makes it."""
        metric = plan_of("interval: 1m", link="LTE").metric("latency_ms_rx")

        assert metric is not None
        assert metric.limit is not None
        assert metric.limit.persistence == Persistence(30, 30)

    @pytest.mark.parametrize("interval_s", [MIN_INTERVAL_S, MAX_INTERVAL_S])
    def test_any_interval(self, interval_s: int) -> None:
        """The built-in rules are right at any interval that a file may name."""
        assert plan_of(f"interval: {interval_s}").rules == plan_of("").rules

    def test_later_persistence_counts(self) -> None:
        """A later `bad` without `of` means in a row, whatever was said before."""
        rules = "rules: [{name: a, metrics: {x: {limit: {above: 3, bad: 2, of: 5}}}}, {name: b, metrics: {x: {limit: {bad: 3}}}}]"

        metric = plan_of(rules).metric("x")
        assert metric is not None
        assert metric.limit == Limit(3.0, Persistence(3, 3))

    def test_own_classes_first(self) -> None:
        """A file's own classes come before the built-in ones, and replace those of the same name."""
        classes = 'classes: {mpls: {labels: {isp: "Carrier*"}}, slow: [{labels: {link: "*lte*"}}, {kind: modem}]}'
        rulebook = read(f"version: 1\n{classes}", "f")

        links = [{"link": "Verizon LTE"}, {"isp": "carrier one"}, {"link": "MPLS"}, {"link": "Starlink"}]
        assert ["slow", "mpls", "", "satellite"] == [rulebook.derive("wan-link", one).link_class for one in links]
        assert rulebook.derive("modem", {}).link_class == "slow"

    def test_labels_as_written(self) -> None:
        """A pattern that looks like a number is the text that was written."""
        rules = "rules: [{name: a, match: {labels: {enterprise_id: 0410}}}]"

        assert "a" in plan_of(rules, enterprise_id="0410").rules
        assert "a" not in plan_of(rules, enterprise_id="264").rules

    def test_maintenance(self) -> None:
        """Windows count for the entities that they match."""
        text = """
maintenance:
  - {name: sundays, match: {labels: {site: LON-*}}, from: 2026-01-04T02:00, duration: 2h, rrule: FREQ=WEEKLY, timezone: Europe/London}
  - {name: cutover, from: 2026-11-30T22:00, to: 2026-12-01T04:00}
"""
        sunday, cutover = datetime(2026, 7, 5, 1, 30, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)

        found = [plan_of(text, site=site) for site in ("LON-1", "OSL-1")]
        assert [[plan.in_maintenance(at) for at in (sunday, cutover)] for plan in found] == [
            [True, True],
            [False, True],
        ]
