"""How a word of a person becomes an event: written to Kafka first, then known here."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from satark.analytics.web.problem import Problem
from satark.runtime.kafka import KafkaError, KafkaUnavailableError
from satark.runtime.said import Said
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.silences import Silence

Publish = Callable[[Acknowledgement | Silence], Awaitable[None]]
"""Writes an event to its topic and waits until it is safe. Raises KafkaError, KafkaUnavailableError or OSError."""

MAX_BY = 256


async def tell(publish: Publish, said: Said, event: Acknowledgement | Silence) -> None:
    """Publish an event, and show it from now on. Raises Problem (503) when Kafka does not take it: then nothing was said."""
    try:
        await publish(event)
    except (KafkaError, KafkaUnavailableError, OSError) as error:
        detail = "Kafka did not take it; nothing was changed"
        raise Problem(503, "not_written", detail, headers={"Retry-After": "5"}) from error
    said.take(event)


def who(request: Request) -> str:
    """Return the name of who asks."""
    name: str = request.state.caller.name
    return name[:MAX_BY]
