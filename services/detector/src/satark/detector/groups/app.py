"""The shell of the grouping: three Faust agents and two timers. Everything else here is pure.

`gather` sends a notice of each incident's event to the topic that is keyed by scope. `group` takes the notices of its
partitions: publishes the events that follow, writes the rows that changed, and only then acknowledges the notice
(docs/adr/0004). A timer writes that a scope is due as one more notice. `census` counts entities, well or not; now and
then the counts are notices too.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

import faust
import structlog

from satark.detector import metrics
from satark.detector.codec import record_of
from satark.detector.delivery import Delivery
from satark.detector.groups.census import Census
from satark.detector.groups.model import GroupRules
from satark.detector.groups.notices import Notice, decode, encode, notice_of
from satark.detector.groups.partition import Partition, prefix
from satark.runtime.groups import KafkaSettings
from satark.runtime.metrics import EVENTS_CONSUMED, EVENTS_UNREADABLE
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas import codec
from satark.schemas.baselines import EntityBaseline
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.topics import ANOMALIES, BASELINES, BY_NAME, GROUP_NOTICES, GROUPS_CHANGELOG, INCIDENT_GROUPS

log = structlog.get_logger(__name__)

TABLE = "groups"
TICK_S = 1.0
CENSUS_S = 300.0


class IncidentGroups:
    """Tells which incidents have one cause."""

    needed = (
        ANOMALIES,
        BASELINES,
        INCIDENT_GROUPS,
        GROUP_NOTICES,
        BY_NAME[GROUP_NOTICES].dead_letter_name,
        GROUPS_CHANGELOG,
    )

    def __init__(self, kafka: KafkaSettings, delivery: Delivery, rules: GroupRules | None = None) -> None:
        self._kafka = kafka
        self._delivery = delivery
        self._rules = rules or GroupRules()
        self._app: Any = None
        self._table: Any = None
        self._partitions: dict[int, Partition] = {}
        self._is_stale = True
        self._is_recovered = False
        self._lock = asyncio.Lock()
        self._census = Census()

    def attach(self, app: faust.App) -> None:
        """Make agents, table and timer parts of a Faust app, to which `delivery` is attached too."""
        self._app = app
        self._table = app.Table(TABLE, key_type=bytes, value_type=bytes, partitions=self._kafka.partitions)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        app.on_rebalance_complete.connect(self._on_recovered, weak=False)
        app.agent(self._delivery.topic(ANOMALIES), name="gather")(self._gather)
        app.agent(self._delivery.topic(GROUP_NOTICES), name="group")(self._group)
        app.agent(self._delivery.topic(BASELINES), name="census")(self._count_entities)
        app.timer(TICK_S, name="groups-due")(self._ask)
        app.timer(CENSUS_S, name="groups-census")(self._tell_counts)

    async def _gather(self, stream: Any) -> None:
        async for event in stream.noack().events():
            record = record_of(event)
            EVENTS_CONSUMED.labels(ANOMALIES).inc()
            try:
                notice = notice_of(codec.decode(record.topic, record.value, record.headers))
            except codec.UndecodableEventError as error:
                # The notifier reads the same topic and keeps such a record as a dead letter: one is enough.
                EVENTS_UNREADABLE.labels(ANOMALIES).inc()
                log.warning("incident_unreadable", partition=record.partition, offset=record.offset, error=str(error))
                notice = None
            if notice is not None:
                await self._send(notice)
            await stream.ack(event)

    async def _count_entities(self, stream: Any) -> None:
        async for event in stream.noack().events():
            record = record_of(event)
            try:
                baseline = codec.decode(record.topic, record.value, record.headers)
            except codec.UndecodableEventError as error:
                EVENTS_UNREADABLE.labels(BASELINES).inc()
                log.warning("baseline_unreadable", partition=record.partition, offset=record.offset, error=str(error))
            else:
                if isinstance(baseline, EntityBaseline):
                    self._census.see(record.partition, baseline, record.timestamp)
            await stream.ack(event)

    async def _tell_counts(self) -> None:
        for notice in list(self._census.due(datetime.now(UTC))):
            await self._send(notice)

    async def _group(self, stream: Any) -> None:
        async for event in stream.noack().events():
            record = record_of(event)
            EVENTS_CONSUMED.labels(GROUP_NOTICES).inc()
            try:
                await self._process(record)
            except Exception as error:  # noqa: BLE001 - one poison record must not stop all others; it is kept and counted
                await self._delivery.set_aside(record, error)
            await stream.ack(event)

    async def _process(self, record: Record) -> None:
        notice = decode(record.key, record.value)
        async with self._lock:
            partition = self._partition(record.partition)
            applied = partition.apply(notice, record.timestamp)
            for event in applied.events:
                await self._delivery.publish(event)
                _count(event)
            for key, value in applied.writes:
                self._table[key] = value
        if applied.is_full:
            metrics.GROUPS_FULL.inc()
        metrics.GROUPS.set(sum(each.open_groups for each in self._partitions.values()))

    async def _ask(self) -> None:
        """Let each scope that has settled be decided, also those that another process has left unsettled."""
        if not self._is_recovered:
            return
        async with self._lock:
            for number in self._owned():
                self._partition(number)
            due = [notice for each in self._partitions.values() for notice in each.due(datetime.now(UTC))]
        for notice in due:
            await self._send(notice)

    async def _send(self, notice: Notice) -> None:
        key, value = encode(notice)
        await self._delivery.send(OutgoingRecord(GROUP_NOTICES, key, value))

    def _partition(self, number: int) -> Partition:
        """Return the groups of a partition, read from the table after every rebalance."""
        if self._is_stale:
            self._partitions.clear()
            self._is_stale = False
        if number not in self._partitions:
            own = prefix(number)
            rows = [(key, value) for key, value in self._table.items() if key.startswith(own)]
            made = self._partitions[number] = Partition(number, self._rules, rows, datetime.now(UTC))
            if made.unreadable:
                metrics.STATES_LOST.inc(made.unreadable)
                log.error("groups_lost", partition=number, rows=made.unreadable)
        return self._partitions[number]

    def _owned(self) -> set[int]:
        return {tp.partition for tp in self._app.assignor.assigned_actives() if tp.topic == GROUP_NOTICES}

    async def _on_revoked(self, *_args: Any, **_kwargs: Any) -> None:
        self._is_recovered = False
        self._is_stale = True
        self._census.clear()

    async def _on_recovered(self, *_args: Any, **_kwargs: Any) -> None:
        self._is_stale = True
        self._is_recovered = True


def _count(event: IncidentGroupEvent) -> None:
    change = type(event).__name__.removeprefix("IncidentGroup").lower()
    metrics.GROUP_EVENTS.labels(change, event.dimension.value).inc()
    log.info(
        "incident_group",
        change=change,
        group=event.group,
        entity=event.entity,
        severity=event.severity.value,
        reason=event.reason.value,
        members=event.member_count,
        open=event.open_count,
    )
