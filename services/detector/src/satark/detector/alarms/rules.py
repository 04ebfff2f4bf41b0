"""A rule, compiled once and evaluated against an object: lists of conditions, of which one must hold as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from satark.detector.alarms.conditions import CompiledCondition, compile_condition
from satark.detector.alarms.model import AlarmRule
from satark.detector.alarms.scope import COLLECTOR_STRUCT, COLLECTORS, MACHINE_STRUCT, Scope, scope_of
from satark.uve.alarms import AlarmRules, AndListMatch, ConditionMatch


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What holds of a rule for an object now, and what could not be evaluated. Trouble alone never sets an alarm."""

    matched: AlarmRules | None
    troubles: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the rule's conditions hold."""
        return self.matched is not None


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule that is ready to be evaluated. `reads` are the structs that its outcome depends on."""

    rule: AlarmRule
    scope: Scope
    reads: frozenset[str]
    or_list: tuple[tuple[CompiledCondition, ...], ...]

    def evaluate(self, uve: Mapping[str, Any]) -> Evaluation:
        """Return whether the rule holds for the flat JSON of an object, and why. Raises nothing."""
        troubles: list[str] = []
        matched = [self._and_list(together, uve, troubles) for together in self.or_list]
        holding = tuple(one for one in matched if one is not None)
        return Evaluation(AlarmRules(or_list=holding) if holding else None, tuple(dict.fromkeys(troubles)))

    @staticmethod
    def _and_list(
        together: tuple[CompiledCondition, ...], uve: Mapping[str, Any], troubles: list[str]
    ) -> AndListMatch | None:
        matched: list[ConditionMatch] = []
        for condition in together:
            outcome = condition.evaluate(uve)
            if outcome.trouble:
                troubles.append(outcome.trouble)
            if outcome.matched is None:
                return None
            matched.append(outcome.matched)
        return AndListMatch(and_list=tuple(matched))


def compile_rule(rule: AlarmRule) -> CompiledRule:
    """Return a rule ready to be evaluated. Raises ConditionError."""
    or_list = tuple(tuple(compile_condition(one) for one in together.and_list) for together in rule.or_list)
    structs = {path.steps[0] for together in or_list for one in together for path in one.paths}
    scope = scope_of(rule)
    if scope.project:
        structs.add(MACHINE_STRUCT)
    if COLLECTORS in scope.tables:
        structs.add(COLLECTOR_STRUCT)
    return CompiledRule(rule, scope, frozenset(structs), or_list)
