"""Findings on what became of notifications of late. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from satark.runtime.checking.findings import Finding, State, lasting
from satark.runtime.letters import printable
from satark.schemas.notifications import Notification, Outcome

PART = "notifications"
OF_LATE = timedelta(days=1)
MAX_DETAIL_CHARS = 160
MAX_CHANNELS = 20


def outcomes_found(notifications: Iterable[Notification], now: datetime) -> list[Finding]:
    """Return for each channel how telling people went within the last day."""
    recent = [n for n in notifications if now - n.time <= OF_LATE and n.outcome in {Outcome.SENT, Outcome.FAILED}]
    channels = sorted({notification.channel for notification in recent})[:MAX_CHANNELS]
    if not channels:
        return [Finding(part=PART, what="all channels", state=State.OK, detail="none within a day")]
    return [_channel(channel, [n for n in recent if n.channel == channel], now) for channel in channels]


def _channel(channel: str, notifications: list[Notification], now: datetime) -> Finding:
    count = Counter(notification.outcome for notification in notifications)
    failed = [notification for notification in notifications if notification.outcome is Outcome.FAILED]
    detail = f"{count[Outcome.SENT]} sent within a day"
    if not failed:
        return Finding(part=PART, what=printable(channel), state=State.OK, detail=detail)
    last = max(failed, key=lambda notification: notification.time)
    reason = printable(last.detail or "no reason given")[:MAX_DETAIL_CHARS]
    detail += f", {count[Outcome.FAILED]} given up, the last {lasting(now - last.time)} ago: {reason}"
    state = State.WARN if count[Outcome.SENT] else State.BAD
    return Finding(part=PART, what=printable(channel), state=state, detail=detail, todo="docs/how-to/run-it.md#mails")
