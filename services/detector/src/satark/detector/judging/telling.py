"""Telling of incidents: their events on Kafka, in the metrics, and in the log."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import structlog

from satark.detector import metrics
from satark.detector.delivery import Delivery
from satark.schemas import topics
from satark.schemas.incidents import IncidentEvent

log = structlog.get_logger(__name__)


async def tell(events: Iterable[IncidentEvent], delivery: Delivery) -> None:
    """Publish events and wait until they are safe, those of one entity one after the other."""
    by_entity: dict[str, list[IncidentEvent]] = {}
    for event in events:
        by_entity.setdefault(event.entity, []).append(event)
    await asyncio.gather(*(_publish(own, delivery) for own in by_entity.values()))


async def _publish(events: Sequence[IncidentEvent], delivery: Delivery) -> None:
    for event in events:
        await delivery.publish(event)
        _count(event)


def _count(event: IncidentEvent) -> None:
    kind = type(event).__name__.removeprefix("Incident").lower()
    metrics.INCIDENT_EVENTS.labels(kind, event.severity.value).inc()
    if not event.historical:
        late_s = (datetime.now(UTC) - event.time).total_seconds() - event.interval_s
        metrics.END_TO_END_SECONDS.labels(topics.ANOMALIES).observe(max(0.0, late_s))
    log.info(
        "incident",
        change=kind,
        incident=event.incident,
        entity=event.entity,
        severity=event.severity.value,
        reason=event.reason.value,
        historical=event.historical,
        symptoms=[symptom.metric for symptom in event.symptoms if symptom.active],
    )
