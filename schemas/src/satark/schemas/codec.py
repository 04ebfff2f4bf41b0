"""Events on Kafka: CloudEvents 1.0 in binary content mode (Kafka protocol binding 1.0.2, clause 3.2).

The value is the event's plain JSON; the CloudEvents attributes travel as `ce_*` record headers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from satark.schemas import names
from satark.schemas.acceptances import NormalAccepted
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.baselines import EntityBaseline
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.closings import IncidentClosed
from satark.schemas.flows import FlowSession
from satark.schemas.generators import GatewayLease, GeneratorSession, lease_id
from satark.schemas.identifiers import identifier, instant
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated
from satark.schemas.incidents import IncidentOpened, IncidentResolved, IncidentUpdated
from satark.schemas.messages import Message
from satark.schemas.metrics import MetricSample
from satark.schemas.notifications import Notification
from satark.schemas.open_incidents import OpenIncident
from satark.schemas.requests import Request
from satark.schemas.silences import Silence
from satark.schemas.states import EntityState
from satark.schemas.topics import BY_EVENT, BY_NAME
from satark.schemas.uve_states import UveState
from satark.schemas.uves import SharesWithdrawn, UveShare

CONTENT_TYPE = "application/json"
MAX_VALUE_BYTES = 1_000_000
"""Kafka's own default for a record batch (`max.message.bytes`) is 1,048,588 bytes."""

Event = (
    MetricSample
    | EntityState
    | Message
    | UveShare
    | SharesWithdrawn
    | UveState
    | AlarmAcknowledged
    | NormalAccepted
    | Acknowledgement
    | Silence
    | IncidentClosed
    | EntityBaseline
    | FlowSession
    | GeneratorSession
    | GatewayLease
    | Request
    | IncidentOpened
    | IncidentUpdated
    | IncidentResolved
    | IncidentGroupOpened
    | IncidentGroupUpdated
    | IncidentGroupResolved
    | Notification
    | OpenIncident
    | PollerCheckpoint
)
Header = tuple[str, bytes]

EVENT_TYPES: dict[type, str] = {
    MetricSample: "satark.metric.sample.v1",
    EntityState: "satark.entity.state.v1",
    Message: "satark.message.v1",
    UveShare: "satark.uve.share.v1",
    SharesWithdrawn: "satark.uve.withdrawn.v1",
    UveState: "satark.uve.state.v1",
    AlarmAcknowledged: "satark.alarm.acknowledged.v1",
    NormalAccepted: "satark.normal.accepted.v1",
    Acknowledgement: "satark.acknowledgement.v1",
    Silence: "satark.silence.v1",
    IncidentClosed: "satark.incident.closed.v1",
    EntityBaseline: "satark.baseline.v1",
    FlowSession: "satark.flow.session.v1",
    GeneratorSession: "satark.generator.session.v1",
    GatewayLease: "satark.gateway.lease.v1",
    Request: "satark.request.v1",
    IncidentOpened: "satark.incident.opened.v1",
    IncidentUpdated: "satark.incident.updated.v1",
    IncidentResolved: "satark.incident.resolved.v1",
    IncidentGroupOpened: "satark.incident-group.opened.v1",
    IncidentGroupUpdated: "satark.incident-group.updated.v1",
    IncidentGroupResolved: "satark.incident-group.resolved.v1",
    Notification: "satark.notification.v1",
    OpenIncident: "satark.open-incident.v1",
    PollerCheckpoint: "satark.poller.checkpoint.v1",
}

_KEYS: dict[type, str] = {
    Notification: "id",
    PollerCheckpoint: "orchestrator",
    GatewayLease: "gateway",
    SharesWithdrawn: "generator",
    GeneratorSession: "generator",
    Request: "generator",
    Acknowledgement: "incident",
    Silence: "silence",
    OpenIncident: "incident",
}
"""The member that is the Kafka key; of all others it is the entity."""

