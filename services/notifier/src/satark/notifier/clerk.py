"""The clerk: writes down what was decided, and only then lets records count as done."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from satark.notifier import metrics
from satark.notifier.events import incident_of
from satark.notifier.ledger import Ledger
from satark.notifier.outbox.notices import FOLLOW_UPS, Concluded, Settled
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.progress import Progress
from satark.notifier.reporting import count, notification
from satark.notifier.standing.due import FollowUp
from satark.notifier.standing.records import record_of
from satark.notifier.standing.standing import Change, Standing
from satark.runtime.deadletter import dead_letter
from satark.runtime.records import OutgoingRecord
from satark.schemas.notifications import Outcome

SOURCE = "/satark/notifier"
SERVICE = "notifier"


class UndeliverableError(Exception):
    """An incident event that a receiver could not be told; `reason` is a short stable word."""

    def __init__(self, settled: Settled) -> None:
        super().__init__(f"{settled.notice.target.name}: {settled.detail}")
        self.reason = settled.reason.value


class Clerk:
    """Writes outcomes, dead letters and what is open."""

    def __init__(self, outbox: Outbox, progress: Progress, standing: Standing, ledger: Ledger) -> None:
        self._outbox = outbox
        self._progress = progress
        self._standing = standing
        self._ledger = ledger

    async def conclude(self, concluded: Concluded, changes: Sequence[Change] = ()) -> None:
        """Write what became of notices, and what changed of what is open."""
        now = datetime.now(UTC)
        for notice in concluded.instead:
            if notice.record is not None:
                self._progress.add((notice.record.topic, notice.record.partition), notice.record.offset, notice.id)
        noted = [*changes, *self._noted(concluded.settled, now)]
        await self._ledger.write(
            [*_letters(concluded.settled, now), *(record_of(each, source=SOURCE) for each in noted)],
            [notification(each, now) for each in concluded.settled],
        )
        for each in concluded.settled:
            if each.is_over:
                self._progress.final(each.notice.id)
            count(each, now)
        self.measure()

    async def passed(self, followup: FollowUp) -> None:
        """Write that a follow-up was dealt with before, as its outcome says."""
        aside = followup.aside
        change = self._standing.passed(
            incident_of(followup.event),
            followup.target,
            followup.policy.route,
            followup.event.severity,
            datetime.now(UTC),
            aside.occasion,
            aside.count,
        )
        if change is not None:
            await self._ledger.write([record_of(change, source=SOURCE)])

    def measure(self) -> None:
        """Set the gauges."""
        metrics.PENDING.set(self._outbox.pending)
        metrics.SILENCED.set(self._outbox.held)
        metrics.OPEN_INCIDENTS.set(len(self._standing))
        metrics.OPEN_INCIDENTS_TOO_LARGE.set(self._standing.too_large)

    def _noted(self, settled: Sequence[Settled], now: datetime) -> Iterator[Change]:
        """Yield what changes of what is open: who was told, and which follow-ups are over without that."""
        for each in settled:
            notice, aside = each.notice, each.notice.aside
            if not each.is_over:
                continue
            incident, severity = incident_of(notice.event), each.shown.severity
            how = (incident, notice.target, notice.policy.route, severity, now, aside.occasion, aside.count)
            change: Change | None = None
            if each.outcome is Outcome.SENT:
                change = self._standing.told(*how)
            elif aside.occasion in FOLLOW_UPS:
                change = self._standing.passed(*how)
            if change is not None:
                yield change


def _letters(settled: Sequence[Settled], now: datetime) -> Iterator[OutgoingRecord]:
    for each in settled:
        if each.outcome is Outcome.FAILED and each.notice.record is not None:
            yield dead_letter(each.notice.record, UndeliverableError(each), service=SERVICE, now=now)
