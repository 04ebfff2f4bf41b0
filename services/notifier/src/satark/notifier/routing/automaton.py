"""Finite automata: whether a text is as an expression has it, in time linear in the text. Pure.

Thompson's construction, simulated as a set of states: no expression makes it go back, so none takes longer than states
times characters, whatever text comes from outside. Steps that were taken are remembered, within bounds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

MAX_STATES = 1000
MAX_TEXT_CHARS = 4096
"""What is longer than any label never matches."""

MAX_STEPS_KEPT = 1024

Test = Callable[[str], bool]
States = frozenset[int]


class Edge(Enum):
    """States that read no character: a fork, both ends of the text, and the end of the expression."""

    FORK = "fork"
    BEGIN = "begin"
    END = "end"
    DONE = "done"


_INNER = frozenset({Edge.FORK})
"""The edges that may be taken between two characters."""


@dataclass(slots=True, eq=False)
class Automaton:
    """States by number: what each takes, and where it leads. Built from its end to its beginning."""

    _takes: list[Test | Edge] = field(default_factory=list)
    _leads: list[tuple[int, ...]] = field(default_factory=list)
    _steps: dict[tuple[States, str], States] = field(default_factory=dict)
    _begin: States = frozenset()

    def add(self, takes: Test | Edge, *leads: int) -> int:
        """Return the number of a new state. Raises ValueError for too many."""
        if len(self._takes) >= MAX_STATES:
            raise ValueError(f"it stands for more than {MAX_STATES} characters")
        self._takes.append(takes)
        self._leads.append(leads)
        return len(self._takes) - 1

    def lead(self, state: int, *leads: int) -> None:
        """Say where a state leads that was added before what it leads to."""
        self._leads[state] = leads

    def begin(self, state: int) -> None:
        """Say where to begin, once all states are there."""
        self._begin = self._reach([state], _INNER | {Edge.BEGIN})

    def takes(self, text: str) -> bool:
        """Return whether the whole text is as the expression has it."""
        if len(text) > MAX_TEXT_CHARS:
            return False
        now = self._begin
        for character in text:
            now = self._step(now, character)
            if not now:
                return False
        ends = self._reach(now, _INNER | ({Edge.END} if text else {Edge.BEGIN, Edge.END}))
        return any(self._takes[state] is Edge.DONE for state in ends)

    def _step(self, now: States, character: str) -> States:
        """Return the states after a character."""
        found = self._steps.get((now, character))
        if found is None:
            taken = [lead for state in now if self._reads(state, character) for lead in self._leads[state]]
            found = self._reach(taken, _INNER)
            if len(self._steps) >= MAX_STEPS_KEPT:
                self._steps.clear()
            self._steps[now, character] = found
        return found

    def _reads(self, state: int, character: str) -> bool:
        takes = self._takes[state]
        return not isinstance(takes, Edge) and takes(character)

    def _reach(self, states: Iterable[int], edges: frozenset[Edge]) -> States:
        """Return the states and all that they lead to over these edges."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                if self._takes[state] in edges:
                    waiting.extend(self._leads[state])
        return frozenset(found)
