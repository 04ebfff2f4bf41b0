"""Is any broker there? Readiness must say so even while a client only waits and retries in silence."""

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
    reasons = []
    for broker in settings.brokers.split(","):
        host, _, port = broker.strip().rpartition(":")
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        except OSError as error:
            reasons.append(f"{broker.strip()}: {error.strerror or 'no answer'}")  # a TimeoutError has no such text
        except UnicodeError:
            reasons.append(f"{broker.strip()}: no host can be called so")
        else:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            return None
    return "; ".join(reasons)


async def watch(settings: KafkaSettings, health: Health, *, every_s: float = LOOK_EVERY_S) -> NoReturn:
    """Keep the condition `brokers` true to life, for ever."""
    were_there = True
    while True:
        reason = await unreachable(settings)
        health.set(CONDITION, ready=reason is None, reason=reason or "")
        if (reason is None) is not were_there:
            were_there = reason is None
            log.warning("brokers_unreachable", reason=reason) if reason else log.info("brokers_reachable")
        await asyncio.sleep(every_s)
