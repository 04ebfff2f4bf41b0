"""Who one is to an orchestrator: what each request carries, and how it is renewed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from satark.poller.http.exchange import Answer, Asked, Request

Exchange = Callable[[Request, Mapping[str, str], Asked], Awaitable[Answer]]
"""Sends one request with these credential headers when it is its turn. Raises OrchestratorError."""


class Identity(Protocol):
    """A credential. Safe for concurrent callers of one event loop."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that no message may hold."""
        ...

    def begin_cycle(self) -> None:
        """Allow what is allowed once a look."""
        ...

    async def headers(self, exchange: Exchange) -> Mapping[str, str]:
        """Return what a request carries, after a login where one is needed. Raises OrchestratorError."""
        ...

    async def renew(self, stale: Mapping[str, str], exchange: Exchange) -> bool:
        """Return whether there are other headers than the stale ones now. Raises OrchestratorError."""
        ...

    async def end(self, exchange: Exchange) -> None:
        """Log out, where that means something. A failure is of no interest."""
        ...


class Fixed:
    """Headers that never change: a token, or none at all."""

    def __init__(self, headers: Mapping[str, str], *, secrets: tuple[str, ...] = ()) -> None:
        self._headers = headers
        self.secrets = secrets

    def begin_cycle(self) -> None:
        """Nothing is counted."""

    async def headers(self, exchange: Exchange) -> Mapping[str, str]:  # noqa: ARG002 - nothing is asked
        """Return the headers."""
        return self._headers

    async def renew(self, stale: Mapping[str, str], exchange: Exchange) -> bool:  # noqa: ARG002 - as above
        """Return False: there is nothing to renew."""
        return False

    async def end(self, exchange: Exchange) -> None:
        """Nothing ends."""
