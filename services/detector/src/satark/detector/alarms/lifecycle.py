"""The life of an alarm: it soaks, is set, clears, is gone. Pure: state, evaluation and time in; state and events out.

Theory of operation. Timers first, then the evaluation: what was due before now happened before it, so that how often
somebody looks changes nothing but the time of telling. A clock that goes back starts the running timer again, at worst
one delay late, never for ever. Flap detection counts the beginnings of the recent past; the one that fires sets the
alarm at once, without soaking.

Source: analytics specification, 4.3 and 4.4, where the original's flap detection knows no time (target).
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec.structs import replace

from satark.detector.alarms.instance import AlarmEvent, Change, Reason, micros, moment, token_of
from satark.detector.alarms.matches import is_news
from satark.detector.alarms.model import AlarmRule
from satark.detector.alarms.rules import Evaluation
from satark.uve.alarms import Alarm, AlarmRules, AlarmState, Phase

Outcome = tuple[AlarmState | None, tuple[AlarmEvent, ...]]
"""The next state, None when nothing is to be remembered, and the events to publish in order."""

_Step = tuple[AlarmState, tuple[AlarmEvent, ...]]


class Answer(StrEnum):
    """What became of an acknowledgement."""

    ACKNOWLEDGED = "acknowledged"
    ALREADY = "already"
    NOT_PRESENT = "not_present"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The life of a rule's alarm at one object."""

    rule: AlarmRule
    key: str

    def step(self, state: AlarmState | None, evaluation: Evaluation | None, now: datetime) -> Outcome:
        """Return the alarm after an evaluation; None for one means that only time went by."""
        if state is None and (evaluation is None or not evaluation.holds):
            return None, ()
        us = micros(now)
        state = _not_ahead(state or AlarmState(), us)
        state, events = self._timers(state, us)
        if evaluation is not None:
            matched = evaluation.matched
            state, more = self._over(state, us) if matched is None else self._holding(state, matched, us)
            events += more
        return self._kept(state, us), events

    def due_at(self, state: AlarmState) -> datetime | None:
        """Return when time alone will change the state, None for never."""
        match state.phase:
            case Phase.SOAKING:
                return moment(state.since + self._activate_us)
            case Phase.CLEARING:
                return moment(state.since + self._clear_us)
            case Phase.IDLE if state.sets:
                return moment(state.sets[-1] + self._window_us)
        return None

    def acknowledge(self, state: AlarmState | None, token: str, now: datetime) -> tuple[Outcome, Answer]:
        """Return the alarm acknowledged until its next change, if the token is that of what is shown now."""
        if state is None or state.alarm is None:
            return (state, ()), Answer.NOT_PRESENT
        if token != state.alarm.token:
            return (state, ()), Answer.STALE
        if state.alarm.ack:
            return (state, ()), Answer.ALREADY
        alarm = replace(state.alarm, ack=True)
        following = replace(state, alarm=alarm, sequence=state.sequence + 1)
        event = _event(self.key, following, alarm, Change.UPDATED, Reason.ACKNOWLEDGED, micros(now))
        return (following, (event,)), Answer.ACKNOWLEDGED

    def _timers(self, state: AlarmState, us: int) -> _Step:
        if state.phase is Phase.SOAKING and us - state.since >= self._activate_us:
            return self._opened(state, Reason.CONDITIONS_HOLD, us)
        if state.phase is Phase.CLEARING and us - state.since >= self._clear_us:
            over = _resolved(state, self.key, Reason.CONDITIONS_OVER, us, ended=state.since)
            return AlarmState(since=us, sets=state.sets), over
        return state, ()

    def _holding(self, state: AlarmState, matched: AlarmRules, us: int) -> _Step:
        match state.phase:
            case Phase.IDLE:
                return self._begun(state, matched, us)
            case Phase.SOAKING:
                return replace(state, matched=matched), ()
        return self._shown(state, matched, us)

    def _over(self, state: AlarmState, us: int) -> _Step:
        match state.phase:
            case Phase.SOAKING:
                return replace(state, phase=Phase.IDLE, since=us, matched=None), ()
            case Phase.ACTIVE:
                return self._timers(replace(state, phase=Phase.CLEARING, since=us), us)
        return state, ()

    def _begun(self, state: AlarmState, matched: AlarmRules, us: int) -> _Step:
        sets = (*self._recent(state.sets, us), us) if self.rule.flaps else ()
        begun = replace(state, phase=Phase.SOAKING, since=us, began=us, sets=sets, matched=matched)
        if self.rule.flaps and len(sets) >= self.rule.flaps.times:
            return self._opened(begun, Reason.FLAPPING, us)
        return self._timers(begun, us)

    def _shown(self, state: AlarmState, matched: AlarmRules, us: int) -> _Step:
        """Return an alarm that is shown and whose conditions hold, with new details where they are news."""
        state = replace(state, phase=Phase.ACTIVE, since=us if state.phase is Phase.CLEARING else state.since)
        reason = self._news(state.alarm, matched)
        if reason is None:
            return state, ()
        return self._told(replace(state, matched=matched), Change.UPDATED, reason, us)

    def _opened(self, state: AlarmState, reason: Reason, us: int) -> _Step:
        return self._told(replace(state, phase=Phase.ACTIVE, since=us), Change.OPENED, reason, us)

    def _told(self, state: AlarmState, change: Change, reason: Reason, us: int) -> _Step:
        sequence = state.sequence + 1
        alarm = self._alarm(state, max(us, state.alarm.timestamp if state.alarm else us), sequence)
        following = replace(state, sequence=sequence, alarm=alarm, matched=None)
        return following, (_event(self.key, following, alarm, change, reason, us),)

    def _alarm(self, state: AlarmState, timestamp: int, sequence: int) -> Alarm:
        return Alarm(
            type=self.rule.type,
            severity=self.rule.severity.level,
            timestamp=timestamp,
            token=token_of(self.key, self.rule.type, timestamp, sequence),
            description=self.rule.description,
            alarm_rules=state.matched or AlarmRules(or_list=()),
        )

    def _news(self, alarm: Alarm | None, matched: AlarmRules) -> Reason | None:
        if alarm is None or is_news(alarm.alarm_rules, matched):
            return Reason.DETAILS_CHANGED
        is_same = (alarm.severity, alarm.description) == (self.rule.severity.level, self.rule.description)
        return None if is_same else Reason.RULE_CHANGED

    def _kept(self, state: AlarmState, us: int) -> AlarmState | None:
        """Return what must be remembered: of an idle alarm its recent beginnings, if there are any.

        What is too old is forgotten in every phase, so that a clock that goes back makes nothing recent again.
        """
        sets = self._recent(state.sets, us)
        if state.phase is Phase.IDLE:
            return AlarmState(since=state.since, sets=sets) if sets else None
        return state if sets == state.sets else replace(state, sets=sets)

    def _recent(self, sets: tuple[int, ...], us: int) -> tuple[int, ...]:
        if self.rule.flaps is None:
            return ()
        return tuple(one for one in sets if us - one < self._window_us)[-self.rule.flaps.times :]

    @property
    def _activate_us(self) -> int:
        return round(self.rule.activate_after_s * 1e6)

    @property
    def _clear_us(self) -> int:
        return round(self.rule.clear_after_s * 1e6)

    @property
    def _window_us(self) -> int:
        return round(self.rule.flaps.within_s * 1e6) if self.rule.flaps else 0


