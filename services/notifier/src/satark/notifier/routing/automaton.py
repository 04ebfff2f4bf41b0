"""Finite automata: whether a text is as an expression has it, in time linear in the text. Pure.

Thompson's construction, simulated as a set of states: no expression makes it go back, so none takes longer than states
times characters, whatever text comes from outside. A number of states is bounded when it is built.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

MAX_STATES = 1000
MAX_TEXT_CHARS = 4096
"""What is longer than any label never matches."""

MAX_ANSWERS_KEPT = 65_536

Test = Callable[[str], bool]


class Edge(Enum):
    """States that read no character: a fork, both ends of the text, and the end of the expression."""

    FORK = "fork"
    BEGIN = "begin"
    END = "end"
    DONE = "done"


@dataclass(slots=True, eq=False)
class Automaton:
    """States by number: what each takes, and where it leads. Built from its end to its beginning."""

    _takes: list[Test | Edge] = field(default_factory=list)
    _leads: list[tuple[int, ...]] = field(default_factory=list)
    _first: int = 0

    def add(self, takes: Test | Edge, *leads: int) -> int:
        """Return the number of a new state. Raises ValueError for too many."""
        if len(self._takes) >= MAX_STATES:
            raise ValueError(f"it stands for more than {MAX_STATES} characters")
        self._takes.append(takes)
        self._leads.append(leads)
        self._first = len(self._takes) - 1
        return self._first

    def lead(self, state: int, *leads: int) -> None:
        """Say where a state leads that was added before what it leads to."""
        self._leads[state] = leads

    def begin(self, state: int) -> None:
        """Say where to begin."""
        self._first = state

    def takes(self, text: str) -> bool:
        """Return whether the whole text is as the expression has it."""
        return len(text) <= MAX_TEXT_CHARS and _answer(self, text)

    def run(self, text: str) -> bool:
        """Do so without remembering."""
        now = self._reach([self._first], 0, len(text))
        for index, character in enumerate(text, 1):
            if not now:
                return False
            taken = [lead for state in now if self._reads(state, character) for lead in self._leads[state]]
            now = self._reach(taken, index, len(text))
        return any(self._takes[state] is Edge.DONE for state in now)

    def _reads(self, state: int, character: str) -> bool:
        takes = self._takes[state]
        return not isinstance(takes, Edge) and takes(character)

    def _reach(self, states: Iterable[int], index: int, length: int) -> set[int]:
        """Return the states and all that they lead to without a character."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in found or not self._lets_through(self._takes[state], index, length):
                continue
            found.add(state)
            if isinstance(self._takes[state], Edge):
                waiting.extend(self._leads[state])
        return found

    @staticmethod
    def _lets_through(takes: Test | Edge, index: int, length: int) -> bool:
        return not ((takes is Edge.BEGIN and index > 0) or (takes is Edge.END and index < length))


@lru_cache(maxsize=MAX_ANSWERS_KEPT)
def _answer(automaton: Automaton, text: str) -> bool:
    return automaton.run(text)
