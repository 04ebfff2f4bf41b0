from datetime import timedelta

import pytest

from satark.detector.alarms.instance import AlarmEvent, Change, Reason, micros
from satark.detector.alarms.lifecycle import Answer, Lifecycle, withdraw
from satark.detector.alarms.rules import Evaluation
from satark.uve.alarms import AlarmState, Phase
from tests.unit.detector.alarms.worlds import CLEAR, KEY, START, at, flaps, holding, rule

AT_ONCE = Lifecycle(rule(), KEY)
PATIENT = Lifecycle(rule(activate_after_s=5, clear_after_s=10), KEY)
HOLDS = holding()


class Alarmed:
    """An alarm that is stepped through time."""

    def __init__(self, life: Lifecycle) -> None:
        self.life = life
        self.state: AlarmState | None = None

    def step(self, seconds: float, evaluation: Evaluation | None = None) -> list[tuple[Change, Reason]]:
        """Step to a time and return what was told."""
        return [(event.change, event.reason) for event in self.events(seconds, evaluation)]

    def events(self, seconds: float, evaluation: Evaluation | None = None) -> tuple[AlarmEvent, ...]:
        """Step to a time and return the events."""
        self.state, events = self.life.step(self.state, evaluation, at(seconds))
        return events

    @property
    def phase(self) -> Phase:
        """Where the alarm is."""
        return self.state.phase if self.state else Phase.IDLE


OPENED = [(Change.OPENED, Reason.CONDITIONS_HOLD)]
RESOLVED = [(Change.RESOLVED, Reason.CONDITIONS_OVER)]


class TestAtOnce:
    def test_set_and_cleared(self) -> None:
        """Without delays an alarm is set and cleared with its conditions, and then nothing is remembered."""
        alarm = Alarmed(AT_ONCE)

        assert OPENED == alarm.step(0, HOLDS)
        assert [] == alarm.step(1, HOLDS)
        assert RESOLVED == alarm.step(2, CLEAR)
        assert alarm.state is None

    def test_what_is_shown(self) -> None:
        """An alarm that is set shows the rule's type, severity and text, the matches and when it was set."""
        (event,) = Alarmed(AT_ONCE).events(3, HOLDS)

        assert (KEY, 0, at(3), at(3), None) == (event.key, event.sequence, event.began, event.time, event.ended)
        assert ("default-global-system-config:test", 1, False) == (
            event.alarm.type,
            event.alarm.severity,
            event.alarm.ack,
        )
        assert event.alarm.timestamp == micros(START) + 3_000_000
        assert event.alarm.alarm_rules == HOLDS.matched

    def test_nothing_holds(self) -> None:
        """While nothing holds there is nothing to remember."""
        assert (None, ()) == AT_ONCE.step(None, CLEAR, START)


class TestSoaking:
    def test_a_blip_is_not_shown(self) -> None:
        """Conditions that hold shorter than the delay set no alarm."""
        alarm = Alarmed(PATIENT)

        assert [] == alarm.step(0, HOLDS) + alarm.step(3, CLEAR) + alarm.step(8) + alarm.step(8, HOLDS)

    def test_set_by_time_alone(self) -> None:
        """The delay being over sets the alarm with the details known by then; it began when the conditions did."""
        alarm = Alarmed(PATIENT)
        alarm.step(0, HOLDS)
        alarm.step(4, holding(2))

        (event,) = alarm.events(5)

        assert (Reason.CONDITIONS_HOLD, at(0), at(5)) == (event.reason, event.began, event.time)
        assert event.alarm.alarm_rules == holding(2).matched

    def test_clearing(self) -> None:
        """A cleared alarm stays shown for the delay and goes with the time at which its conditions were over."""
        alarm = Alarmed(Lifecycle(rule(clear_after_s=10), KEY))
        alarm.step(0, HOLDS)

        assert [] == alarm.step(20, CLEAR) + alarm.step(29.9)
        assert alarm.phase is Phase.CLEARING
        (event,) = alarm.events(31)
        assert (Change.RESOLVED, at(20), at(31), 1) == (event.change, event.ended, event.time, event.sequence)

    def test_back_while_clearing(self) -> None:
        """Conditions that hold again while it clears keep the alarm as it is, or update it."""
        alarm = Alarmed(Lifecycle(rule(clear_after_s=10), KEY))
        alarm.step(0, HOLDS)

        assert [] == alarm.step(20, CLEAR) + alarm.step(25, HOLDS) + alarm.step(60)
        assert [] == alarm.step(61, CLEAR)
        assert [(Change.UPDATED, Reason.DETAILS_CHANGED)] == alarm.step(62, holding(2))

    def test_both_in_one_look(self) -> None:
        """Who looks late is told what was due in between, then what is now."""
        alarm = Alarmed(PATIENT)
        alarm.step(0, HOLDS)

        assert OPENED == alarm.step(100, CLEAR)
        assert alarm.phase is Phase.CLEARING

    def test_due(self) -> None:
        """Each phase that time ends says when."""
        alarm = Alarmed(PATIENT)

        due = []
        for seconds, evaluation in [(0, HOLDS), (5, None), (7, CLEAR)]:
            alarm.step(seconds, evaluation)
            due.append(PATIENT.due_at(alarm.state or AlarmState()))

        assert [at(5), None, at(17)] == due


