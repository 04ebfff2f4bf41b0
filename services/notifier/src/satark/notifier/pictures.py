"""The shell around the pictures: one that cannot be drawn is logged and counted, and its mail goes without."""

from datetime import datetime

import structlog

from satark.notifier import metrics
from satark.notifier.chart import Picture, chart
from satark.notifier.events import Event

log = structlog.get_logger(__name__)


def picture(event: Event, now: datetime) -> Picture | None:
    """Return the picture of an incident; None if there is nothing to draw, or no way to. Raises nothing."""
    try:
        return chart(event, now)
    except Exception:
        metrics.CHARTS_FAILED.inc()
        log.exception("chart_failed", event_id=event.id)
        return None
