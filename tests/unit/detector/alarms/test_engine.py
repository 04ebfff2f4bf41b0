from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.alarms.engine import AlarmEngine, Finding, Step
from satark.detector.alarms.instance import Change, Reason
from satark.detector.alarms.lifecycle import Answer
from satark.detector.alarms.model import AlarmRule
from satark.uve.alarms import AlarmState, ObjectAlarms, Phase
from tests.unit.detector.alarms.worlds import KEY, OBJECTS, START, VALUES, at, condition, rule

TYPE = "default-global-system-config:test"
HIGH, LOW = {"A": {"n": 9}}, {"A": {"n": 1}}


def told(step: Step) -> list[tuple[Change, Reason]]:
    """Return what was told."""
    return [(event.change, event.reason) for event in step.events]


def alarmed(*rules: AlarmRule) -> ObjectAlarms:
    """Return an object with an alarm that is set."""
    state = AlarmEngine(rules or (rule(),)).step(None, KEY, HIGH, START).state
    assert state is not None
    return state


class TestStep:
    def test_set_and_cleared(self) -> None:
        """An object's alarm is set and cleared, and then nothing is remembered of it."""
        engine = AlarmEngine([rule()])

        opened = engine.step(None, KEY, HIGH, START)
        resolved = engine.step(opened.state, KEY, LOW, at(1))

        assert [(Change.OPENED, Reason.CONDITIONS_HOLD)] == told(opened)
        assert [(Change.RESOLVED, Reason.CONDITIONS_OVER)] == told(resolved)
        assert resolved.state is None

    def test_only_what_is_watched(self) -> None:
        """Objects of other tables, and rules that are off, raise nothing."""
        assert Step(None) == AlarmEngine([rule()]).step(None, "ObjectVNTable:x", HIGH, START)
        assert Step(None) == AlarmEngine([rule(enabled=False)]).step(None, KEY, HIGH, START)

    def test_several_rules(self) -> None:
        """Each rule has an alarm of its own."""
        engine = AlarmEngine([rule(), rule(name="other"), rule([condition("B", "==", None)], name="third")])

        events = engine.step(None, KEY, HIGH, START).events

        assert ["test", "other", "third"] == [event.alarm.type.rpartition(":")[2] for event in events]


class TestWithdrawn:
    def test_object_gone(self) -> None:
        """An object that is gone, or of which only its alarms are left, has no alarm."""
        nothing: list[dict[str, Any] | None] = [None, {}, {"UVEAlarms": {"alarms": []}}]

        for uve in nothing:
            step = AlarmEngine([rule()]).step(alarmed(), KEY, uve, at(1))

            assert [(Change.RESOLVED, Reason.OBJECT_GONE)] == told(step)
            assert step.state is None

    def test_reload(self) -> None:
        """A rule that is removed, switched off or no longer about the object withdraws its alarm."""
        reloads = {
            Reason.RULE_REMOVED: [rule(name="other", uve_keys=["prouter"])],
            Reason.RULE_DISABLED: [rule(enabled=False)],
            Reason.OUT_OF_SCOPE: [rule(uve_keys=["vrouter:node8"])],
        }

        for reason, rules in reloads.items():
            assert [(Change.RESOLVED, reason)] == told(AlarmEngine(rules).step(alarmed(), KEY, HIGH, at(1)))

    def test_an_unchanged_rule_goes_on(self) -> None:
        """A reload that does not touch a rule tells nothing of its alarm."""
        state = alarmed()

        assert Step(state) == AlarmEngine([rule()]).step(state, KEY, HIGH, at(1))


class TestFindings:
    def test_began_and_over(self) -> None:
        """What cannot be evaluated is found once, is no alarm, and is told when it is over."""
        engine = AlarmEngine([rule()])

        first = engine.step(None, KEY, {"A": {"n": "abc"}}, START)
        again = engine.step(first.state, KEY, {"A": {"n": "abc"}}, at(1))
        over = engine.step(again.state, KEY, LOW, at(2))

        assert (Finding(TYPE, KEY, ("A.n: > cannot compare a text with a number",)),) == first.findings
        assert ((), ()) == (first.events, again.findings)
        assert (Finding(TYPE, KEY, ()),) == over.findings
        assert over.state is None


