"""What a batch comes to: events to publish and rows to write, each object once. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from satark.detector.alarms.incidents import incident_of
from satark.detector.uves.health import message_of
from satark.detector.uves.oddities import Kind, Oddity
from satark.detector.uves.shown import Shown, state_of
from satark.schemas.incidents import IncidentEvent
from satark.schemas.messages import Message
from satark.schemas.uve_states import UveState
from satark.uve.rows import Row, alarms_row, counters_row, share_key, source_row
from satark.uve.state import counters_of, dump_share

if TYPE_CHECKING:
    from satark.detector.uves.partition import Partition


@dataclass(frozen=True, slots=True)
class Output:
    """Incidents in their order; states by object, None for one that is gone; rows in the order to write them."""

    incidents: tuple[IncidentEvent, ...]
    messages: tuple[Message, ...]
    states: tuple[tuple[str, UveState | None], ...]
    rows: tuple[Row, ...]
    oddities: tuple[Oddity, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to publish or write."""
        return not (self.incidents or self.messages or self.states or self.rows)


def of(partition: "Partition", now: datetime) -> Output:
    """Return what has changed in a partition since the last time."""
    states = tuple(_states(partition))
    return Output(
        incidents=tuple(incident_of(event) for event in partition.watch.events),
        messages=tuple(message_of(finding, now) for finding in partition.watch.findings),
        states=states,
        rows=tuple(_rows(partition)),
        oddities=tuple(partition.oddities.taken()),
    )


def _states(partition: "Partition") -> Iterator[tuple[str, UveState | None]]:
    for entity, changed in partition.pending.changed.items():
        uve = partition.uves.get(entity)
        if uve is None or not uve.exists:
            partition.shown.pop(entity, None)
            yield entity, None
            continue
        shown = partition.shown.get(entity)
        if shown is None:
            shown = partition.shown[entity] = Shown.whole(uve)
        else:
            shown.update(uve, changed)
        flat, omitted = shown.flat()
        for struct, name, size in omitted:
            detail = f"{struct}.{name} of {size} bytes left out of its state"
            partition.oddities.note(Kind.STATE_TOO_LARGE, entity, detail)
        stale = partition.stale.of(entity, uve)
        yield (
            entity,
            state_of(
                entity,
                uve,
                flat,
                shown.shares(uve, stale),
                at=partition.pending.at[entity],
                changed=changed,
                alarms=partition.watch.views(entity),
                stale=stale,
            ),
        )


def _rows(partition: "Partition") -> Iterator[Row]:
    """Alarms and totals before the shares that they are made of, withdrawn sessions after them."""
    pending, uves = partition.pending, partition.uves
    for entity in sorted(partition.watch.touched):
        yield alarms_row(entity, partition.watch.states.get(entity))
    for entity in pending.counted:
        uve = uves.get(entity)
        counters = {} if uve is None else counters_of(uve)
        if counters or entity in partition.counted:
            (partition.counted.add if counters else partition.counted.discard)(entity)
            yield counters_row(entity, counters)
    for entity, (struct, generator) in pending.shares:
        uve = uves.get(entity)
        part = None if uve is None else uve.parts.get(struct)
        share = None if part is None else part.shares.get(generator)
        yield share_key(entity, struct, generator), None if share is None else dump_share(share)
    for generator in pending.sources:
        yield source_row(generator, uves.through(generator))