def withdraw(state: AlarmState, key: str, reason: Reason, now: datetime) -> tuple[AlarmEvent, ...]:
    """Return the end of an alarm for a reason that is not in its conditions; nothing when it was not shown."""
    return _resolved(state, key, reason, micros(now), ended=micros(now))


def _resolved(state: AlarmState, key: str, reason: Reason, us: int, *, ended: int) -> tuple[AlarmEvent, ...]:
    if state.alarm is None:
        return ()
    last = replace(state, sequence=state.sequence + 1)
    event = _event(key, last, state.alarm, Change.RESOLVED, reason, us)
    return (dataclasses.replace(event, ended=moment(max(ended, state.began))),)


def _event(key: str, state: AlarmState, alarm: Alarm, change: Change, reason: Reason, us: int) -> AlarmEvent:
    return AlarmEvent(
        change=change,
        reason=reason,
        key=key,
        alarm=alarm,
        sequence=state.sequence,
        began=moment(state.began),
        time=moment(us),
    )


def _not_ahead(state: AlarmState, us: int) -> AlarmState:
    """Return a state that is not ahead of a clock that went back. When a told alarm began stays what was told."""
    if state.since <= us and all(one <= us for one in state.sets):
        return state
    return replace(
        state,
        since=min(state.since, us),
        began=state.began if state.alarm else min(state.began, us),
        sets=tuple(min(one, us) for one in state.sets),
    )
