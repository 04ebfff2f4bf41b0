"""Keeps notices back: what was due, and people do not want to hear of now, or have seen. Pure."""

from collections.abc import Sequence
from datetime import datetime

from satark.notifier.events import RESOLVED, UPDATED, incident_of, is_group, state_of
from satark.notifier.outbox.deciding import Deciding
from satark.notifier.outbox.notices import FOLLOW_UPS, Entry, Reason, Settled
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.outbox.queues import Queues
from satark.notifier.outbox.quiet import Inhibitor, Keeping, keeping
from satark.notifier.outbox.silences import is_no_graver
from satark.notifier.outbox.subjects import GROUP_EVENTS
from satark.notifier.telling import Occasion
from satark.runtime.said import Said
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.silences import Silence

MAX_HELD = 50_000
"""Notices that are kept back, some 500 MB at worst. What is beyond is told: rather a mail too many than one lost."""


class Keeper:
    """Decides of what is due whether it is kept back, and changes the queues so."""

    def __init__(
        self,
        queues: Queues,
        deciding: Deciding,
        outcomes: Outcomes,
        said: Said,
        inhibitor: Inhibitor,
        *,
        max_held: int = MAX_HELD,
    ) -> None:
        self._queues = queues
        self._deciding = deciding
        self._outcomes = outcomes
        self._said = said
        self._inhibitor = inhibitor
        self._max_held = max_held

    def quieted(self, head: Entry, silences: Sequence[Silence], now: datetime) -> list[Settled] | None:
        """Return what was decided of a notice that people do not want to be told of; None if it is to be told."""
        notice, state = head.notice, state_of(head.notice.event)
        told, is_follow_up = self._deciding.was_told(notice), notice.aside.occasion in FOLLOW_UPS
        if told and state == RESOLVED and notice.policy.times is None:
            return None
        seen = self._seen(head) if is_follow_up or (told and state == UPDATED) else None
        if seen is not None:
            return [self._end(head, Reason.ACKNOWLEDGED, f"by {seen.by or 'somebody'}, {seen.id}")]
        kept = keeping(head, silences, self._inhibitor, now)
        if told and state == RESOLVED and kept is not None and kept.reason is not Reason.MUTED:
            kept = None
        if kept is None or (not head.is_held and self._queues.held >= self._max_held):
            return None
        if (state == RESOLVED and not told) or head.is_finished:
            return self._end_silently(head, kept)
        return self._hold(head, kept)

    def _hold(self, head: Entry, kept: Keeping) -> list[Settled]:
        """Keep a notice back until what keeps it is over, and what is queued behind it for good."""
        is_news = not head.was_kept
        self._queues.hold(head, kept.until, kept.source)
        head.keeper, head.kept_by = kept.reason, kept.detail
        behind = [entry for entry in self._queues.of(head.notice.about) if entry is not head]
        return [
            *([head.settled(kept.reason, kept.detail, is_over=False)] if is_news else []),
            *(self._end(entry, kept.reason, head.why(Reason.SILENCED)) for entry in behind),
        ]

    def _end_silently(self, head: Entry, kept: Keeping) -> list[Settled]:
        """End all of an incident that is over, and that nobody heard of in time; who was told of it hears of its end."""
        head.kept_by, told = kept.detail, self._deciding.was_told(head.notice)
        return [
            self._end(entry, Reason.OVER_IN_SILENCE, head.why(Reason.OVER_IN_SILENCE))
            for entry in self._queues.of(head.notice.about)
            if entry is head or not told or state_of(entry.notice.event) != RESOLVED
        ]

    def _end(self, entry: Entry, reason: Reason, detail: str) -> Settled:
        self._queues.remove(entry)
        return entry.settled(reason, detail)

    def word(self, entry: Entry) -> Acknowledgement | None:
        """Return who has seen the incident. A group is nobody's to have seen."""
        event = entry.notice.event
        return None if is_group(event) else self._said.acknowledgements.get(incident_of(event))

    def _seen(self, head: Entry) -> Acknowledgement | None:
        """Return who has seen an incident as grave as it is by now, of all that a target was told of it."""
        event, told = head.latest, self._outcomes.severity_told(*head.notice.about)
        if isinstance(event, GROUP_EVENTS):
            return None
        is_escalation = head.notice.aside.occasion is Occasion.ESCALATION
        return self.word(head) if is_escalation or is_no_graver(event, told) else None