_SPECVERSION: Header = ("ce_specversion", b"1.0")
_CONTENT_TYPE: Header = ("content-type", CONTENT_TYPE.encode())
_TYPE_BYTES = {event: name.encode() for event, name in EVENT_TYPES.items()}
_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Any]] = {}


class UndecodableEventError(ValueError):
    """A record is no event of its topic. `reason` is a short stable word, `detail` says what and where."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Encoded:
    """An event ready for Kafka."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[Header, ...]


def event_id(event: Event) -> str:
    """Return the event's id; a checkpoint's and a lease's is made of key and position."""
    match event:
        case PollerCheckpoint():
            return identifier("checkpoint", event.orchestrator, instant(event.window_end))
        case GatewayLease():
            return lease_id(event.gateway, instant(event.time))
        case _:
            return event.id


def partition_key(event: Event) -> str:
    """Return the Kafka key of an event: order holds within it (see the topic table)."""
    key: str = getattr(event, _KEYS.get(type(event), "entity"))
    return key


def event_time(event: Event) -> datetime:
    """Return the time the event speaks of, aware."""
    return event.window_end if isinstance(event, PollerCheckpoint) else event.time


def encode(event: Event, *, source: str) -> Encoded:
    """Return an event as topic, key, value and CloudEvents headers. `source` names the producer, e.g. `/satark/poller`."""
    key = partition_key(event).encode()
    headers = (
        _SPECVERSION,
        ("ce_id", event_id(event).encode()),
        ("ce_source", source.encode()),
        ("ce_type", _TYPE_BYTES[type(event)]),
        ("ce_time", instant(event_time(event)).encode()),
        ("ce_partitionkey", key),
        _CONTENT_TYPE,
    )
    return Encoded(BY_EVENT[type(event)].name, key, _encoder.encode(event), headers)


def decode(topic: str, value: bytes | None, headers: Iterable[Header] = ()) -> Any:
    """Return the event of a record.

    Headers are optional: the JSON value alone says which event it is. Where `ce_type` is present it must agree.
    Raises UndecodableEventError (empty, too_large, unknown_topic, not_json, invalid, wrong_type).
    """
    if not value:
        raise UndecodableEventError("empty", f"a record of {topic} has no value")
    if len(value) > MAX_VALUE_BYTES:
        raise UndecodableEventError("too_large", f"{len(value)} bytes are over the limit of {MAX_VALUE_BYTES}")
    try:
        event = _decoder(topic).decode(value)
    except msgspec.ValidationError as error:
        raise UndecodableEventError("invalid", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UndecodableEventError("not_json", str(error)) from error
    if type(event) is MetricSample:
        _check_names(event)
    _check_type(event, headers)
    return event


def header(headers: Iterable[Header], name: str) -> str | None:
    """Return a header's text (the first of that name), or None; undecodable bytes are replaced."""
    return next((raw.decode(errors="replace") for key, raw in headers if key == name), None)


def _decoder(topic: str) -> msgspec.json.Decoder[Any]:
    decoder = _decoders.get(topic)
    if decoder is None:
        known = BY_NAME.get(topic)
        if known is None or not known.events:
            raise UndecodableEventError("unknown_topic", f"{topic} carries no event of the contract")
        union: Any = known.events[0]
        for event in known.events[1:]:
            union = union | event
        decoder = _decoders[topic] = msgspec.json.Decoder(union)
    return decoder


def _check_names(sample: MetricSample) -> None:
    for member, known in (("metrics", names.METRICS), ("labels", names.LABELS)):
        wrong = known.first_wrong(getattr(sample, member))
        if wrong is not None:
            raise UndecodableEventError("invalid", f"{wrong!r} is no name of {member} - at `key` in `$.{member}`")


def _check_type(event: Any, headers: Iterable[Header]) -> None:
    for name, raw in headers:
        if name == "ce_type":
            if raw != _TYPE_BYTES[type(event)]:
                said, meant = raw.decode(errors="replace"), EVENT_TYPES[type(event)]
                raise UndecodableEventError("wrong_type", f"header ce_type says {said!r}, the value is a {meant!r}")
            return
