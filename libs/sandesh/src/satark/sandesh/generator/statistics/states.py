"""What is remembered for one derived field of one UVE: a state for each key of a map, or one under the key None."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from satark.sandesh.generator.statistics.algorithms import Algorithm, fresh
from satark.sandesh.generator.statistics.arithmetic import Sample, minus
from satark.sandesh.generator.statistics.plans import Derived

MAX_KEYS = 10_000
MapKey: TypeAlias = Any


class FieldState:
    """States by key; where there are `MAX_KEYS` keys, the one that came first is forgotten for a new one.

    `running` gathers the samples of the present period, or all of them without periods; `finished` are the results of
    the last period that had samples of its key.
    """

    def __init__(self, derived: Derived, argument: str) -> None:
        self.derived = derived
        self._argument = argument
        self._previous: dict[MapKey, Sample] = {}
        self._running: dict[MapKey, Algorithm] = {}
        self._outer: dict[MapKey, Algorithm] = {}
        self._finished: dict[MapKey, Any] = {}
        self._leaving: set[MapKey] = set()

    def take(self, value: Any, now_s: float) -> bool:
        """The source's value; whether a key has left. Without periods its statistic ends at once, else with the period."""
        left = False
        for key, element in self._elements(value):
            if self.derived.differences and getattr(element, "deleted", None):
                left = True
                self._leave(key, element, now_s)
            else:
                self._take(key, element, now_s)
        return left

    def due(self) -> dict[MapKey, Any]:
        """The results that are worth sending with an update."""
        return {key: state.result for key, state in self._running.items() if state.due}

    def results(self) -> dict[MapKey, Any]:
        """All results of the samples so far, or for periodic ones of the last period."""
        if self.derived.periods:
            return self._finished
        return {key: state.result for key, state in self._running.items() if state.valid}

    def staging(self) -> dict[MapKey, Any]:
        """The results of the running period."""
        return {key: state.result for key, state in self._running.items() if state.valid}

    def finish(self, now_s: float) -> dict[MapKey, Any]:
        """End the period: its results. The next one begins without samples, but `pre` alone starts anew for its own."""
        if self.derived.formula.pre:
            self._feed(now_s)
            self._finished = {key: state.result for key, state in self._outer.items() if state.valid}
        else:
            self._finished = self.staging()
        self._running.clear()
        for key in self._leaving:
            self._outer.pop(key, None)
            self._previous.pop(key, None)
        self._leaving.clear()
        return self._finished

    def _elements(self, value: Any) -> Iterator[tuple[MapKey, Any]]:
        if not self.derived.of_keys:
            yield None, value
        elif isinstance(value, dict):
            yield from value.items()

    def _take(self, key: MapKey, element: Any, now_s: float) -> None:
        sample = deepcopy(self._sample(element))
        if sample is None:
            return
        if self.derived.differences:
            _make_room(self._previous, key)
            before, self._previous[key] = self._previous.get(key), sample
            sample = sample if before is None else minus(sample, before)
        state = self._running.get(key)
        if state is None:
            _make_room(self._running, key)
            formula = self.derived.formula
            state = fresh(formula.pre) if formula.pre else fresh(formula.algorithm, self._argument)
            self._running[key] = state
        state.take(sample, now_s)

    def _leave(self, key: MapKey, element: Any, now_s: float) -> None:
        if self.derived.periods:
            self._take(key, element, now_s)
            self._leaving.add(key)
        else:
            self._previous.pop(key, None)
            self._running.pop(key, None)

    def _feed(self, now_s: float) -> None:
        """The results of the period as samples; a sum of no samples is 0, anything else of none is no sample."""
        formula = self.derived.formula
        for key in {**self._outer, **self._running}:
            state = self._running.get(key)
            if state is None and formula.pre != "DSSum":
                continue
            if key not in self._outer:
                _make_room(self._outer, key)
                self._outer[key] = fresh(formula.algorithm, self._argument)
            if state is None:
                self._outer[key].take(0, now_s)
            elif state.valid:
                self._outer[key].take(state.result, now_s)

    def _sample(self, element: Any) -> Sample:
        for name in self.derived.members:
            element = getattr(element, name, None)
        return element


def _make_room(states: dict[MapKey, Any], key: MapKey) -> None:
    if key not in states and len(states) >= MAX_KEYS:
        del states[next(iter(states))]
