"""What a vendor's driver does. A second vendor is one module that fulfils `Driver` and one line in `registry`.

A driver speaks one orchestrator's API and gives values of `inventory` and `readings`. It neither decides when to read
(`plan`), nor what is new (`ledger`), nor how a link is called in events (`Place`): so all vendors are treated alike.
Every method may raise OrchestratorError, of the kind that tells what a caller can do about it (`errors`).
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from satark.poller.errors import OrchestratorError
from satark.poller.inventory import Edge, Enterprise
from satark.poller.readings import EdgePage, Enterprises, Readings, Scope, VendorEvents
from satark.poller.schedule import Window


class Driver(Protocol):
    """One orchestrator's API. Safe for concurrent callers of one event loop. Construction opens nothing."""

    name: str
    """As in the setting `driver`, for example velocloud-v1."""

    detail_buckets: int
    """How many samples of one edge a single call of `detail` may cover, at most."""

    def begin_cycle(self) -> None:
        """A look begins: allow what is allowed once a look, such as one more login."""
        ...

    def hopeless(self, error: OrchestratorError) -> bool:
        """Return whether the next request would meet the same error, so that the look had better end."""
        ...

    def now(self, local: datetime) -> datetime:
        """Return the orchestrator's time at our time `local`, by its latest answer."""
        ...

    async def probe(self) -> str:
        """Ask the cheapest question, so that `now` is up to date; return the release in words."""
        ...

    async def enterprises(self) -> Enterprises:
        """Return all enterprises that the credential sees."""
        ...

    def edges(self, enterprise: Enterprise) -> AsyncIterator[EdgePage]:
        """Yield an enterprise's edges with the links that were active in the last 24 hours, page by page."""
        ...

    def scopes(self, enterprises: Sequence[Enterprise]) -> tuple[Scope, ...]:
        """Return what one bulk call each reads, together all of these enterprises; none where there is no bulk call."""
        ...

    async def bulk(self, scope: Scope, window: Window) -> Readings:
        """Return one row for each link of a scope over a window of one sample's length."""
        ...

    async def detail(self, enterprise: Enterprise, edge: Edge, window: Window) -> Readings:
        """Return one row for each link of an edge and each sample of a window of at most `detail_buckets` samples."""
        ...

    async def events(self, enterprise: Enterprise, since: datetime) -> VendorEvents:
        """Return the events that an enterprise's devices and users caused since a time, as recorded by now."""
        ...

    async def close(self) -> None:
        """Log out and close the connections. Never raises for what the orchestrator answers."""
        ...
