"""What was already told: the notifications topic in memory, so that nothing is told twice. Bounded."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from satark.schemas.incidents import Severity
from satark.schemas.notifications import Notification, Outcome

MAX_KNOWN = 200_000
"""Some 50 MB. The oldest go first: only those of incidents that are read again matter, within 30 days."""


NO_ATTEMPTS = frozenset({Outcome.SUPPRESSED, Outcome.SILENCED, Outcome.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True)
class Attempt:
    """How telling a receiver of an incident ended last, when, how grave it was told to be, and whether in a digest."""

    outcome: Outcome
    time: datetime
    severity: Severity | None
    in_digest: bool = False


class Outcomes:
    """The latest outcome by notification id."""

    def __init__(self, limit: int = MAX_KNOWN) -> None:
        self._limit = limit
        self._known: OrderedDict[str, tuple[Outcome, datetime]] = OrderedDict()
        self._attempts: OrderedDict[tuple[str, str, str], Attempt] = OrderedDict()
        self._told: dict[str, set[tuple[str, str]]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def learn(self, notification: Notification) -> None:
        """Remember an outcome."""
        self._known[notification.id] = (notification.outcome, notification.time)
        self._known.move_to_end(notification.id)
        while len(self._known) > self._limit:
            self._known.popitem(last=False)
        attempt = Attempt(
            notification.outcome, notification.time, notification.severity, in_digest=notification.digest is not None
        )
        self.note(notification.incident, notification.channel, notification.receiver, attempt)

    def note(self, incident: str, channel: str, receiver: str, attempt: Attempt) -> None:
        """Remember how an attempt to tell a receiver of an incident ended, also before that is written.

        Who was told once was told; what was suppressed, silenced or acknowledged was no attempt.
        """
        key = (incident, channel, receiver)
        if attempt.outcome in NO_ATTEMPTS or (attempt.outcome is Outcome.FAILED and self.was_told(*key)):
            return
        self._attempts[key] = attempt
        self._attempts.move_to_end(key)
        self._told.setdefault(incident, set()).add((channel, receiver))
        while len(self._attempts) > self._limit:
            oldest, _ = self._attempts.popitem(last=False)
            self._unlist(*oldest)

    def forget(self, notification: str) -> None:
        """Forget an outcome, if it is known."""
        self._known.pop(notification, None)

    def knows(self, notification: str) -> bool:
        """True when anything was ever decided of the notification."""
        return notification in self._known

    def failed(self, notification: str) -> bool:
        """True when the last that is known of the notification is that it failed."""
        known = self._known.get(notification)
        return known is not None and known[0] is Outcome.FAILED

    def targets(self, incident: str) -> frozenset[tuple[str, str]]:
        """Return the channel and name of each that was to be told of the incident, told or failed."""
        return frozenset(self._told.get(incident, ()))

    def was_in_digest(self, incident: str, channel: str, receiver: str) -> bool:
        """True when what the receiver was told last of the incident was a line of a digest."""
        attempt = self._attempts.get((incident, channel, receiver))
        return attempt is not None and attempt.outcome is Outcome.SENT and attempt.in_digest

    def was_told(self, incident: str, channel: str, receiver: str) -> bool:
        """True when the receiver was told anything of the incident."""
        return self._ended(incident, channel, receiver) is Outcome.SENT

    def has_failed(self, incident: str, channel: str, receiver: str) -> bool:
        """True when the receiver was to be told of the incident, and could not be."""
        return self._ended(incident, channel, receiver) is Outcome.FAILED

    def severity_told(self, incident: str, channel: str, receiver: str) -> Severity | None:
        """Return how grave the incident was when the receiver was told of it last, if that is known."""
        attempt = self._attempts.get((incident, channel, receiver))
        return attempt.severity if attempt is not None and attempt.outcome is Outcome.SENT else None

    def was_silenced(self, notification: str) -> bool:
        """True when a silence kept the notification back, and nothing else is known of it."""
        known = self._known.get(notification)
        return known is not None and known[0] is Outcome.SILENCED

    def was_made_up_for(self, notification: str, incident: str, channel: str, receiver: str) -> bool:
        """True when a silence kept the notification back, and the receiver was told of the incident afterwards."""
        known, attempt = self._known.get(notification), self._attempts.get((incident, channel, receiver))
        if known is None or attempt is None or known[0] is not Outcome.SILENCED:
            return False
        return attempt.outcome is Outcome.SENT and attempt.time >= known[1]

    def is_final(self, notification: str, published_at: datetime) -> bool:
        """True when the notification of an event that was published at the given time needs nothing more.

        A failure counts only for what was published before it: a dead letter that is replayed is tried again.
        What a silence keeps back waits for its end.
        """
        known = self._known.get(notification)
        if known is None:
            return False
        outcome, time = known
        return outcome is not Outcome.SILENCED and (outcome is not Outcome.FAILED or time >= published_at)

    def _ended(self, incident: str, channel: str, receiver: str) -> Outcome | None:
        attempt = self._attempts.get((incident, channel, receiver))
        return None if attempt is None else attempt.outcome

    def _unlist(self, incident: str, channel: str, receiver: str) -> None:
        told = self._told[incident]
        told.discard((channel, receiver))
        if not told:
            del self._told[incident]
