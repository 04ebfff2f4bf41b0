"""The alarms of one object: which rules watch it, what they find, and what became of the alarms that no rule watches.

`AlarmEngine` holds the rules of one load. To reload is to make another one and step the same states through it:
alarms whose rule is gone, disabled or no longer about the object are withdrawn, the others go on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from satark.detector.alarms.instance import AlarmEvent, Reason
from satark.detector.alarms.lifecycle import Answer, Lifecycle, withdraw
from satark.detector.alarms.model import AlarmRule
from satark.detector.alarms.rules import CompiledRule, compile_rule
from satark.uve.alarms import AlarmState, ObjectAlarms

OWN_STRUCT = "UVEAlarms"
"""The struct that carries alarms back into an object: it keeps no object alive and is not watched."""

MAX_TROUBLES = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule cannot be evaluated for an object, or can be again (no troubles): a matter of health, never an alarm."""

    type: str
    key: str
    troubles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a look at an object: the next state (None: nothing to remember), events, and findings that are new."""

    state: ObjectAlarms | None
    events: tuple[AlarmEvent, ...] = ()
    findings: tuple[Finding, ...] = ()


class AlarmEngine:
    """All rules of one load. Raises ConditionError for a rule that the reader of rules would not have let pass."""

    def __init__(self, rules: Iterable[AlarmRule]) -> None:
        self._rules = {rule.type: compile_rule(rule) for rule in rules}
        self._by_table: dict[str, list[CompiledRule]] = defaultdict(list)
        for one in self._rules.values():
            for table in one.scope.all_tables:
                self._by_table[table].append(one)

    def reads(self, key: str) -> frozenset[str] | None:
        """Return the structs that the alarms of an object depend on, None if no rule is about its table."""
        rules = self._by_table.get(key.partition(":")[0])
        return frozenset[str]().union(*(one.reads for one in rules)) if rules else None

    def step(
        self,
        state: ObjectAlarms | None,
        key: str,
        uve: Mapping[str, Any] | None,
        now: datetime,
        changed: AbstractSet[str] | None = None,
    ) -> Step:
        """Evaluate the rules of an object. `key` is `table:name`, `uve` the flat JSON, None for one that is gone.

        `changed` names the structs that differ from the last look by the same rules: the others' outcomes still hold.
        """
        state = state or ObjectAlarms()
        watching = self._watching(key, uve)
        alarms: dict[str, AlarmState] = {}
        troubles: dict[str, tuple[str, ...]] = {}
        events = self._withdrawn(state, watching, key, uve, now)
        for kind, one in watching.items():
            is_touched = changed is None or not one.reads.isdisjoint(changed)
            evaluation = one.evaluate(uve or {}) if is_touched else None
            following, told = Lifecycle(one.rule, key).step(state.alarms.get(kind), evaluation, now)
            events += told
            if following is not None:
                alarms[kind] = following
            found = state.troubles.get(kind, ()) if evaluation is None else evaluation.troubles[:MAX_TROUBLES]
            if found:
                troubles[kind] = found
        return Step(_kept(alarms, troubles), tuple(events), _findings(state.troubles, troubles, key))

    def tick(self, state: ObjectAlarms, key: str, now: datetime) -> Step:
        """Let time go by for an object of which nothing new is known."""
        alarms: dict[str, AlarmState] = {}
        events: list[AlarmEvent] = []
        for kind, alarm in state.alarms.items():
            following, told = self._life(kind, key).step(alarm, None, now) if kind in self._rules else (alarm, ())
            events += told
            if following is not None:
                alarms[kind] = following
        return Step(_kept(alarms, state.troubles), tuple(events))

    def due_at(self, state: ObjectAlarms, key: str) -> datetime | None:
        """Return when `tick` must be called at the latest, None for never."""
        known = ((kind, alarm) for kind, alarm in state.alarms.items() if kind in self._rules)
        due = (self._life(kind, key).due_at(alarm) for kind, alarm in known)
        return min((one for one in due if one is not None), default=None)

    def acknowledge(self, state: ObjectAlarms, key: str, kind: str, token: str, now: datetime) -> tuple[Step, Answer]:
        """Acknowledge the alarm of a type, as it was when it had the token."""
        if kind not in self._rules or kind not in state.alarms:
            return Step(state), Answer.NOT_PRESENT
        (following, events), answer = self._life(kind, key).acknowledge(state.alarms[kind], token, now)
        alarms = state.alarms if following is None else state.alarms | {kind: following}
        return Step(ObjectAlarms(alarms, state.troubles), events), answer

    def _life(self, kind: str, key: str) -> Lifecycle:
        return Lifecycle(self._rules[kind].rule, key)

    def _watching(self, key: str, uve: Mapping[str, Any] | None) -> dict[str, CompiledRule]:
        if uve is None or not _is_alive(uve):
            return {}
        candidates = self._by_table.get(key.partition(":")[0], ())
        return {one.rule.type: one for one in candidates if one.rule.enabled and one.scope.covers(key, uve)}

    def _withdrawn(
        self,
        state: ObjectAlarms,
        watching: Mapping[str, CompiledRule],
        key: str,
        uve: Mapping[str, Any] | None,
        now: datetime,
    ) -> list[AlarmEvent]:
        events: list[AlarmEvent] = []
        for kind, alarm in state.alarms.items():
            if kind not in watching:
                events += withdraw(alarm, key, self._why_not(kind, uve), now)
        return events

    def _why_not(self, kind: str, uve: Mapping[str, Any] | None) -> Reason:
        if not _is_alive(uve):
            return Reason.OBJECT_GONE
        if kind not in self._rules:
            return Reason.RULE_REMOVED
        return Reason.OUT_OF_SCOPE if self._rules[kind].rule.enabled else Reason.RULE_DISABLED


def _is_alive(uve: Mapping[str, Any] | None) -> bool:
    return uve is not None and any(struct != OWN_STRUCT for struct in uve)


def _kept(alarms: dict[str, AlarmState], troubles: dict[str, tuple[str, ...]]) -> ObjectAlarms | None:
    return ObjectAlarms(alarms, troubles) if alarms or troubles else None


def _findings(
    before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]], key: str
) -> tuple[Finding, ...]:
    kinds = [*after, *(kind for kind in before if kind not in after)]
    return tuple(Finding(kind, key, after.get(kind, ())) for kind in kinds if before.get(kind) != after.get(kind))
