"""What is decided of a new event for a target before anything is tried: whether it is to be told at all. Pure."""

from datetime import datetime, timedelta

from satark.notifier.events import OPENED, RESOLVED, UPDATED, first_event, is_group, is_historical, state_of
from satark.notifier.outbox.grouping import Groups
from satark.notifier.outbox.notices import Notice, Reason, Rules
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.outbox.queues import Queues
from satark.notifier.outbox.silences import is_no_graver
from satark.notifier.outbox.subjects import GROUP_EVENTS
from satark.notifier.routing.model import RAISED
from satark.runtime.records import Record
from satark.schemas.notifications import notification_id


class Deciding:
    """Knows what was told, what waits, and what is told as one of a group."""

    def __init__(self, rules: Rules, outcomes: Outcomes, queues: Queues, groups: Groups) -> None:
        self._rules = rules
        self._outcomes = outcomes
        self._queues = queues
        self._groups = groups

    def suppression(self, notice: Notice, now: datetime) -> Reason | None:
        """Return why an event is not to be told, None if it is."""
        event, tell_on = notice.event, notice.policy.tell_on
        if is_historical(event):
            return Reason.HISTORICAL
        if state_of(event) not in tell_on and not self.is_news(notice) and not self._is_raised(notice):
            return Reason.NOT_TOLD_ON
        if self._knows(notice):
            return None
        if self.is_member(notice):
            return Reason.GROUPED
        return self._end_of_the_untold(notice, now) if state_of(event) == RESOLVED else None

    def is_news(self, notice: Notice) -> bool:
        """Return whether an update is the first that a target hears: it became one of its own by growing worse."""
        if state_of(notice.event) != UPDATED or OPENED not in notice.policy.tell_on or is_group(notice.event):
            return False
        first = notification_id(first_event(notice.event), *notice.target.key)
        return not self._knows(notice) and not self._outcomes.knows(first)

    def _is_raised(self, notice: Notice) -> bool:
        """Return whether an update is graver than what the target was told last."""
        event, told = notice.event, self._outcomes.severity_told(*notice.about)
        if RAISED not in notice.policy.tell_on or state_of(event) != UPDATED or isinstance(event, GROUP_EVENTS):
            return False
        return told is not None and not is_no_graver(event, told)

    def was_told(self, notice: Notice) -> bool:
        """Return whether the target was told anything of the incident."""
        return self._outcomes.was_told(*notice.about)

    def is_member(self, notice: Notice) -> bool:
        """Return whether the notice is about an incident that people are told of as one of a group."""
        event = notice.event
        return not isinstance(event, GROUP_EVENTS) and self._groups.holds(event)

    def is_stale(self, record: Record | None, now: datetime) -> bool:
        """Return whether a record is so old that what it tells may be over."""
        return record is not None and now - record.timestamp > timedelta(seconds=self._rules.stale_after_s)

    def _end_of_the_untold(self, notice: Notice, now: datetime) -> Reason | None:
        if self.is_stale(notice.record, now):
            return Reason.STALE
        if notice.policy.tell_on == {RESOLVED}:
            return None
        return Reason.ORPHANED if self._outcomes.has_failed(*notice.about) else Reason.NEVER_TOLD

    def _knows(self, notice: Notice) -> bool:
        """Return whether the target was told of the incident, or is about to be."""
        return self.was_told(notice) or self._queues.head(notice.about) is not None
