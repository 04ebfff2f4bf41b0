"""Incidents as alerts of an Alertmanager, for its API v2 (`postAlerts` of its OpenAPI document). Pure.

An alert is known by its labels: all that tells of one incident has the same ones, and the last word wins. The one that
changes is the severity, so what an incident was before it became critical is ended beside it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from satark.notifier.channels.http_request import Request
from satark.notifier.channels.words import Link, Said, of_heartbeat, of_part
from satark.notifier.events import Event, incident_of, is_group
from satark.notifier.mail.headers import clean
from satark.notifier.routing.receivers import AlertmanagerConfig
from satark.notifier.telling import Heartbeat, Occasion, Part, Told
from satark.runtime.secret import Secret
from satark.schemas.incident_groups import INCIDENT_GROUP, IncidentGroupResolved
from satark.schemas.incidents import IncidentResolved, Severity
from satark.schemas.metrics import Time

API = "/api/v2/alerts"
OPEN_FOR = timedelta(days=7, hours=1)
"""How long an alert lasts that is never ended, because Satark is gone: longer than reminders are apart."""

TEST_FOR = timedelta(minutes=5)
MAX_LABELS = 50
MAX_VALUE_CHARS = 500
_OWN = frozenset({"alertname", "entity", "kind", "severity", "incident"})
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_]")

LabelName = Annotated[str, Meta(pattern="^[a-zA-Z_][a-zA-Z0-9_]*$")]


class PostableAlert(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """`postableAlert` of the OpenAPI document."""

    labels: dict[LabelName, str]
    annotations: dict[LabelName, str]
    starts_at: Time
    ends_at: Time
    generator_url: str | None = msgspec.field(default=None, name="generatorURL")


def write(told: Told, now: datetime, *, link: Link) -> Request:
    """Return the request that tells an Alertmanager. Raises TypeError for a target that is none."""
    config = told.target.config
    if not isinstance(config, AlertmanagerConfig):
        raise TypeError(f"{told.target.name} is no Alertmanager")
    return Request(
        url=Secret(config.url.reveal().rstrip("/").removesuffix(API) + API),
        body=msgspec.json.encode(alerts(told, now, link=link)),
        timeout_s=config.timeout_s,
        ca_file=config.ca_file,
        username=config.username,
        password=config.password,
        message_id=told.id,
    )


def alerts(told: Told, now: datetime, *, link: Link) -> list[PostableAlert]:
    """Return what is told as alerts: one an incident, and one more for what it was before it became worse."""
    if isinstance(told, Heartbeat):
        return [_heartbeat(told, now)]
    return [alert for part in told.parts for alert in _of_part(part, now, link)]


def labels_of(names: Mapping[str, str]) -> dict[str, str]:
    """Return labels under names that Prometheus takes: a wrong character becomes `_`, our own names are prefixed.

    Of two names that become one, that which needed no change wins. There are no empty ones, for those are none.
    """
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (_label(name) != name, name))[:MAX_LABELS]:
        if value := clean(names[name], MAX_VALUE_CHARS):
            found.setdefault(_label(name), value)
    return found


def _label(name: str) -> str:
    safe = _NOT_IN_NAMES.sub("_", name[:MAX_VALUE_CHARS])
    if safe in _OWN or safe.startswith("__") or not safe or safe[0].isdigit():
        return f"label_{safe.lstrip('_')}"
    return safe


def _of_part(part: Part, now: datetime, link: Link) -> Iterator[PostableAlert]:
    event, said = part.shown, of_part(part, link, now)
    is_test = part.aside.occasion is Occasion.TEST
    start, end = _span(event, now, is_test=is_test)
    yield PostableAlert(
        labels=_labels(event, event.severity, is_test=is_test),
        annotations=_annotations(said),
        starts_at=start,
        ends_at=end,
        generator_url=said.link,
    )
    if event.sequence and event.severity is Severity.CRITICAL and getattr(event, "alarm", None) is None:
        labels = _labels(event, Severity.WARNING, is_test=is_test)
        yield PostableAlert(labels=labels, annotations={}, starts_at=start, ends_at=min(now, end))


def _labels(event: Event, severity: Severity, *, is_test: bool) -> dict[str, str]:
    name = "SatarkIncidentGroup" if is_group(event) else "SatarkIncident"
    return labels_of(event.labels) | {
        "alertname": "SatarkTest" if is_test else name,
        "entity": clean(event.entity, MAX_VALUE_CHARS),
        "kind": INCIDENT_GROUP if is_group(event) else clean(getattr(event, "kind", ""), MAX_VALUE_CHARS) or "unknown",
        "severity": severity.value,
        "incident": incident_of(event),
    }


def _annotations(said: Said) -> dict[str, str]:
    return {"summary": said.headline, "description": "\n".join((*said.sentences, *said.lines))}


def _span(event: Event, now: datetime, *, is_test: bool) -> tuple[datetime, datetime]:
    """Return when an alert begins and ends. What is over ends in the past, whatever clocks say, else it would last."""
    if is_test:
        return now, now + TEST_FOR
    if isinstance(event, IncidentResolved | IncidentGroupResolved):
        end = min(event.ended_at, now)
        return min(event.opened_at, end), end
    return min(event.opened_at, now), now + OPEN_FOR


def _heartbeat(heartbeat: Heartbeat, now: datetime) -> PostableAlert:
    """Return an alert that is there as long as Satark is: what it is routed to calls when it is not called."""
    said = of_heartbeat(heartbeat, now)
    between = max(heartbeat.time - heartbeat.since, timedelta(minutes=5))
    return PostableAlert(
        labels={"alertname": "SatarkHeartbeat", "severity": "none"},
        annotations=_annotations(said),
        starts_at=min(heartbeat.time, now),
        ends_at=now + 2 * between,
    )
