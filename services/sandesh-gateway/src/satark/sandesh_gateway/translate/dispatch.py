"""Which events a message makes (analytics.md 3.9)."""

from datetime import datetime

from satark.sandesh.contents import ContentError, samples_of
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.errors import EncodeError
from satark.sandesh.wire.xml import Received
from satark.sandesh_gateway.translate.flows import flow_sessions_of
from satark.sandesh_gateway.translate.messages import message_of
from satark.sandesh_gateway.translate.origin import Origin, Translation
from satark.sandesh_gateway.translate.shares import omitted, shares_of
from satark.sandesh_gateway.translate.statistics import sample_of
from satark.schemas.codec import Event

STATE = frozenset((SandeshType.UVE, SandeshType.ALARM))


def translate(received: Received, origin: Origin, now: datetime) -> Translation:
    """Return the events of a message, or why there are none.

    State makes shares, sessions make flow sessions, all else messages; statistics come on top, wherever they are
    declared. Whatever is wrong with a message is its cause; nothing is raised.
    """
    try:
        if received.header.type in STATE:
            return _state(received, origin, now)
        if received.header.type == SandeshType.SESSION:
            rows, problems = flow_sessions_of(received, origin, now)
            if rows:
                return Translation(rows, problems=problems)
        events, problems = _statistics(received, origin, now)
        return Translation((message_of(received, origin, now), *events), problems=problems)
    except (ContentError, EncodeError) as error:
        return Translation(cause="content", detail=str(error))


def _state(received: Received, origin: Origin, now: datetime) -> Translation:
    shares = shares_of(received, origin, now)
    events, problems = _statistics(received, origin, now)
    missing = omitted(shares)
    cause = "attribute_too_large" if missing else ""
    return Translation((*shares, *events), cause, ", ".join(missing), problems)


def _statistics(received: Received, origin: Origin, now: datetime) -> tuple[list[Event], tuple[str, ...]]:
    found = samples_of(received)
    events = [event for sample in found if (event := sample_of(sample, received, origin, now)) is not None]
    left_out = (f"{found.omitted} rows too many",) if found.omitted else ()
    return list(events), (*found.problems, *left_out)
