"""Which rows an event is: one function for each kind of event, in one table.

Rows are a pure function of the record: the same record always gives the same rows, which is what makes a repeated
insert recognisable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from satark.analytics.ingest.mapping.baselines import baseline_rows
from satark.analytics.ingest.mapping.generators import generator_row
from satark.analytics.ingest.mapping.incidents import group_row, incident_row, notification_row
from satark.analytics.ingest.mapping.messages import message_row, object_rows
from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.analytics.ingest.mapping.samples import entity_row, sample_rows
from satark.analytics.ingest.mapping.sessions import session_row
from satark.analytics.ingest.mapping.shares import share_rows
from satark.analytics.ingest.mapping.statistics import (
    Shape,
    StatColumn,
    columns_of,
    is_tagged,
    read,
    shape_of,
    statistic_rows,
    statistics_of,
)
from satark.analytics.ingest.mapping.trees import received_of
from satark.analytics.store import tables
from satark.sandesh.contents import Sample
from satark.sandesh.types import Header, SandeshType
from satark.sandesh.wire.tree import Tree
from satark.sandesh.wire.xml import Received
from satark.schemas.baselines import EntityBaseline
from satark.schemas.flows import FlowSession
from satark.schemas.generators import GeneratorSession
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated
from satark.schemas.incidents import IncidentOpened, IncidentResolved, IncidentUpdated
from satark.schemas.messages import Message, SandeshHeader
from satark.schemas.metrics import MetricSample
from satark.schemas.notifications import Notification
from satark.schemas.uves import SharesWithdrawn, UveShare


@dataclass(slots=True)
class Rows:
    """Rows by table, and what was learnt besides: entities by key, columns of statistics."""

    by_table: dict[str, list[Values]] = field(default_factory=dict)
    entities: dict[str, Values] = field(default_factory=dict)
    columns: set[StatColumn] = field(default_factory=set)
    count: int = 0
    _shapes: set[Shape] = field(default_factory=set)

    def add(self, table: tables.Table, rows: list[Values]) -> None:
        """Add rows of a table."""
        if rows:
            self.by_table.setdefault(table.name, []).extend(rows)
            self.count += len(rows)

    def add_one(self, table: tables.Table, row: Values) -> None:
        """Add a row of a table."""
        self.by_table.setdefault(table.name, []).append(row)
        self.count += 1

    def learn(self, sample: Sample) -> None:
        """Learn the columns of a sample, unless one like it was there before."""
        shape = shape_of(sample)
        if shape not in self._shapes:
            self._shapes.add(shape)
            self.columns.update(columns_of(sample))


def add_rows(event: Any, origin: Origin, rows: Rows) -> None:
    """Add an event's rows. Raises TypeError for an event that has none to give; see `KEPT`."""
    _ADDERS[type(event)](event, origin, rows)


def _add_sample(event: MetricSample, origin: Origin, rows: Rows) -> None:
    time = microseconds(event.time)
    rows.add(tables.SAMPLES, sample_rows(event, time, origin))
    rows.entities[event.entity] = entity_row(event, time, rows.entities.get(event.entity))


def _add_baseline(event: EntityBaseline, origin: Origin, rows: Rows) -> None:
    rows.add(tables.BASELINES, baseline_rows(event, origin))


def _add_message(event: Message, origin: Origin, rows: Rows) -> None:
    rows.add_one(tables.MESSAGES, message_row(event, origin))
    rows.add(tables.OBJECTS, object_rows(event, origin))
    if event.sandesh is None or not is_tagged(event.body):
        return
    received = read(_received(event, event.sandesh), event.body)
    if received is not None:
        _add_statistics(received, microseconds(event.time), event.id, origin, rows)


def _received(event: Message, said: SandeshHeader) -> Received:
    number = SandeshType.__members__.get(said.type, SandeshType.INVALID)
    header = Header(source=said.source, type=number, hints=said.hints)
    return Received(header, event.name, Tree(event.name, []), 0)


def _add_share(event: UveShare, origin: Origin, rows: Rows) -> None:
    received = received_of(event)
    message, about = share_rows(event, received, origin)
    rows.add_one(tables.MESSAGES, message)
    rows.add_one(tables.OBJECTS, about)
    _add_statistics(received, microseconds(event.time), event.id, origin, rows)


def _add_statistics(received: Received, time: int, id_: str, origin: Origin, rows: Rows) -> None:
    samples = statistics_of(received)
    rows.add(tables.STATISTICS, list(statistic_rows(samples, time, id_, origin)))
    for sample in samples:
        rows.learn(sample)


def _add_nothing(event: Any, origin: Origin, rows: Rows) -> None:
    """A withdrawal says nothing that happened to an object; the generator's own session tells when it ended."""


def _one(table: tables.Table, row: Callable[[Any, Origin], Values]) -> Callable[[Any, Origin, Rows], None]:
    def add(event: Any, origin: Origin, rows: Rows) -> None:
        rows.add_one(table, row(event, origin))

    return add


_INCIDENT = _one(tables.INCIDENTS, incident_row)
_GROUP = _one(tables.INCIDENT_GROUPS, group_row)

_ADDERS: Mapping[type, Callable[[Any, Origin, Rows], None]] = MappingProxyType(
    {
        MetricSample: _add_sample,
        EntityBaseline: _add_baseline,
        Message: _add_message,
        UveShare: _add_share,
        SharesWithdrawn: _add_nothing,
        FlowSession: _one(tables.SESSIONS, session_row),
        IncidentOpened: _INCIDENT,
        IncidentUpdated: _INCIDENT,
        IncidentResolved: _INCIDENT,
        IncidentGroupOpened: _GROUP,
        IncidentGroupUpdated: _GROUP,
        IncidentGroupResolved: _GROUP,
        Notification: _one(tables.NOTIFICATIONS, notification_row),
        GeneratorSession: _one(tables.GENERATORS, generator_row),
    }
)

KEPT = frozenset(_ADDERS)
"""The events that have rows."""
