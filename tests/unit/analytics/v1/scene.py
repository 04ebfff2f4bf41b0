"""A small network in the store, and the routes below /v1 on it."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec
from starlette.types import ASGIApp

from satark.analytics.ingest.mapping.generators import generator_row
from satark.analytics.ingest.mapping.incidents import group_row, incident_row, notification_row
from satark.analytics.routes.v1 import (
    about,
    fleet,
    generators,
    groups,
    incidents,
    links,
    notifications,
    series,
    silences,
)
from satark.analytics.routes.v1.asked import Now
from satark.analytics.routes.v1.telling import Publish
from satark.analytics.states import States
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Reader
from satark.analytics.store.tables import BY_NAME
from satark.analytics.web.route import Route
from satark.runtime.health import Health
from satark.runtime.said import Said
from satark.schemas import examples
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.generators import GeneratorSession
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample
from satark.schemas.notifications import Notification
from satark.schemas.silences import Silence
from tests.unit.analytics.web.asking import Clock, ask, served

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
INTERVAL = timedelta(minutes=5)
LINK = "wan-link/vco.example.net/7/f3a1c0de"
PUNE = {"orchestrator": "vco.example.net", "enterprise": "Example Retail", "edge": "Pune-01", "link": "Broadband 1"}

_offsets = itertools.count(1)


class Post:
    """Takes in what is published."""

    def __init__(self) -> None:
        self.events: list[Acknowledgement | Silence] = []
        self.error: Exception | None = None

    async def __call__(self, event: Acknowledgement | Silence) -> None:
        """Keep an event, or fail as it was told to."""
        if self.error is not None:
            raise self.error
        self.events.append(event)


def v1(
    store: Reader,
    *,
    said: Said | None = None,
    post: Publish | None = None,
    health: Health | None = None,
    states: States | None = None,
    now: Now | None = None,
) -> tuple[Route, ...]:
    """Return the routes below /v1, at noon."""
    known, publish, at = said or Said(), post or Post(), now or noon
    routes = (
        *links.routes(store, now=at),
        *fleet.routes(store, (states or States()).state_of, now=at),
        *series.routes(store, now=at),
        *incidents.routes(store, known, publish=publish, now=at),
        *silences.routes(known, publish=publish, now=at),
        *groups.routes(store),
        *generators.routes(store),
        *notifications.routes(store),
        *about.routes(health or Health(), version="1.2.3"),
    )
    return (*routes, *about.openapi(lambda: routes, version="1.2.3"))


def app(store: Reader, **options: Any) -> ASGIApp:
    """Return the application of these routes."""
    return served(*v1(store, **options), clock=Clock())


async def get(store: Reader, path: str, **options: Any) -> Any:
    """Return the JSON that a path answers; it must be 200."""
    response = await ask(app(store, **options), path)
    assert response.status_code == 200, response.text
    return response.json()


async def refused(store: Reader, path: str, **options: Any) -> tuple[int, str]:
    """Return the status and code of a refusal."""
    response = await ask(app(store, **options), path)
    return response.status_code, response.json()["code"]


def noon() -> datetime:
    """Return the time that it is."""
    return NOW


def ago(**span: float) -> datetime:
    """Return a time before noon."""
    return NOW - timedelta(**span)


def sample(entity: str, time: datetime, value: float = 20.0, **more: Any) -> MetricSample:
    """Return a sample of a link's latency."""
    labels = more.pop("labels", PUNE)
    metrics = more.pop("metrics", {LATENCY_MS_RX: value})
    return MetricSample.of(
        entity=entity,
        kind=more.pop("kind", WAN_LINK),
        time=time,
        interval_s=int(INTERVAL.total_seconds()),
        metrics=metrics,
        labels=labels,
    )


def put_samples(store: Store, *events: MetricSample) -> None:
    """Insert samples, and what is known of their entities."""
    put(
        store,
        "samples",
        (
            (one.entity, one.kind, metric, one.time, one.interval_s, value, 0, one.id, *origin("satark.metrics.v1"))
            for one in events
            for metric, value in one.metrics.items()
        ),
    )
    put(store, "entities", ((one.entity, one.kind, one.labels, one.time, one.time) for one in events))


def put_incidents(store: Store, *events: IncidentEvent) -> None:
    """Insert events of incidents."""
    put(store, "incidents", (incident_row(event, origin("satark.anomalies.v1")) for event in events))


def put_groups(store: Store, *events: IncidentGroupEvent) -> None:
    """Insert events of groups."""
    put(store, "incident_groups", (group_row(event, origin("satark.incident-groups.v1")) for event in events))


def put_notifications(store: Store, *events: Notification) -> None:
    """Insert notifications."""
    put(store, "notifications", (notification_row(event, origin("satark.notifications.v1")) for event in events))


def put_generators(store: Store, *events: GeneratorSession) -> None:
    """Insert sessions of generators."""
    put(store, "generators", (generator_row(event, origin("satark.generators.v1")) for event in events))


def put_baselines(store: Store, *rows: dict[str, Any]) -> None:
    """Insert what was normal, half an hour a row."""
    plain = {"entity": LINK, "metric": LATENCY_MS_RX, "n": 900, "state": "watching", "method": "robust", "id": "b"}
    columns = BY_NAME["baselines"].names
    for row in rows:
        until = {"until": row["time"] + timedelta(minutes=30)}
        place = dict(
            zip(("kafka_topic", "kafka_partition", "kafka_offset"), origin("satark.baselines.v1"), strict=True)
        )
        told = plain | until | place | row
        put(store, "baselines", [tuple(told[name] for name in columns)])


def put(store: Store, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows that have all columns."""
    store.insert(table, BY_NAME[table].names, list(rows))


def origin(topic: str) -> tuple[str, int, int]:
    """Return another place in a topic each time."""
    return topic, 0, next(_offsets)


def as_json(event: msgspec.Struct) -> Any:
    """Return an event as it comes over HTTP."""
    return msgspec.json.decode(msgspec.json.encode(event))


def changed(event: Any, **members: Any) -> Any:
    """Return an event with other members."""
    return msgspec.structs.replace(event, **members)


def incident(number: int, *, resolved: bool = False, **members: Any) -> list[IncidentEvent]:
    """Return the events of an incident of a link, by the example's."""
    opened_at = ago(hours=1) - number * timedelta(minutes=1)
    same = {"incident": f"incident-{number:03}", "opened_at": opened_at, "time": opened_at, **members}
    events = [changed(examples.opened(), id=f"o{number}", **same)]
    if resolved:
        end = {"time": opened_at + INTERVAL, "ended_at": opened_at + INTERVAL}
        events.append(changed(examples.resolved(), id=f"r{number}", **(same | end)))
    return events


async def pages(asking: httpx2.AsyncClient, path: str, member: str) -> list[Any]:
    """Return all rows of a list, page by page."""
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = httpx2.URL(path).copy_merge_params({"cursor": cursor} if cursor else {})
        body = (await asking.get(asked)).json()
        found += body[member]
        cursor = body["next"]
    return found
