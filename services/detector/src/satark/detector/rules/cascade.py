"""The cascade: rules in their order, of which a later one overrides only the members that it names. Pure.

What rules set is a tree of tables (`limit` in `latency_ms`, `above` in it); here it is flat, from a path to the value and the
rule that set it, so that everything that counts can be traced to its rule. `off` takes away what was set below it, and a
later table begins anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from satark.detector.rules.model import (
    Flapping,
    Limit,
    Method,
    MetricPlan,
    Persistence,
    Rate,
    SeedParameters,
    covers,
)
from satark.runtime.documents.shapes import OFF
from satark.schemas.incidents import Severity

Path = tuple[str, ...]
Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """A value, and the name of the rule that it is of."""

    value: Any
    rule: str


Settings = dict[Path, Setting]


def settle(known: Settings, path: Path, value: Any, rule: str) -> None:
    """Set what one rule says of a path: a value, a table of values, or OFF."""
    if isinstance(value, Mapping):
        if path in known and known[path].value is OFF:
            del known[path]
        for name, below in value.items():
            settle(known, (*path, name), below, rule)
        return
    for one in [one for one in known if one[: len(path)] == path]:
        del known[one]
    known[path] = Setting(value, rule)


def metric_settings(name: str, rules: Iterable[tuple[str, Tree]]) -> Settings:
    """Return what rules, each a name and what it sets by metric, come to for a metric or a beginning of metrics' names."""
    known: Settings = {}
    for rule, metrics in rules:
        for key in sorted((key for key in metrics if covers(key, name)), key=len):
            settle(known, (name,), metrics[key], rule)
    return known


def metric_plan(name: str, settings: Settings) -> MetricPlan:
    """Return the plan that a metric's settings say."""
    tree = _tree(settings)[name] if settings else {}
    if tree is OFF:
        return MetricPlan(method=Method.NONE)
    limit, rate = _part(tree, "limit"), _part(tree, "rate")
    defaults = MetricPlan()
    return MetricPlan(
        method=Method(tree.get("method", defaults.method)),
        material=tree.get("material"),
        critical_factor=tree.get("critical_factor", defaults.critical_factor),
        limit=_limit(limit) if "above" in limit else None,
        rate=_rate(rate) if {"rise", "over"} <= rate.keys() else None,
        seed=_seed(_part(tree, "seed")),
    )


def flapping(settings: Settings) -> Flapping:
    """Return what the settings below `flapping` say."""
    tree = _part(_tree(settings), "flapping")
    names = {"transitions": "transitions", "within": "within_s", "calm": "calm_s"}
    return Flapping(**{field: tree[name] for name, field in names.items() if name in tree})


def _tree(settings: Settings) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, setting in settings.items():
        inner = tree
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = setting.value
    return tree


def _part(tree: Tree, name: str) -> Tree:
    part = tree.get(name, {})
    return part if isinstance(part, Mapping) else {}


def _persistence(tree: Tree) -> Persistence:
    return Persistence(**{name: tree[name] for name in ("bad", "of", "good") if name in tree})


def _limit(tree: Tree) -> Limit:
    severity = Severity(tree.get("severity", Limit(0.0).severity))
    return Limit(tree["above"], _persistence(tree), severity)


def _rate(tree: Tree) -> Rate:
    severity = Severity(tree.get("severity", Rate(0.0, 0).severity))
    return Rate(tree["rise"], tree["over"], _persistence(tree), severity)


def _seed(tree: Tree) -> SeedParameters:
    names = {"present": "present_s", "history": "history_s"}
    found = {names.get(name, name): value for name, value in tree.items() if name not in {"bad", "of", "good"}}
    return SeedParameters(**found, persistence=_persistence(tree))
