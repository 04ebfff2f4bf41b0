"""How an entity is watched, for a person and as a document: every member that counts, and the rule that sets it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from satark.detector.rules.model import Method
from satark.detector.rules.outline import leaves, metric_outline, outline, worded
from satark.detector.rules.rulebook import DEFAULT, Derivation
from satark.runtime.documents.shapes import OFF
from satark.runtime.documents.values import in_words
from satark.runtime.terminal import console

LOOKED_AHEAD = timedelta(days=35)
MAX_LISTED = 3
DURATIONS = frozenset({"present", "history", "over", "within", "calm", "evidence"})


@dataclass(frozen=True, slots=True)
class Line:
    """A member that counts, its value, and the rule that sets it."""

    member: str
    value: Any
    rule: str


def lines(derived: Derivation) -> Iterator[Line]:
    """Yield every member that counts, metric by metric."""
    plan = derived.plan()
    for name in derived.metrics():
        metric = plan.metric(name)
        tree = {name: metric_outline(metric)}
        if metric is not None and metric.method is not Method.SEED:
            del tree[name]["seed"]
        for path, value in leaves(tree):
            yield Line(".".join(path), value, derived.rule_of(path))
    settings = derived.settings()
    for path, value in leaves(outline(plan)):
        yield Line(".".join(path), value, settings[path].rule if path in settings else DEFAULT)


def document(derived: Derivation, now: datetime) -> dict[str, Any]:
    """Return it as plain values. Durations are in seconds, times UTC."""
    return {
        "class": derived.link_class or None,
        "rules": [rule.name for rule in derived.rules],
        "settings": [
            {"member": one.member, "value": "off" if one.value is OFF else one.value, "rule": one.rule}
            for one in lines(derived)
        ],
        "maintenance": [
            {"name": name, "from": begin.isoformat(), "to": end.isoformat()}
            for name, begin, end in _ahead(derived, now)
        ],
    }


def show(derived: Derivation, now: datetime) -> None:
    """Print it."""
    out = console()
    out.print(Text(f"class        {derived.link_class or 'none'}"))
    out.print(Text(f"rules        {', '.join(rule.name for rule in derived.rules) or 'none'}"))
    for name, begin, end in _ahead(derived, now):
        out.print(Text(f"maintenance  {name}: {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"))
    table = Table("member", "value", "set by", box=box.SIMPLE_HEAD)
    for one in lines(derived):
        table.add_row(Text(one.member), Text(_shown(one)), Text(one.rule))
    out.print(table)


def _shown(line: Line) -> str:
    is_duration = line.member.rpartition(".")[2] in DURATIONS and isinstance(line.value, int)
    return in_words(line.value) if is_duration else worded(line.value)


def _ahead(derived: Derivation, now: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    for window in derived.windows:
        for begin, end in window.spans(now, now + LOOKED_AHEAD)[:MAX_LISTED]:
            yield window.name, begin, end
