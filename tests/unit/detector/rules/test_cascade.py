"""The cascade: what rules that follow each other come to."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from satark.detector.rules.cascade import metric_plan, metric_settings
from satark.detector.rules.model import Limit, Method, MetricPlan, Persistence, Rate, covers
from satark.detector.rules.patterns import Match
from satark.detector.rules.rulebook import Derivation, Rule, Rulebook
from satark.runtime.documents.shapes import OFF
from satark.schemas.incidents import Severity

NAMES = ("latency_ms", "latency_ms_rx", "latency_ms_tx", "latency", "jitter_ms", "jitter_ms_rx")


def tables(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return tables of some of the members."""
    return st.fixed_dictionaries({}, optional=members)


BEGUN = {
    "bad": st.integers(1, 3),
    "of": st.integers(3, 5),
    "good": st.integers(1, 9),
    "severity": st.sampled_from(["warning", "critical"]),
}
LIMITS = tables(above=st.floats(0, 9), **BEGUN) | st.just(OFF)
RATES = tables(rise=st.floats(1, 9), over=st.integers(1, 9), **BEGUN) | st.just(OFF)
METRICS = st.just(OFF) | tables(
    method=st.sampled_from(["robust", "seed", "none"]),
    material=st.floats(0, 9),
    critical_factor=st.floats(1, 9),
    limit=LIMITS,
    rate=RATES,
    seed=tables(factor=st.floats(1, 9), present=st.integers(60, 600), bad=st.integers(1, 3), of=st.integers(3, 5)),
)
TREES = st.dictionaries(st.sampled_from(NAMES), METRICS, max_size=4)
RULES = st.lists(TREES, max_size=5).map(lambda trees: [(f"r{place}", tree) for place, tree in enumerate(trees)])


def plan_of(rules: list[tuple[str, Any]], name: str = "latency_ms_rx") -> MetricPlan:
    """Return what rules come to for a metric."""
    return metric_plan(name, metric_settings(name, rules))


class TestOrder:
    def test_later_overrides_what_it_names(self) -> None:
        """A later rule overrides the members that it names, and no others."""
        rules: list[tuple[str, Any]] = [
            ("first", {"latency_ms": {"method": "seed", "limit": {"above": 40.0, "bad": 2, "of": 3, "good": 5}}}),
            ("second", {"latency_ms": {"limit": {"above": 90.0, "severity": "warning"}}}),
        ]

        expected = MetricPlan(Method.SEED, limit=Limit(90.0, Persistence(2, 3, 5), Severity.WARNING))
        assert expected == plan_of(rules)

    def test_longer_names_count_within_a_rule(self) -> None:
        """Within a rule the longer name counts, between rules the later rule."""
        direction = {"latency_ms_rx": {"material": 2.0}, "latency_ms": {"material": 1.0}}

        assert plan_of([("a", direction)]).material == 2.0
        assert plan_of([("a", direction), ("b", {"latency_ms": {"material": 3.0}})]).material == 3.0

    def test_off(self) -> None:
        """What is switched off is gone, and what a later rule says of it begins anew."""
        limit = ("a", {"latency_ms": {"limit": {"above": 40.0, "good": 9}}})
        off = ("b", {"latency_ms": {"limit": OFF}})
        again = ("c", {"latency_ms": {"limit": {"above": 50.0}}})

        assert plan_of([limit, off]).limit is None
        assert plan_of([limit, off, again]).limit == Limit(50.0)

    def test_metric_off(self) -> None:
        """A metric that is switched off is not judged, and is again when a later rule names it."""
        off: tuple[str, Any] = ("a", {"latency_ms_rx": OFF})
        again: tuple[str, Any] = ("b", {"latency_ms": {}})

        assert not plan_of([off]).judges
        assert plan_of([off, again]) == MetricPlan()

    def test_incomplete(self) -> None:
        """A limit without a value and a rate without a time do not count."""
        plan = plan_of([("a", {"latency_ms": {"limit": {"good": 1}, "rate": {"rise": 2.0}}})])

        assert (plan.limit, plan.rate) == (None, None)
        assert plan_of([("a", {"latency_ms": {"rate": {"rise": 2.0, "over": 60}}})]).rate == Rate(2.0, 60)


class TestProperties:
    @given(RULES)
    def test_idempotent(self, rules: list[tuple[str, Any]]) -> None:
        """The same rules once more, or each of them twice, change nothing."""
        settings = metric_settings("latency_ms_rx", rules)

        assert settings == metric_settings("latency_ms_rx", [*rules, *rules])
        assert settings == metric_settings("latency_ms_rx", [rule for rule in rules for _ in range(2)])

    @given(RULES, TREES)
    def test_the_last_holds(self, rules: list[tuple[str, Any]], last: dict[str, Any]) -> None:
        """Whatever came before: what the last rule names is as it says, and is said to be of it."""
        alone = metric_settings("latency_ms_rx", [("last", last)])
        after = metric_settings("latency_ms_rx", [*rules, ("last", last)])

        assert alone.items() <= after.items()

    @given(RULES, RULES)
    def test_before_counts_as_a_whole(self, first: list[tuple[str, Any]], second: list[tuple[str, Any]]) -> None:
        """What no later rule names or switches off is as it was before."""
        before = metric_settings("latency_ms_rx", first)
        after = metric_settings("latency_ms_rx", [*first, *((f"later {name}", tree) for name, tree in second)])

        kept = {path: one for path, one in after.items() if not one.rule.startswith("later")}
        assert kept.items() <= before.items()

    @given(RULES)
    def test_strangers_commute(self, rules: list[tuple[str, Any]]) -> None:
        """Rules for other metrics may stand anywhere."""
        other: tuple[str, Any] = ("other", {"loss_pct": {"method": "none"}})

        assert plan_of(rules) == plan_of([other, *rules]) == plan_of([*rules, other])

    @given(RULES, st.sampled_from([*NAMES, "latency_ms_rx_max", "jitter"]))
    def test_any_name(self, rules: list[tuple[str, Any]], name: str) -> None:
        """A plan says of any metric what the cascade says of its name; it judges none that nothing names."""
        made = tuple(Rule(rule, Match(), {"metrics": tree}) for rule, tree in rules)
        plan = Derivation("", made, ()).plan()

        is_named = any(covers(key, name) for _, tree in rules for key in tree)
        expected = plan_of(rules, name) if is_named else None
        assert plan.metric(name) == (expected if expected is not None and expected.judges else None)

    @given(RULES)
    def test_every_rule_is_traced(self, rules: list[tuple[str, Any]]) -> None:
        """Every setting names a rule that is there."""
        made = tuple(Rule(rule, Match(), {"metrics": tree}) for rule, tree in rules)

        found = Rulebook(made).derive("x", {}).settings()
        assert {one.rule for one in found.values()} <= {rule for rule, _ in rules}
