"""The alarms of a partition's objects: looked for when something changed, and when time alone changes them."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from satark.detector.alarms.engine import AlarmEngine, Finding, Step
from satark.detector.alarms.incidents import view_of
from satark.detector.alarms.instance import AlarmEvent
from satark.detector.alarms.lifecycle import Answer
from satark.schemas.alarms import AlarmView
from satark.uve import views
from satark.uve.alarms import ObjectAlarms
from satark.uve.filters import Filters
from satark.uve.uve import Uve

MAX_IDLE = 1_000
_NOTHING = ObjectAlarms()


class Watch:
    """The engine with the alarms' states by object, and when each is due next.

    What happens is kept until it is taken: `events` and `findings` in their order, `touched` the objects whose state is
    another, `shown` those whose alarms look different.
    """

    def __init__(self, engine: AlarmEngine, states: Mapping[str, ObjectAlarms] | None = None) -> None:
        self.engine = engine
        self.states = dict(states or {})
        self.events: list[AlarmEvent] = []
        self.findings: list[Finding] = []
        self.touched: set[str] = set()
        self.shown: set[str] = set()
        self._due: list[tuple[datetime, str]] = []
        for key in self.states:
            self._wait(key)

    def look(self, key: str, uve: Uve | None, now: datetime, changed: AbstractSet[str] | None = None) -> None:
        """Look at an object of which these structs changed (None: any); without one it is gone."""
        reads = self.engine.reads(key)
        state = self.states.get(key)
        if reads is None and state is None:
            return
        if uve is None or not uve.exists:
            if state is not None:
                self._take(key, self.engine.step(state, key, None, now))
        elif changed is None or reads is None or not reads.isdisjoint(changed):
            self._take(key, self.engine.step(state, key, _flat(uve, reads or frozenset()), now, changed))

    def tick(self, now: datetime) -> None:
        """Let time go by: what was due happens at the time that it was due."""
        while self._due and self._due[0][0] <= now:
            due, key = heappop(self._due)
            state = self.states.get(key)
            if state is not None and self.engine.due_at(state, key) == due:
                self._take(key, self.engine.tick(state, key, due))

    def acknowledge(self, key: str, kind: str, token: str, now: datetime) -> Answer:
        """Acknowledge the alarm of a type, as it was when it had the token."""
        step, answer = self.engine.acknowledge(self.states.get(key, _NOTHING), key, kind, token, now)
        if step.events:
            self._take(key, step)
        return answer

    def reload(self, engine: AlarmEngine, objects: Iterable[tuple[str, Uve]], now: datetime) -> None:
        """Go on by other rules: each object is looked at anew."""
        self.engine = engine
        gone = set(self.states)
        for key, uve in objects:
            gone.discard(key)
            self.look(key, uve, now)
        for key in sorted(gone):
            self.look(key, None, now)
        self._due = []
        for key in self.states:
            self._wait(key)

    def views(self, key: str) -> tuple[AlarmView, ...]:
        """Return the alarms of an object that are set, by type."""
        state = self.states.get(key)
        if state is None:
            return ()
        alarms = (state.alarms[kind].alarm for kind in sorted(state.alarms))
        return tuple(view_of(alarm) for alarm in alarms if alarm is not None)

    def _take(self, key: str, step: Step) -> None:
        before = self.states.get(key)
        if step.state is None:
            self.states.pop(key, None)
        else:
            self.states[key] = step.state
        self.events += step.events
        self.findings += step.findings
        if step.events:
            self.shown.add(key)
        if before != step.state:
            self.touched.add(key)
            self._wait(key)

    def _wait(self, key: str) -> None:
        """Note when an object is due. Times that came to nothing stay until they are due, or until they are many."""
        due = self._due_at(key)
        if due is not None:
            heappush(self._due, (due, key))
        if len(self._due) > 2 * len(self.states) + MAX_IDLE:
            known = ((self._due_at(each), each) for each in self.states)
            self._due = [(time, each) for time, each in known if time is not None]
            heapify(self._due)

    def _due_at(self, key: str) -> datetime | None:
        state = self.states.get(key)
        return None if state is None else self.engine.due_at(state, key)


def _flat(uve: Uve, reads: AbstractSet[str]) -> dict[str, Any]:
    """Return the structs that the rules read as they are shown, and of the others that they are there."""
    there: dict[str, Any] = {struct: {} for struct, part in uve.parts.items() if part.shares}
    return there | views.flat(uve, Filters(content={struct: frozenset() for struct in reads if struct in there}))
