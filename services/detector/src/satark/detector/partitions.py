"""How many partitions are read while there come more of them, and how Faust is kept from the others (docs/adr/0027)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from faust.assignor import PartitionAssignor

from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.growth.layout import GROWING, differing, is_moving, judged
from satark.runtime.kafka import KafkaError
from satark.schemas.topics import UVE_STATES

log = structlog.get_logger(__name__)

PAUSE_S = 2.0
HINT = "run: satark topics grow"


@dataclass(frozen=True, slots=True)
class Partitions:
    """How many partitions of a topic are read, where that is limited; and how many the states of objects go to."""

    limits: Mapping[str, int] = field(default_factory=dict)
    of_states: int | None = None


ALL = Partitions()


async def partitions_of(settings: KafkaSettings, *, on_moving: Callable[[], None]) -> Partitions:
    """Return the limits of this process, which stay as they are; waits while the state is being moved.

    Without the admin API nobody can add partitions, and there is no limit.
    """
    if not settings.topic_admin:
        return Partitions()
    async with Admin(settings) as admin:
        while is_moving(counts := await _counts(admin)):
            on_moving()
            log.warning("state_is_being_moved", hint=HINT)
            await asyncio.sleep(PAUSE_S)
    have = judged(counts)
    if more := differing(counts):
        log.warning("partitions_wait", topics=more, read=have, hint=HINT)
    return Partitions(dict.fromkeys(GROWING, have), counts[UVE_STATES])


async def _counts(admin: Admin) -> Mapping[str, int]:
    while True:
        try:
            return await admin.partitions_by_topic()
        except (KafkaError, OSError) as error:
            log.warning("kafka_unreachable", error=str(error) or type(error).__name__)
            await asyncio.sleep(PAUSE_S)


class Limited:
    """A cluster as the assignor sees it: partitions beyond the limits are not there yet."""

    def __init__(self, cluster: Any, limits: Mapping[str, int]) -> None:
        self._cluster = cluster
        self._limits = limits

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        """Return the numbers of a topic's partitions, None for one that is not known."""
        found: set[int] | None = self._cluster.partitions_for_topic(topic)
        limit = self._limits.get(topic)
        return found if found is None or limit is None else {number for number in found if number < limit}


class Assignor(PartitionAssignor):
    """Faust's, which takes topics with other numbers of partitions for unrelated ones, and tears tables from sources."""

    def __init__(self, limits: Mapping[str, int], app: Any, replicas: int = 0) -> None:
        super().__init__(app, replicas)
        self._limits = limits

    def _perform_assignment(self, cluster: Any, member_metadata: Any) -> Any:
        return super()._perform_assignment(Limited(cluster, self._limits), member_metadata)
