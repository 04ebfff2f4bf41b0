"""Asking a daemon over HTTP: a request goes out by Kafka, the gateway that holds the daemon asks, and the answer comes back."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import requests
from satark.analytics.routes.v1.questions.requests import KnownRequests, RequestAsked, RequestTold
from satark.analytics.routes.v1.telling import who
from satark.analytics.uves.objects import encoded
from satark.analytics.web.answers import answer, json_body, tagged
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Role, Route
from satark.runtime.asking import Asked, request_to
from satark.runtime.kafka import KafkaError, KafkaUnavailableError
from satark.schemas.requests import Request as Question

Ask = Callable[[Question], Awaitable[Asked]]
"""Asks, and returns what came of it. Raises KafkaError, KafkaUnavailableError or OSError."""

MOST = 8
"""Requests under way at once: each follows all that is said while it waits."""


def routes(ask: Ask) -> tuple[Route, ...]:
    """Return the routes."""
    free = asyncio.Semaphore(MOST)

    async def listed(request: Request) -> Response:
        return answer(request, requests.known())

    async def raised(request: Request) -> Response:
        given = await json_body(request, RequestAsked)
        fields = requests.arguments(given.name, given.fields)
        question = request_to(given.generator, given.name, fields, timeout_s=given.timeout_s, asked_by=who(request))
        if free.locked():
            detail = f"{MOST} requests wait for their answers already"
            raise Problem(503, "too_many_requests", detail, headers={"Retry-After": "5"})
        async with free:
            try:
                found = await ask(question)
            except (KafkaError, KafkaUnavailableError, OSError) as error:
                raise Problem(
                    503, "not_written", "Kafka does not take the request", headers={"Retry-After": "5"}
                ) from error
        content = encoded(msgspec.to_builtins(requests.told(found)))
        return tagged(request, content, media_type="application/json")

    return (
        Route(
            method="GET",
            path="/v1/requests",
            handler=listed,
            summary="The requests that every daemon knows.",
            answers=asked.answers("The requests by name, with their fields.", KnownRequests),
        ),
        Route(
            method="POST",
            path="/v1/requests",
            handler=raised,
            summary="Ask a daemon, and wait for its answer.",
            description=(
                "The request goes to the gateway that holds the daemon, by satark.requests.v1. That nobody answers in time,"
                " or that there is no such daemon, is an outcome and no error."
            ),
            answers=(Answer(200, "Answers and outcomes.", asked.schema_of(RequestTold)),),
            role=Role.OPERATE,
            body=asked.schema_of(RequestAsked),
        ),
    )