class TestTimeGoingBack:
    def test_a_timer_starts_again(self) -> None:
        """A clock that goes back an hour delays an alarm by its own delay, not by an hour."""
        alarm = Alarmed(PATIENT)
        alarm.step(0, HOLDS)

        assert [] == alarm.step(-3600)
        assert OPENED == alarm.step(-3595)

    def test_timestamps_do_not(self) -> None:
        """A change after the clock went back has another token and no earlier timestamp."""
        alarm = Alarmed(AT_ONCE)
        (first,) = alarm.events(0, HOLDS)

        (second,) = alarm.events(-60, holding(2))

        assert second.alarm.timestamp == first.alarm.timestamp
        assert second.alarm.token != first.alarm.token
        assert second.began == first.began

    def test_no_negative_life(self) -> None:
        """An alarm never ends before it began."""
        alarm = Alarmed(AT_ONCE)
        alarm.step(0, HOLDS)

        (event,) = alarm.events(-60, CLEAR)

        assert event.began == event.ended == at(0)


class TestFlaps:
    LIFE = Lifecycle(rule(activate_after_s=5, flaps=flaps(3, 60)), KEY)

    def test_fast_flaps_fire(self) -> None:
        """The third beginning within the window sets the alarm at once."""
        alarm = Alarmed(self.LIFE)
        for start in (0, 10):
            assert [] == alarm.step(start, HOLDS) + alarm.step(start + 1, CLEAR)

        assert [(Change.OPENED, Reason.FLAPPING)] == alarm.step(20, HOLDS)

    def test_slow_flaps_do_not(self) -> None:
        """Beginnings that are further apart than the window never fire."""
        alarm = Alarmed(self.LIFE)

        for start in range(0, 1000, 30):
            assert [] == alarm.step(start, HOLDS) + alarm.step(start + 1, CLEAR)

    def test_forgotten(self) -> None:
        """Beginnings are remembered as long as they count, and then nothing is left."""
        alarm = Alarmed(self.LIFE)
        alarm.step(0, HOLDS)
        alarm.step(1, CLEAR)

        assert self.LIFE.due_at(alarm.state or AlarmState()) == at(60)
        alarm.step(59.9)
        assert alarm.state is not None
        alarm.step(60)
        assert alarm.state is None

    def test_not_recent_again(self) -> None:
        """A clock that goes back makes no beginning count that had been forgotten."""
        alarm = Alarmed(Lifecycle(rule(flaps=flaps(2, 60), clear_after_s=500), KEY))
        alarm.step(0, HOLDS)
        alarm.step(60)

        alarm.step(30)

        assert alarm.state is not None
        assert alarm.state.sets == ()

    def test_bounded(self) -> None:
        """No more beginnings are remembered than fire."""
        alarm = Alarmed(Lifecycle(rule(flaps=flaps(2, 600)), KEY))

        for start in range(100):
            alarm.step(start, HOLDS)
            alarm.step(start, CLEAR)
            assert alarm.state is not None
            assert len(alarm.state.sets) <= 2


