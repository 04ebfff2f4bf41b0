"""How often a target is told: a bucket of tokens for its messages, and a least distance between digests. Pure.

The bucket is the generic cell rate algorithm (ITU-T I.371): one time per target, no list of what was sent.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from satark.notifier.outbox.notices import LONG_AGO, Rules
from satark.notifier.routing.model import Key
from satark.schemas.notifications import Notification, Outcome

MAX_KNOWN = 10_000


class Pace:
    """What was sent to each target of late. `learn` takes it from outcomes, so that a restart changes nothing."""

    def __init__(self, rules: Rules) -> None:
        self._each = timedelta(hours=1 / rules.per_hour)
        self._slack = self._each * (rules.burst - 1)
        self._full: dict[Key, datetime] = {}
        self._threads: OrderedDict[tuple[Key, str], datetime] = OrderedDict()
        self._messages: OrderedDict[str, None] = OrderedDict()

    def free_at(self, key: Key) -> datetime:
        """Return from when on a target may be sent a message."""
        full = self._full.get(key)
        return LONG_AGO if full is None else full - self._slack

    def last(self, key: Key, thread: str) -> datetime | None:
        """Return when a target was last sent a message of a thread of digests."""
        return self._threads.get((key, thread))

    def sent(self, key: Key, message: str, thread: str | None, time: datetime) -> None:
        """Take in that a target was sent a message; the same message counts once."""
        if thread is not None:
            at = (key, thread)
            self._threads[at] = max(time, self._threads.get(at, time))
            self._threads.move_to_end(at)
            if len(self._threads) > MAX_KNOWN:
                self._threads.popitem(last=False)
        if message in self._messages:
            return
        self._messages[message] = None
        if len(self._messages) > MAX_KNOWN:
            self._messages.popitem(last=False)
        self._full[key] = max(self._full.get(key, time), time) + self._each

    def set_back(self, by: timedelta, _now: datetime) -> None:
        """Count what was sent as so long ago as before the clock was set back."""
        self._full = {key: full - by for key, full in self._full.items()}
        self._threads = OrderedDict((at, time - by) for at, time in self._threads.items())

    def learn(self, notification: Notification, now: datetime) -> None:
        """Take in an outcome, be it of this process or of another; what is older than a full bucket lasts counts no more.

        What a clock wrote that is ahead of ours counts as of now.
        """
        if notification.outcome is Outcome.SENT and now - notification.time < self._slack + self._each:
            key = (notification.channel, notification.receiver)
            time = min(notification.time, now)
            self.sent(key, notification.message_id or notification.id, notification.digest, time)
