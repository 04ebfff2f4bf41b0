"""What the OpenAPI document promises is what is served: schemathesis asks every operation what it may, and may not."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, reject, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from satark.analytics.store.client import Store
from satark.analytics.web.openapi import document
from satark.analytics.web.route import Route
from satark.runtime.health import Health
from satark.schemas import examples
from tests.unit.analytics.v1 import answering
from tests.unit.analytics.v1.everything import routes
from tests.unit.analytics.v1.scene import ago, incident, put_incidents, put_notifications, put_samples, sample, v1
from tests.unit.analytics.web.asking import BASE, served

EXAMPLES = 4
"""For each operation, of each kind of data."""

URI_TOO_LONG = 414
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
POSITIVE = schemathesis.GenerationMode.POSITIVE
STREAM = "text/event-stream"

Send = Callable[[dict[str, Any]], httpx2.Response]


def every(store: Store) -> tuple[Route, ...]:
    """Return all routes that answer at once, those of /v1 with a Kafka that takes everything."""
    health = Health()
    health.set("store", ready=True)
    own = (*v1(store, health=health), *answering.routes())
    known = {(route.method, route.path) for route in own}
    others = (route for route in routes(store) if (route.method, route.path) not in known)
    return (*own, *(route for route in others if STREAM not in {answer.media_type for answer in route.answers}))


@pytest.fixture
def send(store: Store) -> Iterator[Send]:
    """Yield what sends requests to an application with something in its store."""
    put_samples(store, sample("wan-link/0", ago(minutes=10)))
    put_incidents(store, *incident(1))
    put_notifications(store, examples.notification())
    with asyncio.Runner() as runner:
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(served(*every(store))), base_url=BASE)
        yield lambda request: runner.run(client.request(**request))
        runner.run(client.aclose())


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_every_operation_keeps_its_promises(store: Store, send: Send, mode: schemathesis.GenerationMode) -> None:
    """No request is a fault of the server, and every answer is as the document has it; below /v1 wrong data is refused."""
    schema = schemathesis.openapi.from_dict(document(every(store), version="1.2.3"))
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    asked = [operation for operation in operations if mode is POSITIVE or takes_something(operation)]

    for operation in asked:
        ask(operation, mode, send)

    assert len(operations) == len(every(store))
    assert len(asked) > len(operations) / 2


def ask(operation: Any, mode: schemathesis.GenerationMode, send: Send) -> None:
    """Ask an operation some times; raise what is wrong with its answers."""
    checks = [*CHECKS, *([negative_data_rejection] if operation.path.startswith("/v1") else [])]

    @SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: Any) -> None:
        request = case.as_transport_kwargs(base_url=BASE)
        body = request.pop("data", None)
        request["content"] = urlencode(body, doseq=True) if isinstance(body, dict | list) else body
        del request["cookies"]
        try:
            response = send(request)
        except httpx2.InvalidURL:
            reject()  # longer than the client sends
        # A URL that is too long is refused for that, which the check does not know.
        case.validate_response(response, checks=CHECKS if response.status_code == URI_TOO_LONG else checks)

    once()


def takes_something(operation: Any) -> bool:
    """Return whether there is anything to get wrong."""
    return bool(operation.body or list(operation.iter_parameters()))
