"""Generators and gateways: who is connected where, and which gateway is alive."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier
from satark.schemas.metrics import Time
from satark.schemas.uves import Generator, SessionNumber

Port = Annotated[int, Meta(ge=0, le=65535)]


class Connection(StrEnum):
    """Whether a generator has a session."""

    UP = "up"
    DOWN = "down"


class GeneratorSession(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A generator's session began or ended; the latest by generator counts."""

    id: Annotated[str, Meta(description="The same generator, session and state always give the same id.")]
    generator: Generator
    session: SessionNumber
    state: Connection
    time: Annotated[Time, Meta(description="When this came about, by the gateway's clock, UTC.")]
    gateway: Annotated[str, Meta(description="The gateway process that holds, or held, the session.")]
    reason: Annotated[str, Meta(description="Why it ended, in words.", max_length=1024)] = ""
    since: Annotated[Time, Meta(description="When the session began, UTC.")]
    address: Annotated[str, Meta(description="The generator's address, as the gateway sees it.")] = ""
    http_port: Annotated[Port, Meta(description="Where its introspect is, 0 if unknown.")] = 0
    pid: Annotated[int, Meta(description="Its process, as it says.")] = 0
    connections: Annotated[int, Meta(description="Its connections so far, as it counts them.")] = 0
    uve_types: Annotated[tuple[str, ...], Meta(description="The types of UVE that it may send.")] = ()


class GatewayLease(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A gateway is alive. When it says so no longer for as long as its lease, its generators' shares are withdrawn."""

    gateway: Annotated[str, Meta(description="The gateway's name, one for each process.", min_length=1)]
    time: Annotated[Time, Meta(description="When it said so, UTC.")]
    lease_s: Annotated[float, Meta(description="For how long this holds, in seconds.", gt=0)]
    started: Annotated[Time, Meta(description="Since when the process runs, UTC.")]
    generators: Annotated[int, Meta(description="How many generators it holds.", ge=0)] = 0
    leaving: Annotated[bool, Meta(description="It is the gateway's last word: it has withdrawn all it held.")] = False


def session_id(generator: str, session: int, state: Connection) -> str:
    """Return the id of a session's beginning or end."""
    return identifier("generator-session", generator, str(session), state.value)


def lease_id(gateway: str, time: str) -> str:
    """Return the id of a lease (`identifiers.instant` of its time)."""
    return identifier("gateway-lease", gateway, time)
