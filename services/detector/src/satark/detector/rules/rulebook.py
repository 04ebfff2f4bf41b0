"""A file of rules, read: from an entity's kind and labels to its plan. Pure, and remembered within bounds.

Entities that the same rules and windows match share one plan, the same object: as many plans exist as kinds of treatment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from satark.detector.rules.cascade import Path, Settings, Tree, flapping, metric_plan, metric_settings, settle
from satark.detector.rules.matching import Matching
from satark.detector.rules.model import NEVER, Plan
from satark.detector.rules.patterns import Facts, Match
from satark.detector.rules.windows import ZONE_LABEL, Maintenance, Window
from satark.runtime.documents.mistakes import Mistake

MAX_ENTITIES_KEPT = 131_072
MAX_PLANS_KEPT = 4096
DEFAULT = "the default"
"""What stands for a rule where none sets a member."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule: whom it matches, and the tree of what it sets. Equal only to itself."""

    name: str
    match: Match
    sets: Tree

    @property
    def metrics(self) -> Tree:
        """What it sets by metric."""
        found: Tree = self.sets.get("metrics", {})
        return found


@dataclass(frozen=True, slots=True)
class LinkClass:
    """A class of links."""

    name: str
    match: Match


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a plan came about: the class, the rules and windows that matched, and which rule set what."""

    link_class: str
    rules: tuple[Rule, ...]
    windows: tuple[Window, ...]

    def settings(self) -> Settings:
        """Return all that is set, with the rule that it is of. Metrics begin with `metrics`."""
        found: Settings = {}
        for name in self.metrics():
            below = metric_settings(name, self._metrics())
            found |= {("metrics", *path): setting for path, setting in below.items()}
        return found | self._others()

    def rule_of(self, path: Path) -> str:
        """Return the name of the rule that decides a member of a metric, such as `latency_ms_rx`, `limit`, `above`."""
        found = metric_settings(path[0], self._metrics())
        for end in range(len(path), 0, -1):
            if path[:end] in found:
                return found[path[:end]].rule
        below = [one.rule for known, one in found.items() if known[: len(path)] == path]
        return below[-1] if below else DEFAULT

    def metrics(self) -> list[str]:
        """Return the names of metrics, or their beginnings, that something is set for."""
        return sorted({name for rule in self.rules for name in rule.metrics})

    def plan(self) -> Plan:
        """Return the plan."""
        others = self._others()
        evidence = others.pop(("evidence",), None)
        names = self.metrics()
        return Plan(
            rules=tuple(rule.name for rule in self.rules),
            metrics={name: metric_plan(name, metric_settings(name, self._metrics())) for name in names},
            calendar=Maintenance(self.windows) if self.windows else NEVER,
            flapping=flapping(others),
            evidence_s=Plan().evidence_s if evidence is None else evidence.value,
        )

    def _metrics(self) -> list[tuple[str, Tree]]:
        return [(rule.name, rule.metrics) for rule in self.rules]

    def _others(self) -> Settings:
        found: Settings = {}
        for rule in self.rules:
            for name in ("flapping", "evidence"):
                if name in rule.sets:
                    settle(found, (name,), rule.sets[name], rule.name)
        return found


class Rulebook:
    """All rules, in their order, with classes and maintenance windows. Does not change; `name` is the file's, `hints` what is doubtful."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        classes: tuple[LinkClass, ...] = (),
        windows: tuple[Window, ...] = (),
        *,
        name: str = "",
        hints: tuple[Mistake, ...] = (),
    ) -> None:
        self.rules = rules
        self.classes = classes
        self.windows = windows
        self.name = name
        self.hints = hints
        self._classes = Matching([one.match for one in classes])
        self._rules = Matching([one.match for one in rules])
        self._windows = Matching([one.match for one in windows])
        zones = [ZONE_LABEL for window in windows if window.zone is None]
        parts = (self._classes, self._rules, self._windows)
        self._looked_at = tuple(sorted({*zones, *(label for part in parts for label in part.labels)}))
        self._plan_of_facts = lru_cache(maxsize=MAX_ENTITIES_KEPT)(self._derived)
        self._plan_of_matching = lru_cache(maxsize=MAX_PLANS_KEPT)(_plan)

    def plan(self, kind: str, labels: Mapping[str, str]) -> Plan:
        """Return how an entity is watched. Equal treatment gives the same object."""
        return self._plan_of_facts(kind, tuple(labels.get(name, "") for name in self._looked_at))

    def derive(self, kind: str, labels: Mapping[str, str]) -> Derivation:
        """Return how the plan of an entity comes about."""
        own = self._classes.numbers(Facts(kind, "", labels))
        facts = Facts(kind, self.classes[own[0]].name if own else "", labels)
        rules = tuple(self.rules[number] for number in self._rules.numbers(facts))
        windows = tuple(self.windows[number].of(labels) for number in self._windows.numbers(facts))
        return Derivation(facts.link_class, rules, windows)

    def _derived(self, kind: str, values: tuple[str, ...]) -> Plan:
        found = self.derive(kind, dict(zip(self._looked_at, values, strict=True)))
        return self._plan_of_matching(found.rules, found.windows)


def _plan(rules: tuple[Rule, ...], windows: tuple[Window, ...]) -> Plan:
    return Derivation("", rules, windows).plan()
