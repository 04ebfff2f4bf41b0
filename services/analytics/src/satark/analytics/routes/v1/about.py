"""What this is, and how it is: topics of the contract, health, and the document of the routes."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.web.answers import answer
from satark.analytics.web.openapi import document
from satark.analytics.web.route import Answer, Route
from satark.runtime.health import Health
from satark.schemas.codec import EVENT_TYPES
from satark.schemas.topics import TOPICS


class TopicTold(Struct, frozen=True, kw_only=True):
    """A topic of the contract. `retention_s` null: kept for ever, or as long as the key lives."""

    name: str
    description: str
    key: str
    events: list[str]
    producers: list[str]
    consumers: list[str]
    cleanup: str
    retention_s: int | None
    public: bool


class TopicsTold(Struct, frozen=True, kw_only=True):
    """The topics of the contract."""

    topics: list[TopicTold]


class PartHealth(Struct, frozen=True, kw_only=True):
    """Whether a part is ready, and if not, why."""

    name: str
    ready: bool
    reason: str


class HealthTold(Struct, frozen=True, kw_only=True):
    """Whether all parts are ready."""

    ready: bool
    version: str
    parts: list[PartHealth]


def routes(health: Health, *, version: str) -> tuple[Route, ...]:
    """Return the routes of topics and health."""

    async def topics(request: Request) -> Response:
        return answer(request, contract())

    async def how(request: Request) -> Response:
        parts = [PartHealth(name=one.name, ready=one.ready, reason=one.reason) for one in health.report()]
        told = HealthTold(ready=health.ready, version=version, parts=parts)
        return answer(request, told, status=200 if health.ready else 503)

    schema = asked.schema_of(HealthTold)
    return (
        Route(
            method="GET",
            path="/v1/topics",
            handler=topics,
            summary="The topics of the contract.",
            answers=asked.answers("The topics.", TopicsTold),
        ),
        Route(
            method="GET",
            path="/v1/health",
            handler=how,
            summary="Which parts are ready, and why others are not.",
            answers=(
                Answer(200, "All parts are ready.", schema),
                asked.NOT_MODIFIED,
                Answer(503, "Some are not.", schema),
            ),
        ),
    )


def openapi(others: Callable[[], Iterable[Route]], *, version: str) -> tuple[Route, ...]:
    """Return the route of the document of all routes, which `others` gives when it is asked for the first time."""
    made: list[dict[str, Any]] = []

    async def serve(request: Request) -> Response:
        if not made:
            made.append(document(others(), version=version))
        return answer(request, made[0])

    return (
        Route(
            method="GET",
            path="/v1/openapi.json",
            handler=serve,
            summary="The OpenAPI document of all routes.",
            answers=asked.answers("The document.", dict[str, Any]),
        ),
    )


def contract() -> TopicsTold:
    """Return the topics of the contract."""
    return TopicsTold(
        topics=[
            TopicTold(
                name=topic.name,
                description=topic.description,
                key=topic.key,
                events=[EVENT_TYPES[event] for event in topic.events],
                producers=list(topic.producers),
                consumers=list(topic.consumers),
                cleanup=topic.cleanup.value,
                retention_s=int(topic.retention.total_seconds()) if topic.retention else None,
                public=topic.public,
            )
            for topic in TOPICS
        ]
    )
