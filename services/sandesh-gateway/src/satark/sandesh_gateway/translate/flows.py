"""Sessions of vrouters as flow sessions, a row each."""

from datetime import datetime

import msgspec

from satark.sandesh.contents import SessionRow, Side, sessions_of
from satark.sandesh.wire.xml import Received
from satark.sandesh_gateway.translate.messages import entity_of
from satark.sandesh_gateway.translate.origin import Origin, time_of
from satark.schemas.flows import EndPoint, Flow, FlowSession, Traffic
from satark.schemas.identifiers import identifier


def flow_sessions_of(
    received: Received, origin: Origin, now: datetime
) -> tuple[tuple[FlowSession, ...], tuple[str, ...]]:
    """Return the rows of a session message, and what was wrong with it."""
    found = sessions_of(received)
    rows = tuple(_row(row, at, received, origin, now) for at, row in enumerate(found))
    left_out = (f"{found.omitted} rows too many",) if found.omitted else ()
    return rows, (*found.problems, *left_out)


def _row(row: SessionRow, at: int, received: Received, origin: Origin, now: datetime) -> FlowSession:
    header = received.header
    number, stamp = str(header.sequence_number), str(header.timestamp_us)
    return FlowSession(
        id=identifier("flow-session", origin.generator, stamp, number, str(at)),
        entity=entity_of(origin.generator),
        generator=origin.generator,
        time=time_of(header.timestamp_us, now),
        vrouter=row.vrouter,
        vrouter_ip=row.vrouter_ip,
        vmi=row.vmi,
        local_ip=row.local_ip,
        server_port=row.server_port,
        protocol=row.protocol,
        client_session=row.client_session,
        service_instance=row.service_instance,
        security_policy_rule=row.security_policy_rule,
        local=_end_point(row.local),
        remote=_end_point(row.remote),
        traffic=msgspec.convert(dict(row.traffic), Traffic),
        flows=tuple(Flow(remote_ip=f.remote_ip, client_port=f.client_port, details=dict(f.details)) for f in row.flows),
        omitted_flows=row.omitted_flows,
    )


def _end_point(side: Side) -> EndPoint:
    return msgspec.convert(side, EndPoint, from_attributes=True)
