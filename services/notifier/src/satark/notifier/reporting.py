"""Outcomes as events, in the counters and in the log."""

from datetime import datetime

import structlog

from satark.notifier import metrics
from satark.notifier.events import incident_of
from satark.notifier.outbox.notices import Settled
from satark.notifier.telling import Occasion
from satark.runtime.metrics import EVENTS_DEAD_LETTERED
from satark.schemas.notifications import Notification, Outcome

log = structlog.get_logger(__name__)


def notification(settled: Settled, now: datetime) -> Notification:
    """Return the outcome as an event."""
    event, notice = settled.notice.event, settled.notice
    occasion = notice.aside.occasion
    return Notification(
        id=notice.id,
        event=event.id,
        incident=incident_of(event),
        entity=event.entity,
        channel=notice.target.channel,
        receiver=notice.target.name,
        outcome=settled.outcome,
        time=now,
        attempts=settled.attempts,
        message_id=settled.message_id,
        detail=f"{settled.reason}: {settled.detail}",
        severity=settled.shown.severity,
        digest=settled.thread,
        occasion=None if occasion is Occasion.EVENT else occasion.value,
    )


def count(settled: Settled, now: datetime) -> None:
    """Count and log an outcome."""
    notice, reason = settled.notice, settled.reason.value
    about = {
        "incident": incident_of(notice.event),
        "event_id": notice.event.id,
        "channel": notice.target.channel,
        "receiver": notice.target.name,
        "attempts": settled.attempts,
        "detail": settled.detail,
    }
    match settled.outcome:
        case Outcome.SENT:
            metrics.NOTIFICATIONS.labels(notice.target.channel).inc()
            if notice.record is not None:
                metrics.LATENCY.observe(max(0.0, (now - notice.record.timestamp).total_seconds()))
            log.info("notification_sent", **about)
        case Outcome.FAILED:
            metrics.FAILED.labels(notice.target.channel, reason).inc()
            if notice.record is not None:
                EVENTS_DEAD_LETTERED.labels(notice.record.topic, reason).inc()
            log.error("notification_failed", reason=reason, **about)
        case Outcome.SUPPRESSED | Outcome.SILENCED | Outcome.ACKNOWLEDGED:
            metrics.SUPPRESSED.labels(reason).inc()
            log.debug("notification_suppressed", reason=reason, **about)
