"""The derived statistics of all UVEs: what a program sends goes in, what collectors and people are told comes out.

A derived field that cannot be computed is counted, told of once, and left as the program set it: it never costs the
UVE.
"""

import logging
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any

from satark.sandesh.generator.identities import Key, identity_of, key_of
from satark.sandesh.generator.statistics.algorithms import fresh
from satark.sandesh.generator.statistics.plans import Derived, Plan, plan_of
from satark.sandesh.generator.statistics.results import as_field
from satark.sandesh.generator.statistics.states import FieldState
from satark.sandesh.types import UveMessage, attributes

MAX_UVES = 200_000
_log = logging.getLogger(__name__)


class Derivation:
    """States by UVE; those of the UVE that was updated least recently are forgotten first.

    `arguments` replace those of the annotations: by the name of the data struct, by field, such as `EWM:0.8`.
    `faults` counts what could not be computed, by `Struct.field`.
    """

    def __init__(self, arguments: Mapping[str, Mapping[str, str]] | None = None, *, max_uves: int = MAX_UVES) -> None:
        self.faults: Counter[str] = Counter()
        self._arguments = {name: dict(fields) for name, fields in (arguments or {}).items()}
        self._max_uves = max_uves
        self._states: OrderedDict[Key, dict[str, FieldState]] = OrderedDict()

    def taken(self, message: UveMessage, now_s: float) -> UveMessage:
        """Take the samples; what is sent of the update: without hidden fields, with the results that are due."""
        plan = _plan(message)
        if plan is None:
            return message
        for name, problem in plan.faults:
            self._fault(plan, name, problem)
        key, data, results = key_of(message), _data(message), {}
        for derived in plan.derived:
            value = getattr(data, derived.source)
            if value is None:
                continue
            with self._guarded(plan, derived):
                state = self._state(key, plan, derived)
                left = state.take(value, now_s)
                due = {} if derived.periods else state.due()
                if due or (left and not derived.periods):
                    results[derived.field.attribute] = as_field(derived, due)
        if getattr(data, "deleted", None):
            self.forget(key)
        return _with(message, results, without=plan.hidden)

    def told(self, message: UveMessage) -> UveMessage:
        """What is sent of a whole UVE again: without hidden fields and periodic results, with all other results."""
        plan = _plan(message)
        if plan is None:
            return message
        inline = (each for each in plan.derived if not each.periods)
        return _with(message, self._results(message, plan, inline), without=plan.hidden)

    def shown(self, message: UveMessage) -> UveMessage:
        """What people see of a whole UVE: everything, the results of the running period as `staging`."""
        plan = _plan(message)
        return message if plan is None else _with(message, self._results(message, plan, plan.derived))

    def finished(self, message: UveMessage, cycle: int, now_s: float) -> UveMessage | None:
        """End what ends with this period of a UVE; its identity and the results, None if there are none."""
        plan = _plan(message)
        states = self._states.get(key_of(message))
        if plan is None or states is None:
            return None
        results: dict[str, Any] = {}
        for derived in plan.derived:
            state = states.get(derived.field.name)
            if state is None or not derived.periods or cycle % derived.periods:
                continue
            with self._guarded(plan, derived):
                ended = state.finish(now_s)
                if ended:
                    results[derived.field.attribute] = as_field(derived, ended)
        data = _data(message)
        identity = identity_of(data)
        told = _with(_of(message, type(data)(**identity)), results, without=plan.hidden)
        return told if attributes(_data(told)).keys() > identity.keys() else None

    def arguments(self, plan: Plan) -> dict[str, str]:
        """The arguments of a struct's derived fields, as they are now."""
        given = self._arguments.get(plan.name, {})
        return {name: given.get(name, argument) for name, argument in plan.arguments.items()}

    def configure(self, plan: Plan, name: str, argument: str) -> bool:
        """Compute a field with another argument from now on, anew for all UVEs; whether that can be."""
        derived = next((each for each in plan.derived if each.field.name == name), None)
        if derived is None:
            return False
        try:
            fresh(derived.formula.algorithm, argument)
        except ValueError as error:
            _log.warning("%s.%s keeps its argument: %s", plan.name, name, error)
            return False
        if argument != self.arguments(plan)[name]:
            self._arguments.setdefault(plan.name, {})[name] = argument
            for states in self._states.values():
                known = states.get(name)
                if known is not None and known.derived is derived:
                    del states[name]
        return True

    def forget(self, key: Key) -> None:
        """The UVE is gone."""
        self._states.pop(key, None)

    def _results(self, message: UveMessage, plan: Plan, wanted: Iterable[Derived]) -> dict[str, Any]:
        states = self._states.get(key_of(message), {})
        results: dict[str, Any] = {}
        for derived in wanted:
            state = states.get(derived.field.name)
            if state is not None:
                with self._guarded(plan, derived):
                    staging = state.staging() if derived.is_wrapped and not derived.formula.pre else {}
                    if found := as_field(derived, state.results(), staging):
                        results[derived.field.attribute] = found
        return results

    def _state(self, key: Key, plan: Plan, derived: Derived) -> FieldState:
        states = self._states.get(key)
        if states is None:
            if len(self._states) >= self._max_uves:
                self._states.popitem(last=False)
            states = self._states[key] = {}
        self._states.move_to_end(key)
        name = derived.field.name
        if name not in states:
            given = self._arguments.get(plan.name, {})
            states[name] = FieldState(derived, given.get(name, derived.formula.argument))
        return states[name]

    @contextmanager
    def _guarded(self, plan: Plan, derived: Derived) -> Iterator[None]:
        """Values are the program's and not yet checked, so that any arithmetic with them may fail."""
        try:
            yield
        except (TypeError, ValueError, ArithmeticError) as error:
            self._fault(plan, derived.field.name, str(error))

    def _fault(self, plan: Plan, name: str, problem: str) -> None:
        fault = f"{plan.name}.{name}"
        if not self.faults[fault]:
            _log.warning("%s is not computed: %s", fault, problem)
        self.faults[fault] += 1


def _plan(message: UveMessage) -> Plan | None:
    """The plan of its data, if there is anything to do about it."""
    data = _data(message)
    if data is None:
        return None
    plan = plan_of(type(data))
    return plan if plan.derived or plan.hidden or plan.faults else None


def _data(message: UveMessage) -> Any:
    return getattr(message, "data", None)


def _of(message: UveMessage, data: Any) -> UveMessage:
    whole: Any = type(message)
    changed: UveMessage = whole(data=data, table=message.table)
    return changed


def _with(message: UveMessage, results: Mapping[str, Any], *, without: Iterable[str] = ()) -> UveMessage:
    data = copy(_data(message))
    for name, value in results.items():
        setattr(data, name, value)
    for name in without:
        setattr(data, name, None)
    return _of(message, data)
