"""Are there brokers enough? Readiness must say so even while a client only waits and retries in silence."""

import asyncio
from contextlib import suppress
from typing import NoReturn

import structlog

from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health

log = structlog.get_logger(__name__)

CONDITION = "brokers"
CONNECT_TIMEOUT_S = 3.0
LOOK_EVERY_S = 5.0


async def unreachable(settings: KafkaSettings) -> str | None:
    """Return None when a bootstrap broker accepts a connection, else why each did not."""
    reasons = await _refusals(settings)
    return "; ".join(reason for reason in reasons if reason) if all(reasons) else None


async def too_few(settings: KafkaSettings) -> str | None:
    """Return None when half of the bootstrap brokers accept a connection, else why the others do not.

    Where one of three is left, it may accept connections and still can acknowledge nothing: Kafka needs the majority.
    """
    reasons = await _refusals(settings)
    refused = [reason for reason in reasons if reason]
    return "; ".join(refused) if len(refused) * 2 > len(reasons) else None


async def _refusals(settings: KafkaSettings) -> list[str | None]:
    return await asyncio.gather(*(_refusal(broker.strip()) for broker in settings.brokers.split(",")))


async def _refusal(broker: str) -> str | None:
    """Return why a broker accepts no connection, None when it does."""
    host, _, port = broker.rpartition(":")
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError as error:
        return f"{broker}: {error.strerror or 'no answer'}"  # a TimeoutError has no such text
    except UnicodeError:
        return f"{broker}: no host can be called so"
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return None


async def watch(settings: KafkaSettings, health: Health, *, every_s: float = LOOK_EVERY_S) -> NoReturn:
    """Keep the condition `brokers` true to life, for ever."""
    were_there = True
    while True:
        reason = await too_few(settings)
        health.set(CONDITION, ready=reason is None, reason=reason or "")
        if (reason is None) is not were_there:
            were_there = reason is None
            log.warning("brokers_unreachable", reason=reason) if reason else log.info("brokers_reachable")
        await asyncio.sleep(every_s)
