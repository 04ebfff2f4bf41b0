"""Telling of normals: looked at behind the judging of a batch, published before its samples are acknowledged."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from satark.detector import metrics
from satark.detector.delivery import Delivery
from satark.detector.detection.detection import Detection
from satark.detector.normals.beat import Beat
from satark.schemas.baselines import EntityBaseline
from satark.schemas.metrics import MetricSample

log = structlog.get_logger(__name__)

TOGETHER = 100
"""Baselines that are on their way to Kafka at once."""


class Normals:
    """What is to be told of normals. Telling twice does no harm, so nothing of this is kept between two processes."""

    def __init__(self, detection: Detection, delivery: Delivery) -> None:
        self._detection = detection
        self._delivery = delivery
        self._beat = Beat()
        self._waiting: list[EntityBaseline] = []

    def look(self, samples: Sequence[MetricSample], now_s: float) -> None:
        """Look at the normals that are due by samples that have been judged."""
        due = self._beat.due(samples, now_s)
        if not due:
            return
        try:
            found = self._detection.normals(due)
        except Exception:
            # What is shown to people must not keep the detector from judging. Each is looked at again in half an hour.
            log.exception("normals_failed", entities=len(due))
            found = {}
        for entity, sample in due.items():
            normal = found.get(entity)
            baseline = (
                None
                if normal is None
                else EntityBaseline.of(
                    entity=entity,
                    kind=sample.kind,
                    time=datetime.fromtimestamp(normal.slot, UTC),
                    metrics=normal.metrics,
                    labels=sample.labels,
                )
            )
            if self._beat.looked(sample, baseline) and baseline is not None:
                self._waiting.append(baseline)

    async def publish(self, *, wanted: Callable[[], bool]) -> None:
        """Publish what waits, and wait until it is safe; no more of it once it is not wanted."""
        waiting, self._waiting = self._waiting, []
        for begin in range(0, len(waiting), TOGETHER):
            if wanted():
                part = waiting[begin : begin + TOGETHER]
                await asyncio.gather(*map(self._delivery.publish, part))
                for baseline in part:
                    metrics.BASELINES.labels(baseline.state.value).inc()

    def clear(self) -> None:
        """Forget what waits: whoever has the partitions now tells it."""
        self._beat.clear()
        self._waiting.clear()
