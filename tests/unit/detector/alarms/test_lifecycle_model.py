"""The life of an alarm against a model that knows no phases."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from satark.detector.alarms.instance import AlarmEvent, Change, Reason
from satark.detector.alarms.lifecycle import Lifecycle
from satark.uve.alarms import AlarmState, Phase
from tests.unit.detector.alarms import worlds
from tests.unit.detector.alarms.worlds import CLEAR, KEY, at, holding

DELAYS = st.sampled_from([0, 1, 3])
GAPS = st.integers(0, 5)


@dataclass
class Model:
    """An alarm told as its past: since when it holds or not, whether it is shown, and when it began."""

    activate_s: int
    clear_s: int
    times: int
    within_s: int
    holds: bool = False
    changed: int = 0
    shown: bool = False
    begun: list[int] = field(default_factory=list)

    def pass_to(self, now: int) -> list[Change]:
        """Let time go by, or back, and return what is told."""
        self.changed = min(self.changed, now)
        self.begun = [min(one, now) for one in self.begun if now - one < self.within_s]
        if self.holds and not self.shown and now - self.changed >= self.activate_s:
            self.shown = True
            return [Change.OPENED]
        if not self.holds and self.shown and now - self.changed >= self.clear_s:
            self.shown = False
            return [Change.RESOLVED]
        return []

    def look(self, now: int, *, holds: bool) -> list[Change]:
        """Evaluate the conditions and return what is told."""
        told = self.pass_to(now)
        if holds == self.holds:
            return told
        self.holds, self.changed = holds, now
        if holds and not self.shown:
            self.begun.append(now)
            if self.times and len(self.begun) >= self.times:
                self.shown = True
                return [*told, Change.OPENED]
        return told + self.pass_to(now)


class AlarmMachine(RuleBasedStateMachine):
    """Evaluations and silence, in any order, on a clock that mostly goes forward."""

    @initialize(activate_s=DELAYS, clear_s=DELAYS, times=st.sampled_from([0, 2, 3]), within_s=st.sampled_from([4, 20]))
    def begin(self, activate_s: int, clear_s: int, times: int, within_s: int) -> None:
        """Start with a rule of some patience."""
        flaps = {"flaps": worlds.flaps(times, within_s)} if times else {}
        self.life = Lifecycle(worlds.rule(activate_after_s=activate_s, clear_after_s=clear_s, **flaps), KEY)
        self.model = Model(activate_s, clear_s, times, within_s)
        self.state: AlarmState | None = None
        self.events: list[AlarmEvent] = []
        self.now = 0

    @rule(gap=GAPS, holds=st.booleans())
    def look(self, gap: int, holds: bool) -> None:
        """The conditions are evaluated."""
        self.now += gap
        self._compare(self.model.look(self.now, holds=holds), holds=holds)

    @rule(gap=GAPS)
    def wait(self, gap: int) -> None:
        """Time goes by."""
        self.now += gap
        self._compare(self.model.pass_to(self.now), holds=None)

    @precondition(lambda self: self.now > 0)
    @rule(gap=st.integers(1, 100))
    def go_back(self, gap: int) -> None:
        """The clock is set back."""
        self.now -= gap
        self._compare(self.model.pass_to(self.now), holds=None)

    def _compare(self, expected: list[Change], *, holds: bool | None) -> None:
        evaluation = None if holds is None else holding() if holds else CLEAR
        self.state, events = self.life.step(self.state, evaluation, at(self.now))
        self.events += events

        assert expected == [event.change for event in events]

    @invariant()
    def shown_is_shown(self) -> None:
        """An alarm is kept exactly while it is active or clearing."""
        shown = self.state is not None and self.state.alarm is not None

        assert shown == self.model.shown
        assert shown == (self.state is not None and self.state.phase in {Phase.ACTIVE, Phase.CLEARING})

    @invariant()
    def told_in_turn(self) -> None:
        """Opened and resolved take turns, their numbers count up from 0, and nothing ends before it begins."""
        changes = [event.change for event in self.events]

        assert changes == [Change.OPENED, Change.RESOLVED] * (len(changes) // 2) + [Change.OPENED] * (len(changes) % 2)
        assert [event.sequence for event in self.events] == [0, 1] * (len(changes) // 2) + [0] * (len(changes) % 2)
        assert all(event.ended is None or event.ended >= event.began for event in self.events)

    @invariant()
    def due_in_time(self) -> None:
        """What time will change is due in the future, and within the longest of the delays."""
        due = None if self.state is None else self.life.due_at(self.state)

        assert due is None or at(self.now) < due <= at(self.now + 20)


TestAlarmMachine = AlarmMachine.TestCase
TestAlarmMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


class TestLookingOften:
    @settings(deadline=None)
    @given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=12), DELAYS, DELAYS)
    def test_it_changes_nothing(self, looks: list[tuple[int, bool]], activate_s: int, clear_s: int) -> None:
        """Looking at the clock every second between the evaluations tells the same things, only sooner."""
        life = Lifecycle(worlds.rule(activate_after_s=activate_s, clear_after_s=clear_s), KEY)
        told: list[list[tuple[Change, Reason, int]]] = []
        for every_second in (False, True):
            state, now = None, 0
            events: list[AlarmEvent] = []
            for gap, holds in looks:
                for second in range(now + 1, now + gap) if every_second else ():
                    state, more = life.step(state, None, at(second))
                    events += more
                now += gap
                state, more = life.step(state, holding() if holds else CLEAR, at(now))
                events += more
            told.append([(event.change, event.reason, event.sequence) for event in events])

        assert told[0] == told[1]
