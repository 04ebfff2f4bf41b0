"""Making safe what is judged: states to the changelog and into the table, then chunks acknowledged."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog

from satark.detector import metrics
from satark.detector.delivery import Delivery, Rows
from satark.detector.detection.detection import Detection
from satark.detector.judging.backlog import Unsafe
from satark.detector.judging.tables import LinkTable
from satark.schemas import topics

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""States of a partition that are made bytes together: few megabytes."""


class Saving:
    """Writes states. While it does, nothing may be judged: a state must not hold what is not told yet."""

    def __init__(self, detection: Detection, table: LinkTable, delivery: Delivery) -> None:
        self._detection = detection
        self._table = table
        self._delivery = delivery

    async def save(self, unsafe: Unsafe, *, wanted: Callable[[], bool]) -> None:
        """Write states, then acknowledge chunks; neither from the moment on when it is not wanted any more."""
        await self.write(unsafe.entities, wanted=wanted)
        if wanted():
            for chunk in unsafe.chunks:
                chunk.ack()
            metrics.ENTITIES.set(self._table.count())

    async def write(self, entities: Mapping[int, Sequence[str]], *, wanted: Callable[[], bool]) -> None:
        """Write the states of entities, by partition, and wait until they are safe."""
        await asyncio.gather(*(self._write(number, names, wanted) for number, names in entities.items()))

    async def _write(self, partition: int, entities: Sequence[str], wanted: Callable[[], bool]) -> None:
        for begin in range(0, len(entities), AT_ONCE):
            rows = self._rows(entities[begin : begin + AT_ONCE]) if wanted() else []
            if not rows:
                continue
            span = await self._delivery.store(topics.DETECTOR_CHANGELOG, partition, rows, wanted=wanted)
            if wanted():
                self._table.keep(partition, rows, span)

    def _rows(self, entities: Sequence[str]) -> Rows:
        try:
            states = self._detection.dump(entities)
        except Exception as error:
            if len(entities) > 1:
                return [row for entity in entities for row in self._rows([entity])]
            # Told of or not, its samples cannot be judged again with the others' states written.
            metrics.STATES_LOST.inc()
            log.exception("state_not_written", entity=entities[0], error=str(error))
            self._detection.forget(entities)
            return []
        return [(entity.encode(), state) for entity, state in states.items()]