class TestUpdates:
    @pytest.mark.parametrize(
        ("operation", "before", "after", "is_told"),
        [
            (">=", holding(6, ">="), holding(7, ">="), False),
            (">=", holding(6, ">=", v=1), holding(6, ">=", v=2), True),
            ("range", holding(6, "range"), holding(7, "range"), False),
            ("!=", holding(6, "!="), holding(7, "!="), True),
            ("==", holding(6, v=1), holding(6, v=2), True),
            ("==", holding(6, v=1), holding(6, v=1), False),
        ],
    )
    def test_what_is_a_change(self, operation: str, before: Evaluation, after: Evaluation, is_told: bool) -> None:
        """A moving number alone is no change where the operation is about one; other details are."""
        alarm = Alarmed(AT_ONCE)
        alarm.step(0, before)

        assert ([(Change.UPDATED, Reason.DETAILS_CHANGED)] if is_told else []) == alarm.step(1, after), operation

    def test_a_changed_rule(self) -> None:
        """A reloaded rule with another severity updates the alarm."""
        alarm = Alarmed(AT_ONCE)
        alarm.step(0, HOLDS)
        alarm.life = Lifecycle(rule(severity="critical"), KEY)

        (event,) = alarm.events(1, HOLDS)

        assert (Reason.RULE_CHANGED, 0) == (event.reason, event.alarm.severity)


class TestAcknowledge:
    def test_until_the_next_change(self) -> None:
        """An acknowledgement is told, and cleared by the next change."""
        alarm = Alarmed(AT_ONCE)
        (opened,) = alarm.events(0, HOLDS)

        (alarm.state, (event,)), answer = AT_ONCE.acknowledge(alarm.state, opened.alarm.token, at(1))

        assert (Answer.ACKNOWLEDGED, Reason.ACKNOWLEDGED, True, 1) == (
            answer,
            event.reason,
            event.alarm.ack,
            event.sequence,
        )
        assert [] == alarm.step(2, HOLDS)
        (changed,) = alarm.events(3, holding(2))
        assert (False, 2) == (changed.alarm.ack, changed.sequence)

    def test_a_stale_view(self) -> None:
        """Who has not seen the last change cannot acknowledge it."""
        alarm = Alarmed(AT_ONCE)
        (opened,) = alarm.events(0, HOLDS)
        alarm.step(1, holding(2))

        (state, events), answer = AT_ONCE.acknowledge(alarm.state, opened.alarm.token, at(2))

        assert (alarm.state, (), Answer.STALE) == (state, events, answer)

    def test_again(self) -> None:
        """To acknowledge twice is told as done and changes nothing."""
        alarm = Alarmed(AT_ONCE)
        (opened,) = alarm.events(0, HOLDS)
        (state, _), _ = AT_ONCE.acknowledge(alarm.state, opened.alarm.token, at(1))

        assert ((state, ()), Answer.ALREADY) == AT_ONCE.acknowledge(state, opened.alarm.token, at(2))

    def test_nothing_there(self) -> None:
        """What is not shown cannot be acknowledged."""
        soaking = PATIENT.step(None, HOLDS, START)[0]

        assert ((soaking, ()), Answer.NOT_PRESENT) == PATIENT.acknowledge(soaking, "", START)
        assert ((None, ()), Answer.NOT_PRESENT) == PATIENT.acknowledge(None, "", START)


class TestWithdraw:
    def test_shown(self) -> None:
        """An alarm that is withdrawn is resolved with the reason."""
        state, _ = AT_ONCE.step(None, HOLDS, START)

        (event,) = withdraw(state or AlarmState(), KEY, Reason.RULE_REMOVED, START + timedelta(seconds=9))

        assert (Change.RESOLVED, Reason.RULE_REMOVED, at(9), 1) == (
            event.change,
            event.reason,
            event.ended,
            event.sequence,
        )

    def test_not_shown(self) -> None:
        """Of an alarm that was not set nobody hears."""
        state, _ = PATIENT.step(None, HOLDS, START)

        assert withdraw(state or AlarmState(), KEY, Reason.OBJECT_GONE, START) == ()
