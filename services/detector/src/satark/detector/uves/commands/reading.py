"""The states of objects as their topic has them, and one object's shares from the table's changelog. Shell."""

from collections.abc import AsyncIterator

from satark.detector.uves.commands.selection import Selection
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Follower, read_to_end
from satark.runtime.records import Record
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.topics import UVE_CHANGELOG, UVE_STATES
from satark.schemas.uve_states import UveState
from satark.uve.known import BadValueError
from satark.uve.rows import counters_key, remembered, share_prefix
from satark.uve.state import restored
from satark.uve.uve import Uve

ATTEMPTS = 3
POLL_S = 1.0

Told = tuple[str, UveState | None]
"""An object's key, and its state; None when it is gone."""


async def states(kafka: KafkaSettings, selection: Selection) -> dict[str, UveState]:
    """Return the objects that are meant, by key, as they are now. Raises KafkaUnavailableError."""
    found: dict[str, UveState] = {}
    async for record in read_to_end(kafka, UVE_STATES):
        told = _told(record, selection)
        if told is None:
            continue
        key, state = told
        if state is None:
            found.pop(key, None)
        else:
            found[key] = state
    return dict(sorted(found.items()))


async def followed(kafka: KafkaSettings, selection: Selection, *, from_end: bool = True) -> AsyncIterator[Told]:
    """Yield each change of the objects that are meant, for ever. Raises KafkaUnavailableError at the start."""
    async with Follower(kafka, (UVE_STATES,), from_end=from_end, connect_attempts=ATTEMPTS) as follower:
        while True:
            for record in await follower.poll(timeout_s=POLL_S):
                told = _told(record, selection)
                if told is not None:
                    yield told


async def shares(kafka: KafkaSettings, entity: str) -> Uve | None:
    """Return an object with all that each generator says, None if nobody does."""
    rows: dict[bytes, bytes] = {}
    prefixes = (share_prefix(entity), counters_key(entity))
    partition = -1
    async for record in read_to_end(kafka, UVE_CHANGELOG):
        if record.key is None or not record.key.startswith(prefixes):
            continue
        if record.partition < partition:
            continue  # what was left behind when partitions were added: rows move to greater ones only
        if record.partition > partition:
            rows.clear()
            partition = record.partition
        if record.value is None:
            rows.pop(record.key, None)
        else:
            rows[record.key] = record.value
    found = remembered(rows.items())
    counters = found.counters.get(entity, {})
    try:
        return restored(found.shares[entity], counters, counting=bool(counters)) if entity in found.shares else None
    except BadValueError:
        return None


def _told(record: Record, selection: Selection) -> Told | None:
    key = (record.key or b"").decode(errors="replace")
    if not selection.has(key):
        return None
    if record.value is None:
        return key, None
    try:
        return key, decode(record.topic, record.value, record.headers)
    except UndecodableEventError:
        return None
