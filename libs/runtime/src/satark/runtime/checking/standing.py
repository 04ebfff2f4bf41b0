"""Findings on who should be heard: gateways, generators, orchestrators. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from satark.runtime.checking.findings import Finding, State, lasting, some
from satark.runtime.letters import printable
from satark.runtime.records import Record
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.generators import Connection, GatewayLease, GeneratorSession
from satark.schemas.states import ORCHESTRATOR, EntityState
from satark.schemas.states import State as EntityIs

LATE_WINDOW = timedelta(hours=1)
GENERATORS = "docs/how-to/run-it.md#generators"
NO_DATA = "docs/how-to/run-it.md#no-data"
E = TypeVar("E")


def latest(records: Iterable[Record], kind: type[E]) -> dict[bytes, E]:
    """Return the last event of the kind by key; a record without a value forgets its key."""
    found: dict[bytes, E] = {}
    for record in records:
        key = record.key or b""
        if record.value is None:
            found.pop(key, None)
            continue
        try:
            event = decode(record.topic, record.value, record.headers)
        except UndecodableEventError:
            continue
        if isinstance(event, kind):
            found[key] = event
    return found


def gateways_found(leases: Mapping[bytes, GatewayLease], now: datetime) -> list[Finding]:
    """Return which gateways are alive; nothing where there never was one."""
    held = [lease for lease in leases.values() if not lease.leaving]
    if not held:
        return []
    silent = [lease for lease in held if not _holds(lease, now)]
    if not silent:
        detail = f"{len(held)} alive, holding {sum(lease.generators for lease in held)} generators"
        return [Finding(part="sources", what="gateways", state=State.OK, detail=detail)]
    # One that came back has another name, so that the old one's lease says nothing once others live.
    state = State.WARN if len(silent) < len(held) else State.BAD
    since = lasting(now - max(lease.time for lease in silent))
    detail = f"{len(silent)} of {len(held)} silent for {since}: {some(printable(each.gateway) for each in silent)}"
    return [
        Finding(
            part="sources", what="gateways", state=state, detail=detail, todo="docs/how-to/run-it.md#a-service-is-away"
        )
    ]


def generators_found(
    sessions: Mapping[bytes, GeneratorSession], leases: Mapping[bytes, GatewayLease], now: datetime
) -> list[Finding]:
    """Return which generators have no session, or one that only a dead gateway holds; nothing where there is none."""
    if not sessions:
        return []
    alive = {lease.gateway for lease in leases.values() if not lease.leaving and _holds(lease, now)}
    silent = [s.generator for s in sessions.values() if s.state is not Connection.UP or s.gateway not in alive]
    if not silent:
        return [Finding(part="sources", what="generators", state=State.OK, detail=f"{len(sessions)} connected")]
    state = State.BAD if len(silent) == len(sessions) else State.WARN
    detail = f"{len(silent)} of {len(sessions)} not connected: {some(printable(name) for name in silent)}"
    return [Finding(part="sources", what="generators", state=state, detail=detail, todo=GENERATORS)]


def connected(sessions: Mapping[bytes, GeneratorSession]) -> int:
    """Return how many generators say that they are connected."""
    return sum(session.state is Connection.UP for session in sessions.values())


def orchestrators_found(
    checkpoints: Mapping[bytes, PollerCheckpoint], states: Mapping[bytes, EntityState], now: datetime
) -> list[Finding]:
    """Return for each orchestrator whether it answers, and up to when it was read whole."""
    blind = {
        state.entity.removeprefix(f"{ORCHESTRATOR}/"): state
        for state in states.values()
        if state.kind == ORCHESTRATOR and state.state is EntityIs.BLIND
    }
    names = {checkpoint.orchestrator: checkpoint for checkpoint in checkpoints.values()}
    return [_orchestrator(name, names.get(name), blind.get(name), now) for name in sorted({*names, *blind})]


def _orchestrator(name: str, read: PollerCheckpoint | None, blind: EntityState | None, now: datetime) -> Finding:
    what = f"orchestrator {printable(name)}"
    if blind is not None:
        note = f": {printable(blind.note)[:200]}" if blind.note else ""
        detail = f"silent for {lasting(now - blind.since)}{note}"
        return Finding(part="sources", what=what, state=State.BAD, detail=detail, todo="satark poller check")
    if read is None:
        return Finding(part="sources", what=what, state=State.UNKNOWN, detail="never read whole", todo=NO_DATA)
    age = now - read.window_end
    state = State.WARN if age > LATE_WINDOW else State.OK
    todo = NO_DATA if state is State.WARN else ""
    return Finding(part="sources", what=what, state=state, detail=f"read whole up to {lasting(age)} ago", todo=todo)


def _holds(lease: GatewayLease, now: datetime) -> bool:
    return lease.time + timedelta(seconds=lease.lease_s) >= now
