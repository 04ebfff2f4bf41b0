"""What was already told: the notifications topic in memory, so that nothing is told twice. Bounded."""

from collections import OrderedDict
from datetime import datetime

from satark.schemas.notifications import Notification, Outcome

MAX_KNOWN = 200_000
"""Some 50 MB. The oldest go first: only those of incidents that are read again matter, within 30 days."""


class Outcomes:
    """The latest outcome by notification id."""

    def __init__(self, limit: int = MAX_KNOWN) -> None:
        self._limit = limit
        self._known: OrderedDict[str, tuple[Outcome, datetime]] = OrderedDict()
        self._attempts: OrderedDict[tuple[str, str, str], Outcome] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def learn(self, notification: Notification) -> None:
        """Remember an outcome."""
        self._known[notification.id] = (notification.outcome, notification.time)
        self._known.move_to_end(notification.id)
        while len(self._known) > self._limit:
            self._known.popitem(last=False)
        self.note(notification.incident, notification.channel, notification.receiver, notification.outcome)

    def note(self, incident: str, channel: str, receiver: str, outcome: Outcome) -> None:
        """Remember how an attempt to tell a receiver of an incident ended, also before that is written.

        Who was told once was told; what was suppressed was no attempt.
        """
        key = (incident, channel, receiver)
        if outcome is Outcome.SUPPRESSED or (outcome is Outcome.FAILED and self.was_told(*key)):
            return
        self._attempts[key] = outcome
        self._attempts.move_to_end(key)
        while len(self._attempts) > self._limit:
            self._attempts.popitem(last=False)

    def forget(self, notification: str) -> None:
        """Forget an outcome, if it is known."""
        self._known.pop(notification, None)

    def was_told(self, incident: str, channel: str, receiver: str) -> bool:
        """True when the receiver was told anything of the incident."""
        return self._attempts.get((incident, channel, receiver)) is Outcome.SENT

    def has_failed(self, incident: str, channel: str, receiver: str) -> bool:
        """True when the receiver was to be told of the incident, and could not be."""
        return self._attempts.get((incident, channel, receiver)) is Outcome.FAILED

    def is_final(self, notification: str, published_at: datetime) -> bool:
        """True when the notification of an event that was published at the given time needs nothing more.

        A failure counts only for what was published before it: a dead letter that is replayed is tried again.
        """
        known = self._known.get(notification)
        if known is None:
            return False
        outcome, time = known
        return outcome is not Outcome.FAILED or time >= published_at
