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
        self._told: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def learn(self, notification: Notification) -> None:
        """Remember an outcome."""
        self._known[notification.id] = (notification.outcome, notification.time)
        self._known.move_to_end(notification.id)
        while len(self._known) > self._limit:
            self._known.popitem(last=False)
        if notification.outcome is Outcome.SENT:
            self.tell(notification.incident, notification.channel, notification.receiver)

    def tell(self, incident: str, channel: str, receiver: str) -> None:
        """Remember that the receiver was told of the incident, before the outcome is written."""
        key = (incident, channel, receiver)
        self._told[key] = None
        self._told.move_to_end(key)
        while len(self._told) > self._limit:
            self._told.popitem(last=False)

    def forget(self, notification: str) -> None:
        """Forget an outcome, if it is known."""
        self._known.pop(notification, None)

    def was_told(self, incident: str, channel: str, receiver: str) -> bool:
        """True when the receiver was told anything of the incident."""
        return (incident, channel, receiver) in self._told

    def is_final(self, notification: str, published_at: datetime) -> bool:
        """True when the notification of an event that was published at the given time needs nothing more.

        A failure counts only for what was published before it: a dead letter that is replayed is tried again.
        """
        known = self._known.get(notification)
        if known is None:
            return False
        outcome, time = known
        return outcome is not Outcome.FAILED or time >= published_at
