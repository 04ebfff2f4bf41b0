"""Findings on what processes say of themselves: the REST API's health and the ops ports. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from satark.runtime.checking.findings import Finding, State
from satark.runtime.letters import printable

SERVICES = "services"
HTTP_OK = 200
UNAVAILABLE = 503
UNAUTHORIZED = frozenset({401, 403})
MAX_REASONS = 8
MAX_REASON_CHARS = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back over HTTP. `date` is the server's clock as its answer says it."""

    status: int
    body: bytes
    date: datetime | None = None


class Condition(msgspec.Struct, frozen=True):
    """One thing that a process needs to be ready."""

    name: str
    ready: bool
    reason: str = ""


class Readiness(msgspec.Struct, frozen=True):
    """What both `/readyz` and `/v1/health` say; the one calls its parts conditions."""

    ready: bool
    conditions: tuple[Condition, ...] = ()
    parts: tuple[Condition, ...] = ()


class About(msgspec.Struct, frozen=True):
    """Which process it is."""

    service: str = ""
    version: str = ""


def away(what: str, reason: str) -> Finding:
    """Return the finding that nobody answers."""
    todo = "docs/how-to/run-it.md#a-service-is-away"
    return Finding(part=SERVICES, what=what, state=State.BAD, detail=f"does not answer: {reason}", todo=todo)


def service_found(what: str, answered: Answered, about: About | None = None) -> Finding:
    """Return whether a process is ready, and if not, why."""
    if answered.status in UNAUTHORIZED:
        detail = f"alive, but it does not let us ask (status {answered.status})"
        return Finding(part=SERVICES, what=what, state=State.UNKNOWN, detail=detail, todo="set SATARK_API_TOKEN")
    try:
        said = msgspec.json.decode(answered.body, type=Readiness)
    except msgspec.DecodeError:
        said = None
    if said is None or answered.status not in {HTTP_OK, UNAVAILABLE}:
        detail = f"is something else: status {answered.status}, and no readiness"
        return Finding(part=SERVICES, what=what, state=State.UNKNOWN, detail=detail)
    name = "" if about is None else f"{printable(about.service)} {printable(about.version)} "
    if said.ready:
        return Finding(part=SERVICES, what=what, state=State.OK, detail=f"{name}ready".strip())
    reasons = [_reason(each) for each in (*said.conditions, *said.parts) if not each.ready][:MAX_REASONS]
    detail = f"{name}not ready: {'; '.join(reasons) or 'it does not say why'}"
    return Finding(
        part=SERVICES, what=what, state=State.BAD, detail=detail, todo="docs/how-to/run-it.md#a-service-is-not-ready"
    )


def about_of(answered: Answered) -> About | None:
    """Return what `/version` says, None where it says something else."""
    try:
        return msgspec.json.decode(answered.body, type=About)
    except msgspec.DecodeError:
        return None


def ahead(answered: Answered, now: datetime) -> timedelta | None:
    """Return how far the server's clock is ahead; its answer tells whole seconds."""
    return None if answered.date is None else answered.date - now


def _reason(condition: Condition) -> str:
    text = f"{condition.name}: {condition.reason}" if condition.reason else condition.name
    return printable(text)[:MAX_REASON_CHARS]
