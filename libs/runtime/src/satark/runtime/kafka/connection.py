"""How every client connects: options from the settings, and tries with growing pauses."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import structlog
from aiokafka.errors import KafkaError

from satark.runtime import metrics
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.tls import client_context

log = structlog.get_logger(__name__)

REQUEST_TIMEOUT_MS = 20_000
METADATA_MAX_AGE_MS = 10_000
"""A partition that is added is noticed within this time, by who writes and by who reads (docs/adr/0027)."""

START_TIMEOUT_S = 45.0
"""Two requests and a little: aiokafka's own start asks for a producer id without any limit."""

STOP_TIMEOUT_S = 5.0
"""A stop says good-bye to the broker; when it is gone there is nobody to wait for."""

CONNECT_BACKOFF = Backoff(first_s=0.5, max_s=10.0)


class KafkaUnavailableError(ConnectionError):
    """No broker answered within the allowed number of attempts, or within the allowed time."""


class Client(Protocol):
    """What all clients of aiokafka have in common; the admin client says `close` where others say `stop`."""

    async def start(self) -> None:
        """Connect."""
        ...


C = TypeVar("C", bound=Client)


def ssl_context(settings: KafkaSettings) -> ssl.SSLContext | None:
    """Return the TLS context (1.2 or newer, host names verified), or None without TLS.

    Raises OSError for a file that cannot be used; the settings' check has told of it before.
    """
    return client_context(settings.ca_file, settings.cert_file, settings.key_file) if settings.tls else None


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the connection options shared by every aiokafka client."""
    options: dict[str, Any] = {
        "bootstrap_servers": [broker.strip() for broker in settings.brokers.split(",")],
        "security_protocol": settings.security_protocol,
        "ssl_context": ssl_context(settings),
        "request_timeout_ms": REQUEST_TIMEOUT_MS,
        "metadata_max_age_ms": METADATA_MAX_AGE_MS,
    }
    if settings.sasl and settings.sasl_password is not None:
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.reveal(),
        }
    return options


async def connected(make: Callable[[], C], *, attempts: int | None = None) -> C:
    """Make a client and start it, waiting longer after each failure; return it started.

    Each try has a client of its own: one that failed half-way cannot be started again.
    Raises KafkaUnavailableError after `attempts` tries (None: tries until cancelled).
    """
    attempt = 0
    while True:
        client = make()
        try:
            await asyncio.wait_for(client.start(), START_TIMEOUT_S)
        except (KafkaError, OSError) as error:
            await closed(client)
            metrics.KAFKA_RETRIES.labels("connect").inc()
            attempt += 1
            reason = str(error) or type(error).__name__
            if attempts is not None and attempt >= attempts:
                raise KafkaUnavailableError(f"Kafka is not available after {attempt} attempts: {reason}") from error
            delay_s = CONNECT_BACKOFF.delay_s(attempt - 1)
            log.warning("kafka_unreachable", error=reason, attempt=attempt, retry_in_s=delay_s)
            await asyncio.sleep(delay_s)
        except BaseException:
            await closed(client)
            raise
        else:
            return client


async def closed(client: Any) -> None:
    """Close a client, whether or not the broker still answers.

    In a task of its own: while no broker answers, aiokafka's consumer ends its own `stop` with a CancelledError, which
    must not look like a cancellation of ours, and leaves its connections open.
    """
    ending = asyncio.ensure_future(client.close() if hasattr(client, "close") else client.stop())
    if not (await asyncio.wait({ending}, timeout=STOP_TIMEOUT_S))[0]:
        ending.cancel()
        await asyncio.wait({ending}, timeout=STOP_TIMEOUT_S)
    if ending.done() and not ending.cancelled():
        with suppress(KafkaError, OSError):
            ending.result()
    else:
        connections = getattr(client, "_client", None) or client.client
        await connections.close()
