"""Saying that this gateway lives, and noticing when nobody can have heard it for too long."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import NoReturn, Self

import structlog

from satark.runtime.kafka import KafkaError
from satark.sandesh_gateway.cluster.roster import RENEWALS
from satark.schemas.codec import Event
from satark.schemas.generators import GatewayLease

log = structlog.get_logger(__name__)

Publish = Callable[[Sequence[Event]], Awaitable[None]]
"""Returns when Kafka has the events, withdrawals in every partition; raises KafkaError when it will not have them."""

RETRY_S = 0.5
"""A refusal may come at once."""


class Lease:
    """This gateway's lease. Entering says it for the first time, `keep` renews it, leaving is the last word.

    `on_lapsed` is awaited when it could not be renewed for as long as it holds: others may have withdrawn all this
    gateway holds by now, so its sessions must be begun anew. It is awaited once for each such time.
    """

    def __init__(
        self,
        gateway: str,
        publish: Publish,
        *,
        started: datetime,
        lease_s: float,
        generators: Callable[[], int],
        on_lapsed: Callable[[], Awaitable[None]],
    ) -> None:
        self._gateway = gateway
        self._publish = publish
        self._started = started
        self._lease_s = lease_s
        self._generators = generators
        self._on_lapsed = on_lapsed
        self._renewed_s: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the others still count on this gateway."""
        return self._renewed_s is not None and monotonic() < self._renewed_s + self._lease_s

    async def __aenter__(self) -> Self:
        while not await self._renew(self._lease_s):
            pass
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not await self._said(self._lease_s / RENEWALS, leaving=True):
            log.warning("lease_not_given_back", gateway=self._gateway)

    async def keep(self) -> NoReturn:
        """Renew until cancelled."""
        while True:
            await asyncio.sleep(self._due_s())
            while self.holds and not await self._renew(self._left_s()):
                pass
            if not self.holds:
                await self._lapse()

    def _due_s(self) -> float:
        """How long until it is to be renewed, counted from when it was last begun: a slow renewal delays no other."""
        return max(0.0, (self._renewed_s or 0.0) + self._lease_s / RENEWALS - monotonic())

    def _left_s(self) -> float:
        return max(0.0, (self._renewed_s or 0.0) + self._lease_s - monotonic())

    async def _lapse(self) -> None:
        log.error("lease_lapsed", gateway=self._gateway, lease_s=self._lease_s)
        await self._on_lapsed()
        while not await self._renew(self._lease_s):
            pass
        log.info("lease_regained", gateway=self._gateway)

    async def _renew(self, timeout_s: float) -> bool:
        begun_s = monotonic()
        if not await self._said(timeout_s):
            await asyncio.sleep(RETRY_S)
            return False
        self._renewed_s = begun_s  # whoever hears it, hears it later
        return True

    async def _said(self, timeout_s: float, *, leaving: bool = False) -> bool:
        lease = GatewayLease(
            gateway=self._gateway,
            time=datetime.now(UTC),
            lease_s=self._lease_s,
            started=self._started,
            generators=self._generators(),
            leaving=leaving,
        )
        try:
            async with asyncio.timeout(timeout_s):
                await self._publish([lease])
        except (KafkaError, TimeoutError) as error:
            log.warning("lease_not_renewed", gateway=self._gateway, error=repr(error))
            return False
        return True