class TestChanged:
    RULES = (
        rule([condition("a.b", "!=", 1)]),
        rule([condition("b", "==", None)], name="other", activate_after_s=3),
        rule([condition("c", ">", 1, variables=["a.a"])], name="third"),
    )

    @settings(deadline=None)
    @given(st.lists(st.tuples(st.sampled_from("abc"), VALUES), max_size=6))
    def test_it_only_saves_work(self, updates: list[tuple[str, Any]]) -> None:
        """To look only at the rules that read what changed gives what looking at all of them gives."""
        engine = AlarmEngine(self.RULES)
        uve: dict[str, Any] = {"a": 0}
        all_of_it = sparing = engine.step(None, KEY, uve, START)
        for second, (struct, value) in enumerate(updates, 1):
            uve = uve | {struct: value}

            all_of_it = engine.step(all_of_it.state, KEY, uve, at(second))
            sparing = engine.step(sparing.state, KEY, uve, at(second), {struct})

            assert all_of_it == sparing


class TestTime:
    PATIENT = rule(activate_after_s=5)

    def test_tick(self) -> None:
        """Time alone sets an alarm that was soaking, at the time that was told before."""
        engine = AlarmEngine([self.PATIENT])
        state = engine.step(None, KEY, HIGH, START).state or ObjectAlarms()

        assert at(5) == engine.due_at(state, KEY)
        step = engine.tick(state, KEY, at(5))
        assert [(Change.OPENED, Reason.CONDITIONS_HOLD)] == told(step)
        assert engine.due_at(step.state or ObjectAlarms(), KEY) is None

    def test_tick_of_the_last(self) -> None:
        """Of an alarm that time has cleared nothing is left."""
        engine = AlarmEngine([rule(clear_after_s=5)])
        state = engine.step(alarmed(rule(clear_after_s=5)), KEY, LOW, START).state or ObjectAlarms()

        assert engine.tick(state, KEY, at(5)).state is None

    def test_a_rule_that_is_gone(self) -> None:
        """An alarm whose rule is gone waits for the next look at its object."""
        state = alarmed(self.PATIENT)
        engine = AlarmEngine([])

        assert engine.due_at(state, KEY) is None
        assert Step(state) == engine.tick(state, KEY, at(9))


class TestAcknowledge:
    def test_done(self) -> None:
        """An alarm is acknowledged by its type and token."""
        state = alarmed()
        alarm = state.alarms[TYPE].alarm
        assert alarm is not None

        step, answer = AlarmEngine([rule()]).acknowledge(state, KEY, TYPE, alarm.token, at(1))

        assert (Answer.ACKNOWLEDGED, [(Change.UPDATED, Reason.ACKNOWLEDGED)]) == (answer, told(step))
        assert step.state is not None
        assert step.state.alarms[TYPE].phase is Phase.ACTIVE

    def test_not_there(self) -> None:
        """What has no alarm cannot be acknowledged."""
        engine = AlarmEngine([rule()])

        assert (Step(alarmed()), Answer.NOT_PRESENT) == engine.acknowledge(alarmed(), KEY, "other", "x", at(1))
        assert (Step(ObjectAlarms()), Answer.NOT_PRESENT) == engine.acknowledge(ObjectAlarms(), KEY, TYPE, "x", at(1))


class TestAnything:
    @settings(deadline=None)
    @given(st.lists(st.tuples(OBJECTS | st.none(), st.integers(-100, 100)), max_size=6))
    def test_each_alarm_in_turn(self, looks: list[tuple[dict[str, Any] | None, int]]) -> None:
        """Whatever objects and times come, nothing is raised, and each alarm is opened and resolved in turn."""
        engine = AlarmEngine([rule([condition("a.b", "!=", 1)]), rule([condition("b.*", ">", 1)], name="other")])
        state: ObjectAlarms | None = None
        shown: set[str] = set()
        for uve, seconds in looks:
            step = engine.step(state, KEY, uve, at(seconds))
            state = step.state
            for event in step.events:
                assert (event.change is Change.OPENED) == (event.alarm.type not in shown)
                shown ^= {event.alarm.type} if event.change is not Change.UPDATED else set()

        alarms = {} if state is None else state.alarms
        assert shown == {kind for kind, one in alarms.items() if isinstance(one, AlarmState) and one.alarm}
