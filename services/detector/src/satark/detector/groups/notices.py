"""Notices: what the grouping needs of an incident's event, small, and keyed by scope. They never leave the detector."""

from datetime import datetime

from msgspec import DecodeError, Struct, json

from satark.detector.groups.model import DIMENSIONS, SCOPE_LABELS, Member, keys_of
from satark.schemas.incident_groups import Dimension, GroupMember, WorstSymptom
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Symptom

MEMBER_LABELS = ("edge", "link", "interface", "timezone", *(dimension.value for dimension in DIMENSIONS))
MAX_NAME_CHARS = 256
"""What is kept of a name, so that hundreds of members fit into one event."""


class Told(Struct, frozen=True, tag="told", kw_only=True):
    """An incident was opened, changed or resolved."""

    member: Member


class Due(Struct, frozen=True, tag="due", kw_only=True):
    """The scope has settled: decide."""

    scope: str


class Size(Struct, frozen=True, array_like=True):
    """How many entities have a value."""

    dimension: Dimension
    value: str
    count: int


class Counted(Struct, frozen=True, tag="counted", kw_only=True):
    """How many entities of the scope share what, of one partition of theirs (`source`), well or not; known until then."""

    scope: str
    source: int
    until: datetime
    sizes: tuple[Size, ...]


Notice = Told | Due | Counted


class UnreadableNoticeError(ValueError):
    """A record of the notices' topic is none."""

    reason = "unreadable_notice"


def scope_of(labels: dict[str, str]) -> str | None:
    """Return the scope of an entity, None when its labels do not name one."""
    orchestrator, enterprise = labels.get("orchestrator"), labels.get("enterprise_id")
    return f"{orchestrator}/{enterprise}" if orchestrator and enterprise else None


def notice_of(event: IncidentEvent) -> Told | None:
    """Return what an incident's event means to the grouping.

    None for what never groups: history, what has no symptom (a daemon's alarm), and entities that belong to no
    enterprise or share nothing with others.
    """
    scope = scope_of(event.labels)
    if event.historical or not event.symptoms or scope is None or not keys_of(event.labels):
        return None
    about = GroupMember(
        entity=event.entity,
        kind=event.kind,
        incident=event.incident,
        severity=event.severity,
        opened_at=event.opened_at,
        worst=_worst(event.symptoms),
        labels=_cut({name: event.labels[name] for name in MEMBER_LABELS if event.labels.get(name)}),
        ended_at=event.ended_at if isinstance(event, IncidentResolved) else None,
    )
    names = _cut({name: event.labels[name] for name in SCOPE_LABELS if event.labels.get(name)})
    return Told(member=Member(scope, about, event.sequence, event.time, names))


def scope_named(notice: Notice) -> str:
    """Return the scope that a notice is about."""
    return notice.member.scope if isinstance(notice, Told) else notice.scope


def encode(notice: Notice) -> tuple[bytes, bytes]:
    """Return a notice as key and value of a record."""
    scope = scope_named(notice)
    return scope.encode(), _encoder.encode(notice)


def decode(key: bytes | None, value: bytes | None) -> Notice:
    """Return the notice of a record. Raises UnreadableNoticeError."""
    try:
        notice = _decoder.decode(value or b"")
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableNoticeError(str(error)) from error
    if key != encode(notice)[0]:
        raise UnreadableNoticeError(f"the key {key!r} is not its scope")
    return notice


_encoder = json.Encoder()
_decoder: json.Decoder[Notice] = json.Decoder(Notice)


def _worst(symptoms: tuple[Symptom, ...]) -> WorstSymptom:
    worst = max(symptoms, key=lambda symptom: (symptom.active, abs(symptom.distance)))
    return WorstSymptom(
        metric=worst.metric,
        value=worst.value,
        normal=worst.baseline.centre,
        limit=worst.limit,
        peak=worst.peak,
        distance=worst.distance,
    )


def _cut(labels: dict[str, str]) -> dict[str, str]:
    return {name: value.strip()[:MAX_NAME_CHARS] for name, value in labels.items()}
