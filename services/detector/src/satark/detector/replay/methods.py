"""The rules of a rulebook with another method. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from satark.detector.detection.course import Rules
from satark.detector.rules.model import Method, MetricPlan, Plan, SeedParameters


class WithMethod:
    """All that a rulebook says, except that every normal is found by one method.

    Where the rulebook says nothing of the parameters of `seed`, those of `seed_rules` count.
    """

    def __init__(self, rules: Rules, method: Method, seed_rules: Rules) -> None:
        self._rules = rules
        self._method = method
        self._seed_rules = seed_rules
        self._plans: dict[int, tuple[Plan, Plan]] = {}

    def plan(self, kind: str, labels: Mapping[str, str]) -> Plan:
        """Return how an entity is watched: for the same plan of the rulebook the same object."""
        plan = self._rules.plan(kind, labels)
        if id(plan) not in self._plans:
            # The original is kept beside its change, so that no other can come to have its identity.
            self._plans[id(plan)] = plan, self._changed(plan, self._seed_rules.plan(kind, labels))
        return self._plans[id(plan)][1]

    def _changed(self, plan: Plan, seed: Plan) -> Plan:
        metrics = {
            name: metric if metric.method is Method.NONE else self._with_method(metric, seed.metric(name))
            for name, metric in plan.metrics.items()
        }
        return replace(plan, metrics=metrics)

    def _with_method(self, metric: MetricPlan, seed: MetricPlan | None) -> MetricPlan:
        said = metric.seed if seed is None or metric.seed != SeedParameters() else seed.seed
        return replace(metric, method=self._method, seed=said)
